"""Large invented order files for benchmarks. Nobody in them exists; the same seed gives the same file."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

TAOBAO_LIST = [
    "订单编号", "买家会员名", "买家支付宝账号", "支付单号", "支付详情", "买家应付货款", "买家应付邮费",
    "买家支付积分", "总金额", "返点积分", "买家实际支付金额", "买家实际支付积分", "订单状态", "买家留言",
    "收货人姓名", "收货地址 ", "运送方式", "联系电话 ", "联系手机", "订单创建时间", "订单付款时间 ",
    "宝贝标题 ", "宝贝种类 ", "物流单号 ", "物流公司", "订单备注", "宝贝总数量", "店铺Id", "店铺名称",
    "订单关闭原因", "卖家服务费", "买家服务费", "发票抬头", "是否手机订单", "分阶段订单信息",
    "特权订金订单id", "是否上传合同照片", "是否上传小票", "是否代付", "定金排名", "修改后的sku",
    "修改后的收货地址", "异常信息", "天猫卡券抵扣", "集分宝抵扣", "是否是O2O交易", "新零售交易类型",
    "新零售导购门店名称", "新零售导购门店id", "新零售发货门店名称", "新零售发货门店id", "退款金额",
    "预约门店", "确认收货时间", "打款商家金额", "含应开票给个人的个人红包", "是否信用购", "体验期结束时间",
    "前N有礼", "配送类型", "主订单编号",
]  # fmt: skip
TAOBAO_DETAIL = [
    "订单编号",
    "标题",
    "价格",
    "购买数量",
    "外部系统编号",
    "商品属性",
    "套餐信息",
    "备注",
    "订单状态",
    "商家编码",
]
TABLE = ["Order No", "Date", "SKU", "Description", "Quantity", "Unit Price", "Customer ID", "Phone", "Country"]

PLACES = (
    "浙江省 杭州市 西湖区",
    "江苏省 苏州市 其它区",
    "上海 上海市 徐汇区",
    "广东省 深圳市 南山区",
    "四川省 成都市 武侯区",
)
FAMILY, GIVEN = "王李张刘陈杨黄赵吴周", "安宁乐然清和思远知行嘉禾若云子衿"
GOODS = ("纯棉毛巾", "四件套 1.8m", "蚕丝被", "浴巾 加大", "记忆枕", "桌布 亚麻", "窗帘 遮光", "儿童睡袋")
STATES = (
    ("交易成功", 70),
    ("卖家已发货，等待买家确认", 8),
    ("买家已付款，等待卖家发货", 6),
    ("等待买家付款", 6),
    ("交易关闭", 10),
)
START = datetime(2024, 1, 1)  # noqa: DTZ001 - exports have the shop's own time, without an offset


def write_taobao_orders(path: Path, *, orders: int, seed: int, encoding: str = "gb18030") -> None:
    """A Taobao order list (ExportOrderList) with about three orders a buyer, quirks included."""
    draw = random.Random(seed)
    states, weights = zip(*STATES, strict=True)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TAOBAO_LIST)
        for number in range(orders):
            state = draw.choices(states, weights)[0]
            writer.writerow(_taobao_order(draw, number, state, buyers=max(orders // 3, 1)))


def write_taobao_details(path: Path, *, orders: int, seed: int, lines: int = 2, encoding: str = "gb18030") -> None:
    """The detail list (ExportOrderDetailList) of the same orders: ``lines`` rows each, with the trailing comma."""
    draw = random.Random(seed)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TAOBAO_DETAIL)
        for number in range(orders):
            for _line in range(lines):
                which = draw.randrange(len(GOODS))
                price = f"{draw.randrange(990, 59900) / 100:.2f}"
                writer.writerow(
                    [_id(number), GOODS[which], price, draw.randint(1, 3), f"HT{which:04}", "颜色分类:米白", "", "",
                     "交易成功", f"HT{which:04}", ""]
                )  # fmt: skip


def write_table_lines(path: Path, *, orders: int, seed: int, lines: int = 2) -> None:
    """A till's export with a row for each line, English headers, ready for the connector ``table``."""
    draw = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TABLE)
        for number in range(orders):
            when = START + timedelta(minutes=draw.randrange(600 * 24 * 60))
            buyer = draw.randrange(max(orders // 3, 1))
            for _line in range(lines):
                which = draw.randrange(len(GOODS))
                writer.writerow(
                    [f"S{number:08}", when, f"HT{which:04}", GOODS[which], draw.randint(1, 3),
                     f"{draw.randrange(990, 59900) / 100:.2f}", 10_000 + buyer, _mobile(buyer), "CN"]
                )  # fmt: skip


def _taobao_order(draw: random.Random, number: int, state: str, *, buyers: int) -> list[str]:
    buyer = draw.randrange(buyers)
    who = random.Random(buyer)
    placed = START + timedelta(seconds=draw.randrange(600 * 86_400))
    paid = state not in ("等待买家付款",) and not (state == "交易关闭" and draw.random() < 0.5)
    goods, postage = draw.randrange(990, 99_900), draw.choice((0, 0, 0, 800))
    total = goods + postage
    refund = (total if state == "交易关闭" else draw.choice((0,) * 19 + (total // 2,))) if paid else 0
    cells = dict.fromkeys(TAOBAO_LIST, "")
    cells |= {
        "订单编号": _id(number),
        "买家会员名": f"buyer_{buyer:07}",
        "买家支付宝账号": _mobile(buyer) if buyer % 2 else f"buyer{buyer:07}@mail.example",
        "支付单号": f'="{2024 * 10**16 + number}"' if paid else "",
        "买家应付货款": _yuan(goods),
        "买家应付邮费": _yuan(postage),
        "总金额": _yuan(total),
        "买家实际支付金额": _yuan(total - refund) if paid else "0.00",
        "订单状态": state,
        "收货人姓名": who.choice(FAMILY) + who.choice(GIVEN) + who.choice(GIVEN),
        "收货地址 ": f"{who.choice(PLACES)} 样例路 {who.randint(1, 400)} 号({who.randint(100000, 699999)})",
        "运送方式": "快递",
        "联系手机": "'" + _mobile(buyer),
        "订单创建时间": str(placed),
        "订单付款时间 ": str(placed + timedelta(seconds=draw.randrange(5, 900))) if paid else "",
        "宝贝标题 ": draw.choice(GOODS),
        "宝贝种类 ": "1",
        "物流单号 ": f"No:YT{7 * 10**9 + number}" if paid and "已付款" not in state else "",
        "物流公司": "圆通速递" if paid and "已付款" not in state else "",
        "宝贝总数量": str(draw.randint(1, 4)),
        "退款金额": _yuan(refund),
        "确认收货时间": str(placed + timedelta(days=draw.randint(3, 12))) if state == "交易成功" else "",
        "主订单编号": _id(number),
    }
    return list(cells.values())


def _id(number: int) -> str:
    return f'="{35_153_131_473_290_000 + number}"'


def _mobile(buyer: int) -> str:
    return f"199{10_000_000 + buyer * 7 % 90_000_000}"


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"
