"""Taobao and Tmall: the order list in its header versions, the seller's short report, and the list of details."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce.connectors.addresses import Address, chinese_address
from guanxi.commerce.connectors.base import Connector, Read, ShopContext
from guanxi.commerce.connectors.cells import (
    BadCell,
    clean_id,
    email_identifier,
    identifiers,
    moment,
    named_identifier,
    order_number,
    phone_identifier,
    plain_text,
    positive_money,
    quantity,
    required_moment,
    times,
)
from guanxi.commerce.connectors.rows import Group, gathered, one_by_one
from guanxi.commerce.types import (
    IncomingLine,
    IncomingOrder,
    IncomingOrderLines,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
    OrderStatus,
)
from guanxi.core.money import Minor
from guanxi.core.table_files.tables import Cells, Table, header_of, open_table
from guanxi.customers.types import IdentifierKind, IncomingProfile

LIST_COLUMNS = ("订单编号", "总金额", "订单创建时间")
LIST_MARK = "买家实际支付金额"
DETAIL_COLUMNS = ("标题", "价格", "购买数量")
FIELDS = (
    "订单编号", "总金额", "买家应付邮费", "买家实际支付金额", "退款金额", "订单状态", "订单创建时间", "订单付款时间",
    "确认收货时间", "收货地址", "收货人姓名", "联系手机", "联系电话", "买家会员名", "买家支付宝账号", "宝贝标题",
    "宝贝总数量", "物流单号", "物流公司", "支付单号",
)  # fmt: skip
DETAIL_FIELDS = ("标题", "价格", "购买数量", "商品属性", "商家编码", "外部系统编号")

STATES = {
    "等待买家付款": OrderStatus.UNPAID,
    "等待付款": OrderStatus.UNPAID,
    "付款确认中": OrderStatus.UNPAID,
    "没有创建支付宝交易": OrderStatus.UNPAID,
    "定金已付,等待付尾款": OrderStatus.UNPAID,
    "买家已付款": OrderStatus.PAID,
    "买家已付款,等待卖家发货": OrderStatus.PAID,
    "等待卖家发货": OrderStatus.PAID,
    "卖家部分发货": OrderStatus.SHIPPED,
    "卖家已发货": OrderStatus.SHIPPED,
    "卖家已发货,等待买家确认": OrderStatus.SHIPPED,
    "等待买家确认收货": OrderStatus.SHIPPED,
    "买家已签收": OrderStatus.SHIPPED,
    "交易成功": OrderStatus.COMPLETED,
    "交易关闭": OrderStatus.CANCELLED,
    "交易被淘宝关闭": OrderStatus.CANCELLED,
    "付款以后用户退款成功,交易自动关闭": OrderStatus.CANCELLED,
    "付款以前,卖家或买家主动关闭交易": OrderStatus.CANCELLED,
}
PAID_STATES = (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED)


class Taobao(Connector):
    name = "taobao"
    label = gettext_lazy("Taobao and Tmall")
    icon = "building-store"
    help = gettext_lazy(
        "Seller centre, Sold items, Export in bulk: download the order list (ExportOrderList) and, for the products of "
        "each order, the detail list (ExportOrderDetailList). Import both, in any order."
    )

    def recognises(self, path: Path) -> float:
        header = header_of(path)
        if all(name in header for name in LIST_COLUMNS) and LIST_MARK in header:
            return 0.95
        return 0.95 if _is_detail(header) else 0.0

    def header(self, path: Path) -> list[str]:
        return open_table(path, sample=True).header

    def read(self, path: Path, *, shop: ShopContext) -> Iterator[Read]:
        table = open_table(path)
        if _is_detail(table.header):
            return _read_details(table, shop)
        table.require(LIST_COLUMNS)
        return one_by_one(table.rows(), _order_reader(table, shop))


def _is_detail(header: list[str] | tuple[str, ...]) -> bool:
    return all(name in header for name in DETAIL_COLUMNS) and ("订单编号" in header or "主订单编号" in header)


def _read_details(table: Table, shop: ShopContext) -> Iterator[Read]:
    number_column = "订单编号" if "订单编号" in table else "主订单编号"
    pick = table.picker(DETAIL_FIELDS)

    def read(external_id: str, group: Group) -> IncomingOrderLines:
        lines = tuple(_detail_line(*pick(cells), currency=shop.currency) for _number, cells in group)
        return IncomingOrderLines(external_id=external_id, lines=lines, source_rows=tuple(row for row, _cells in group))

    return gathered(table, number=number_column, read=read)


def _detail_line(
    title: str, price: str, count: str, variant: str, code: str, outer_code: str, *, currency: str
) -> IncomingLine:
    unit_price, number = positive_money(price, currency), quantity(count)
    if number < 0:
        raise BadCell(_("The quantity %(text)s of a sale is below zero.") % {"text": count})
    return IncomingLine(
        title=title.strip(),
        sku=clean_id(code) or clean_id(outer_code),
        variant=variant.strip(),
        quantity=number,
        unit_price=unit_price,
        total=times(unit_price, number),
    )


def _order_reader(table: Table, shop: ShopContext) -> Callable[[int, Cells], IncomingOrder]:
    pick = table.picker(FIELDS)
    has_state = "订单状态" in table
    currency, zone, country = shop.currency, shop.time_zone, shop.country or "CN"

    def read(row: int, cells: Cells) -> IncomingOrder:
        (
            number, total_text, shipping_text, paid_text, refund_text, state_text, created, paid_time,
            received_time, where, name, mobile, telephone, account, alipay, title,
            count, tracking, carrier, payment_number,
        ) = pick(cells)  # fmt: skip
        external_id = order_number(number)
        total = positive_money(total_text, currency)
        refund = positive_money(refund_text, currency)
        placed_at = required_moment(created, zone)
        paid_at = moment(paid_time, zone)
        state = _state(state_text) if has_state else None
        was_paid = paid_at is not None or state in PAID_STATES
        paid = min(total, positive_money(paid_text, currency) + refund) if was_paid else 0
        tracking = clean_id(tracking.strip().removeprefix("No:"))
        status, refund = _settled(state, was_paid=was_paid, paid=paid, refund=refund, sent=bool(tracking))
        completed_at = moment(received_time, zone) if received_time else None
        last_known = completed_at or paid_at or placed_at
        address = chinese_address(where)
        shipping = min(positive_money(shipping_text, currency), total)
        return IncomingOrder(
            external_id=external_id,
            currency=currency,
            placed_at=placed_at,
            status=status,
            total=total,
            paid_at=paid_at,
            completed_at=completed_at,
            paid_total=paid,
            shipping_total=shipping,
            country=country,
            region=address.region,
            lines=_one_line(title, count, total - shipping),
            payments=(IncomingPayment(amount=paid, paid_at=paid_at, external_id=clean_id(payment_number)),)
            if paid_at and paid
            else (),
            refunds=(IncomingRefund(amount=refund, refunded_at=last_known, external_id=external_id),) if refund else (),
            shipments=(IncomingShipment(carrier=carrier.strip(), tracking_number=tracking),) if tracking else (),
            buyer=_buyer(name, mobile, telephone, account, alipay, address, country, seen_at=placed_at),
            source_rows=(row,),
        )

    return read


def _state(text: str) -> OrderStatus:
    found = STATES.get(text.strip().replace("，", ","))
    if found is None:
        raise BadCell(_("The order state “%(state)s” is not known.") % {"state": text.strip()})
    return found


def _settled(
    state: OrderStatus | None, *, was_paid: bool, paid: Minor, refund: Minor, sent: bool
) -> tuple[OrderStatus, Minor]:
    """The state and the money that went back, together: a closed order has given all of it back."""
    if refund > paid:
        raise BadCell(_("More was refunded than was paid."))
    if not was_paid:
        return (OrderStatus.CANCELLED if state is OrderStatus.CANCELLED else OrderStatus.UNPAID), 0
    if state is OrderStatus.CANCELLED:
        return (OrderStatus.REFUNDED if sent and paid else OrderStatus.CANCELLED), paid
    if paid and refund == paid:
        return (OrderStatus.CANCELLED if state is OrderStatus.PAID else OrderStatus.REFUNDED), refund
    return state or OrderStatus.PAID, refund


def _one_line(title: str, count: str, total: int) -> tuple[IncomingLine, ...]:
    """The list has one cell for all its products; what each was and cost is in the detail list."""
    title = title.strip()
    if not title:
        return ()
    number = quantity(count)
    unit_price = round(total / number) if number else total
    return (IncomingLine(title=title, quantity=number, unit_price=unit_price, total=total),)


def _buyer(
    name: str,
    mobile: str,
    telephone: str,
    account: str,
    alipay: str,
    address: Address,
    country: str,
    *,
    seen_at: datetime,
) -> IncomingProfile | None:
    found = identifiers(
        named_identifier(IdentifierKind.PLATFORM_ACCOUNT, account) if account else None,
        (phone_identifier(mobile) if mobile else None) or (phone_identifier(telephone) if telephone else None),
        (email_identifier(alipay) if "@" in alipay else phone_identifier(alipay)) if alipay else None,
    )
    name = plain_text(name)
    if not found and not name:
        return None
    return IncomingProfile(
        identifiers=found,
        name=name,
        country=country,
        region=address.region,
        city=address.city,
        address=address.street,
        postcode=address.postcode,
        seen_at=seen_at,
    )
