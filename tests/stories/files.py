"""Order files of two invented shops of one merchant. Nobody in them exists.

Thirty people: 1 to 12 bought on Taobao, 9 to 30 in the Shopify store, so that four bought in both. Of these, 9 and 10
are known in both by their phone number, 11 and 12 by their e-mail address. On Taobao nobody is asked for consent; in
the store everyone agreed to news but 29 and 30. Number 8 never paid, and 25 to 30 bought a pillow, not a towel.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

TAOBAO_BUYERS = range(1, 13)
STORE_BUYERS = range(9, 31)
IN_BOTH = range(9, 13)
NEVER_PAID = 8
NO_TO_NEWS = (29, 30)
TOWEL_BUYERS = [number for number in range(1, 25) if number != NEVER_PAID]

TAOBAO_HEADER = (
    "订单编号", "买家会员名", "买家支付宝账号", "买家应付邮费", "总金额", "买家实际支付金额", "订单状态", "收货人姓名",
    "收货地址 ", "联系手机", "订单创建时间", "订单付款时间 ", "宝贝标题 ", "宝贝总数量", "退款金额",
)  # fmt: skip
STORE_HEADER = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Accepts Marketing", "Currency", "Shipping",
    "Total", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Shipping Name",
    "Shipping City", "Shipping Country", "Phone", "Id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sale:
    """A paid order of the store by one buyer."""

    number: int
    buyer: int
    placed_at: datetime
    total: str = "100.00"


def phone(buyer: int) -> str:
    return f"139123400{buyer:02}"


def email(buyer: int) -> str:
    """The address a buyer gives in the store."""
    return f"buyer{buyer}@mail.example"


def taobao(*, now: datetime) -> bytes:
    """The order list as Taobao exports it, in GB 18030: twelve orders, and three rows that cannot be read."""
    rows = [_taobao_row(buyer, placed_at=now - timedelta(days=40)) for buyer in TAOBAO_BUYERS]
    bad = [
        _taobao_row(31, placed_at=now, 总金额="一百"),
        _taobao_row(32, placed_at=now, 订单状态="月亮"),
        _taobao_row(33, placed_at=now, 订单编号="3.51531E+16"),
    ]
    spaced = {name.strip(): name for name in TAOBAO_HEADER}
    cells = [{spaced[name]: cell for name, cell in row.items()} for row in [*rows, *bad]]
    return _csv(TAOBAO_HEADER, cells).encode("gb18030")


def store(*, now: datetime, more: Sequence[Sale] = (), bad: bool = True) -> bytes:
    """The orders as Shopify exports them: one of each buyer, ``more``, and, unless not ``bad``, one unreadable row."""
    first = [Sale(1000 + buyer, buyer, now - timedelta(days=20)) for buyer in STORE_BUYERS]
    rows = [_store_row(sale) for sale in [*first, *more]]
    if bad:
        rows.append(_store_row(Sale(1999, 30, now)) | {"Financial Status": "moon"})
    return _csv(STORE_HEADER, rows).encode()


def _taobao_row(buyer: int, *, placed_at: datetime, **cells: str) -> dict[str, str]:
    placed = f"{placed_at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M:%S}"
    paid = buyer != NEVER_PAID
    return {
        "订单编号": f'="35153131473290{buyer:03}"',
        "买家会员名": f"tb_guest_{buyer}",
        "买家支付宝账号": email(buyer) if buyer in (11, 12) else "",
        "买家应付邮费": "8.00",
        "总金额": "178.80",
        "买家实际支付金额": "178.80" if paid else "0.00",
        "订单状态": "交易成功" if paid else "等待买家付款",
        "收货人姓名": "安宁",
        "收货地址": "浙江省 杭州市 西湖区 样例路 1 号(310012)",
        "联系手机": f"'{phone(buyer)}",
        "订单创建时间": placed,
        "订单付款时间": placed if paid else "",
        "宝贝标题": "纯棉毛巾 Bath towel",
        "宝贝总数量": "2",
        "退款金额": "0.00",
    } | cells


def _store_row(sale: Sale) -> dict[str, str]:
    at = f"{sale.placed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} +0000"
    return {
        "Name": f"#{sale.number}",
        "Email": email(sale.buyer),
        "Financial Status": "paid",
        "Paid at": at,
        "Fulfillment Status": "unfulfilled",
        "Accepts Marketing": "no" if sale.buyer in NO_TO_NEWS else "yes",
        "Currency": "CNY",
        "Shipping": "0.00",
        "Total": sale.total,
        "Created at": at,
        "Lineitem quantity": "1",
        "Lineitem name": "Bath towel - white" if sale.buyer in TOWEL_BUYERS else "Pillow",
        "Lineitem price": sale.total,
        "Lineitem sku": "T1" if sale.buyer in TOWEL_BUYERS else "P1",
        "Shipping Name": f"Ann Sample{sale.buyer}",
        "Shipping City": "Hangzhou",
        "Shipping Country": "CN",
        "Phone": "" if sale.buyer in (11, 12) else f"'+86{phone(sale.buyer)}",
        "Id": f"4507894{sale.number}",
    }


def _csv(header: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
