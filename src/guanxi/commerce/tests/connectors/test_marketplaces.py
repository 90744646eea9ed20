"""Taobao, Pinduoduo and Douyin: what their columns and states mean."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from guanxi.commerce.connectors import CONNECTORS, recognise
from guanxi.commerce.connectors.base import Read, ShopContext
from guanxi.commerce.types import IncomingOrder, IncomingOrderLines, OrderStatus
from guanxi.core.table_files.base import RejectedRow
from guanxi.customers.types import IdentifierKind

from .samples import DOUYIN, PINDUODUO, TAOBAO_LIST, douyin_row, pinduoduo_row, table_bytes, taobao_row

DETAIL = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"
REPORT = ["订单编号", "总金额", "买家实际支付金额", "收货地址 ", "订单创建时间", "订单付款时间 ", "退款金额"]


def read(name: str, folder: Path, content: bytes) -> list[Read]:
    path = folder / "orders.csv"
    path.write_bytes(content)
    assert recognise(path)[0][0] == name
    return list(CONNECTORS.get(name).read(path, shop=ShopContext()))


def one(name: str, folder: Path, header: list[str], *rows: dict[str, str]) -> IncomingOrder:
    (order,) = read(name, folder, table_bytes(header, rows))
    assert isinstance(order, IncomingOrder), order
    return order


def test_taobao_order_whole(tmp_path: Path) -> None:
    order = one("taobao", tmp_path, TAOBAO_LIST, taobao_row())
    assert order.external_id == "35153131473290001"
    assert (order.total, order.paid_total, order.shipping_total) == (17880, 17880, 800)
    assert order.placed_at == datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
    assert order.status is OrderStatus.COMPLETED
    assert [(line.title, line.quantity, line.total) for line in order.lines] == [("纯棉毛巾，浴巾", 2, 17080)]
    assert [(one.carrier, one.tracking_number) for one in order.shipments] == [("圆通速递", "YT700")]
    assert order.buyer is not None
    assert [(one.kind, one.value) for one in order.buyer.identifiers] == [
        (IdentifierKind.PLATFORM_ACCOUNT, "buyer_1"),
        (IdentifierKind.PHONE, "19900000001"),
        (IdentifierKind.EMAIL, "buyer1@mail.example"),
    ]
    assert (order.buyer.region, order.buyer.city) == ("浙江省", "杭州市")
    assert (order.buyer.address, order.buyer.postcode) == ("西湖区 样例路 1 号", "310012")


@pytest.mark.parametrize(
    ("changes", "status", "refunded"),
    [
        ({"订单状态": "等待买家付款", "订单付款时间": "", "买家实际支付金额": "0.00"}, OrderStatus.UNPAID, 0),
        ({"订单状态": "买家已付款，等待卖家发货", "物流单号": ""}, OrderStatus.PAID, 0),
        ({"订单状态": "买家已付款,等待卖家发货", "物流单号": ""}, OrderStatus.PAID, 0),
        ({"订单状态": "卖家已发货，等待买家确认"}, OrderStatus.SHIPPED, 0),
        ({"订单状态": "交易成功", "买家实际支付金额": "100.00", "退款金额": "78.80"}, OrderStatus.COMPLETED, 7880),
        ({"订单状态": "交易成功", "买家实际支付金额": "0.00", "退款金额": "178.80"}, OrderStatus.REFUNDED, 17880),
        ({"订单状态": "交易关闭", "订单付款时间": "", "买家实际支付金额": "0.00"}, OrderStatus.CANCELLED, 0),
        (
            {"订单状态": "交易关闭", "物流单号": "", "退款金额": "178.80", "买家实际支付金额": "0"},
            OrderStatus.CANCELLED,
            17880,
        ),
        ({"订单状态": "交易关闭", "退款金额": "178.80", "买家实际支付金额": "0"}, OrderStatus.REFUNDED, 17880),
    ],
)
def test_taobao_states(tmp_path: Path, changes: dict[str, str], status: OrderStatus, refunded: int) -> None:
    order = one("taobao", tmp_path, TAOBAO_LIST, taobao_row(**changes))
    assert order.status is status
    assert sum(refund.amount for refund in order.refunds) == refunded


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"联系手机": "'138****1234"}, ["buyer_1", "buyer1@mail.example"]),
        ({"联系手机": "", "联系电话": "0571-88880000"}, ["buyer_1", "0571-88880000", "buyer1@mail.example"]),
        ({"联系手机": "00000000000", "买家支付宝账号": "noreply@mail.example"}, ["buyer_1"]),
        ({"买家会员名": "t**1", "联系手机": "", "买家支付宝账号": "19900000009"}, ["19900000009"]),
        ({"买家会员名": "~q3f==~1~", "联系手机": "$18888$", "买家支付宝账号": "***"}, []),
    ],
)
def test_taobao_gives_only_what_the_platform_shows(tmp_path: Path, changes: dict[str, str], kept: list[str]) -> None:
    order = one("taobao", tmp_path, TAOBAO_LIST, taobao_row(收货人姓名="安**", **changes))
    assert [one.value for one in order.buyer.identifiers] if order.buyer else kept == []
    assert order.buyer is None or order.buyer.name == ""


def test_taobao_short_report(tmp_path: Path) -> None:
    rows = [
        dict(zip(REPORT, cells, strict=True))
        for cells in (
            ("1", "178.8", "0.0", "上海", "2020-02-21 00:00:00", "", "0.0"),
            ("2", "21.0", "21.0", "内蒙古自治区", "2020-02-20 23:59:54", "2020-02-21 00:00:02", "0.0"),
            ("5", "64.8", "0.0", "江苏省", "2020-02-20 23:57:04", "2020-02-20 23:57:11", "64.8"),
            ("6", "327.7", "148.9", "浙江省", "2020-02-20 23:56:39", "2020-02-20 23:56:53", "178.8"),
        )
    ]
    orders = read("taobao", tmp_path, table_bytes(REPORT, rows, encoding="utf-8-sig"))
    assert [(one.status, one.total, one.paid_total, one.region, one.buyer) for one in orders] == [
        (OrderStatus.UNPAID, 17880, 0, "上海", None),
        (OrderStatus.PAID, 2100, 2100, "内蒙古自治区", None),
        (OrderStatus.REFUNDED, 6480, 6480, "江苏省", None),
        (OrderStatus.PAID, 32770, 32770, "浙江省", None),
    ]


def test_taobao_details_of_orders_in_any_order_of_rows(tmp_path: Path) -> None:
    text = (
        f"{DETAIL}\n"
        '="11",毛巾,10.00,2,,颜色:白,,,交易成功,HT1,\n'
        '="12",浴巾,30.50,1,X9,,,,交易成功,,\n'
        '="11",枕头,99.90,1,,,,,交易成功,HT3,\n'
        '="3.51531E+16",枕头,99.90,1,,,,,交易成功,HT3,\n'
    )
    first, *rest = read("taobao", tmp_path, text.encode("gb18030"))
    assert isinstance(first, RejectedRow)
    assert first.row == 5
    assert [type(one) for one in rest] == [IncomingOrderLines] * 2
    assert [(one.external_id, [(line.sku, line.total) for line in one.lines], one.source_rows) for one in rest] == [
        ("11", [("HT1", 2000), ("HT3", 9990)], (2, 4)),
        ("12", [("X9", 3050)], (3,)),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"订单编号": "3.51531E+16"}, "its last digits are lost"),
        ({"订单编号": '=HYPERLINK("x")'}, "is a formula"),
        ({"订单编号": " "}, "The order number is missing"),
        ({"总金额": "-5.00"}, "is below zero"),
        ({"总金额": "五元"}, "is not an amount of money"),
        ({"订单创建时间": "2024-13-01 10:00:00"}, "is not a possible date"),
        ({"订单创建时间": "0204-01-01 10:00:00"}, "is not a possible date"),
        ({"订单创建时间": ""}, "The time of the order is missing"),
        ({"订单状态": "不明"}, "The order state “不明” is not known"),
        ({"退款金额": "900.00"}, "More was refunded than was paid"),
    ],
)
def test_taobao_rejects(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    found, good = read("taobao", tmp_path, table_bytes(TAOBAO_LIST, [taobao_row(**changes), taobao_row(2)]))
    assert isinstance(found, RejectedRow)
    assert reason in found.reason
    assert len(found.cells) == len(TAOBAO_LIST)
    assert isinstance(good, IncomingOrder)


def test_pinduoduo_order_whole(tmp_path: Path) -> None:
    order = one("pinduoduo", tmp_path, PINDUODUO, pinduoduo_row())
    assert (order.total, order.discount_total, order.shipping_total) == (11000, 1500, 500)
    assert [(line.sku, line.unit_price, line.total, line.variant) for line in order.lines] == [
        ("HT0001", 6000, 12000, "米白")
    ]
    assert order.buyer is None
    assert order.shipped_at == datetime(2024, 5, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "status", "refunded"),
    [
        ({"订单状态": "待支付", "订单成交时间": "", "发货时间": ""}, OrderStatus.UNPAID, 0),
        ({"订单状态": "已取消", "订单成交时间": "", "发货时间": ""}, OrderStatus.CANCELLED, 0),
        ({"订单状态": "待发货", "发货时间": ""}, OrderStatus.PAID, 0),
        ({"订单状态": "已收货"}, OrderStatus.COMPLETED, 0),
        ({"订单状态": "未发货，退款成功", "发货时间": ""}, OrderStatus.CANCELLED, 11000),
        ({"订单状态": "已发货，退款成功", "售后状态": "退款成功"}, OrderStatus.REFUNDED, 11000),
    ],
)
def test_pinduoduo_states(tmp_path: Path, changes: dict[str, str], status: OrderStatus, refunded: int) -> None:
    order = one("pinduoduo", tmp_path, PINDUODUO, pinduoduo_row(**changes))
    assert order.status is status
    assert sum(refund.amount for refund in order.refunds) == refunded
    assert order.placed_at.date() >= datetime(2024, 4, 30, tzinfo=UTC).date()


def test_douyin_gathers_sub_orders(tmp_path: Path) -> None:
    rows = [douyin_row(1, 1), douyin_row(2, 1), douyin_row(1, 2, 订单状态="已关闭", 售后状态="退款成功")]
    first, second = read("douyin", tmp_path, table_bytes(DOUYIN, rows, encoding="utf-8-sig"))
    assert isinstance(first, IncomingOrder) and isinstance(second, IncomingOrder)
    assert first.external_id == "6917926768823600001"
    assert (first.total, first.discount_total, first.source_rows) == (10000, 600, (2, 4))
    assert (first.status, [refund.amount for refund in first.refunds]) == (OrderStatus.SHIPPED, [5000])
    assert (first.buyer, second.buyer) == (None, None)


@pytest.mark.parametrize(
    ("changes", "status", "paid"),
    [
        ({"订单状态": "待支付", "发货时间": ""}, OrderStatus.UNPAID, 0),
        ({"订单状态": "已关闭", "发货时间": ""}, OrderStatus.CANCELLED, 0),
        ({"订单状态": "已关闭", "发货时间": "", "售后状态": "退款成功"}, OrderStatus.CANCELLED, 5000),
        ({"订单状态": "已关闭", "售后状态": "退款成功"}, OrderStatus.REFUNDED, 5000),
        ({"订单状态": "已完成", "订单完成时间": "2024-05-09 10:00:00"}, OrderStatus.COMPLETED, 5000),
    ],
)
def test_douyin_states(tmp_path: Path, changes: dict[str, str], status: OrderStatus, paid: int) -> None:
    order = one("douyin", tmp_path, DOUYIN, douyin_row(**changes))
    assert (order.status, order.paid_total) == (status, paid)
