"""What the demo merchant sells, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    sku: str
    title: str
    title_en: str
    category: str
    price: int
    """Fen."""


@dataclass(frozen=True, slots=True)
class DemoShop:
    name: str
    connector: str
    currency: str
    time_zone: str
    country: str
    share: float
    """Of first orders."""
    guests: float
    """Share of orders whose buyer leaves nothing behind."""


SHOPS = (
    DemoShop("棉语家居天猫旗舰店", "taobao", "CNY", "Asia/Shanghai", "CN", 0.62, 0.0),
    DemoShop("Mianyu Home", "shopify", "USD", "America/New_York", "US", 0.2, 0.04),
    DemoShop("棉语南京西路店", "table", "CNY", "Asia/Shanghai", "CN", 0.18, 0.3),
)
USD_IN_CNY = "7.10"

_FAMILIES: tuple[tuple[str, str, str, str, int, tuple[tuple[str, str], ...]], ...] = (
    ("TWL", "毛巾", "towel", "毛巾", 2900, (("纯棉面巾", "cotton face"), ("长绒棉浴巾", "long-staple bath"), ("竹纤维", "bamboo"), ("儿童卡通", "children's"), ("速干运动", "quick-dry sports"), ("礼盒装", "gift box"))),
    ("BED", "四件套", "bedding set", "床品套件", 29900, (("全棉贡缎", "cotton sateen"), ("水洗棉", "washed cotton"), ("天丝", "lyocell"), ("长绒棉60支", "60s long-staple"), ("亚麻", "linen"), ("磨毛加厚", "brushed winter"))),
    ("DUV", "被子", "duvet", "被芯", 39900, (("新疆棉花", "cotton"), ("桑蚕丝", "silk"), ("羽绒冬", "down winter"), ("夏凉", "summer cool"), ("大豆纤维", "soy fibre"))),
    ("PIL", "枕头", "pillow", "枕芯", 9900, (("乳胶", "latex"), ("决明子", "cassia seed"), ("记忆棉", "memory foam"), ("儿童", "children's"), ("酒店羽丝", "hotel microfibre"))),
    ("BLK", "毛毯", "blanket", "毯子", 12900, (("珊瑚绒", "coral fleece"), ("羊毛", "wool"), ("纱布盖毯", "gauze"), ("空调午睡", "nap"))),
    ("CUR", "窗帘", "curtain", "窗帘", 15900, (("雪尼尔遮光", "chenille blackout"), ("棉麻", "cotton-linen"), ("纱帘", "sheer"))),
    ("HOM", "家居服", "loungewear", "家居服", 16900, (("纯棉睡衣", "cotton pyjamas"), ("真丝睡裙", "silk nightdress"), ("法兰绒", "flannel"), ("情侣款", "couple's"))),
    ("BAT", "浴袍", "bathrobe", "浴袍", 19900, (("华夫格", "waffle"), ("珊瑚绒", "coral fleece"), ("长绒棉", "long-staple"))),
    ("TAB", "桌布", "tablecloth", "餐厨布艺", 7900, (("棉麻", "cotton-linen"), ("防水", "waterproof"), ("刺绣", "embroidered"))),
    ("CUS", "抱枕", "cushion", "抱枕靠垫", 5900, (("提花", "jacquard"), ("丝绒", "velvet"), ("刺绣", "embroidered"), ("亚麻", "linen"))),
)  # fmt: skip
_SIZES = (("", "", 1.0), ("加大", "large", 1.35), ("两件装", "pair", 1.8))


def items() -> list[Item]:
    """Every item, in an order in which earlier families sell more."""
    made = []
    for code, noun, noun_en, category, price, styles in _FAMILIES:
        for number, (style, style_en) in enumerate(styles, 1):
            for size_number, (size, size_en, factor) in enumerate(_SIZES, 1):
                made.append(
                    Item(
                        sku=f"{code}-{number:02}{size_number}",
                        title=f"{style}{noun}{' ' + size if size else ''}",
                        title_en=f"{style_en} {noun_en}{' ' + size_en if size_en else ''}".capitalize(),
                        category=category,
                        price=int(price * factor * (1 + 0.12 * number)) // 100 * 100,
                    )
                )
    return made
