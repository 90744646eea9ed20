"""Douyin (Doudian): a row for each sub-order; the orders are their main orders."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce.connectors.addresses import Address, chinese_address
from guanxi.commerce.connectors.base import Connector, Read, ShopContext
from guanxi.commerce.connectors.cells import (
    BadCell,
    clean_id,
    joined,
    moment,
    plain_text,
    positive_money,
    quantity,
    required_moment,
)
from guanxi.commerce.connectors.marketplaces import after_refund, money_went_back, receiver
from guanxi.commerce.connectors.rows import Group, gathered
from guanxi.commerce.types import (
    STATUS_RANK,
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
    OrderStatus,
)
from guanxi.core.money import Minor
from guanxi.core.table_files.tables import Table, header_of, open_table

REQUIRED = ("主订单编号", "订单状态", "订单应付金额", "订单提交时间")
FIELDS = (
    "子订单编号", "选购商品", "商品规格", "商品数量", "商家编码", "商品ID", "订单应付金额", "运费",
    "平台实际承担优惠金额", "商家实际承担优惠金额", "达人实际承担优惠金额", "订单提交时间", "支付完成时间",
    "发货时间", "订单完成时间", "订单状态", "售后状态", "快递单号", "快递公司",
)  # fmt: skip
PERSON_FIELDS = ("收件人", "收件人手机号", "详细地址", "省", "市", "区")
STATES = {
    "待支付": OrderStatus.UNPAID,
    "待付款": OrderStatus.UNPAID,
    "待确认": OrderStatus.UNPAID,
    "已支付": OrderStatus.PAID,
    "备货中": OrderStatus.PAID,
    "待发货": OrderStatus.PAID,
    "部分发货": OrderStatus.SHIPPED,
    "已发货": OrderStatus.SHIPPED,
    "已签收": OrderStatus.SHIPPED,
    "已完成": OrderStatus.COMPLETED,
    "已关闭": OrderStatus.CANCELLED,
    "已取消": OrderStatus.CANCELLED,
}


class Part(NamedTuple):
    """One sub-order."""

    number: str
    line: IncomingLine
    payable: Minor
    shipping: Minor
    status: OrderStatus
    went_back: bool
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    completed_at: datetime | None
    shipment: IncomingShipment | None


class Douyin(Connector):
    name = "douyin"
    label = gettext_lazy("Douyin")
    icon = "brand-tiktok"
    help = gettext_lazy("Doudian back office, Orders, Order management: export with all columns as CSV.")

    def recognises(self, path: Path) -> float:
        header = header_of(path)
        return 0.95 if all(name in header for name in REQUIRED) else 0.0

    def header(self, path: Path) -> list[str]:
        return open_table(path, sample=True).header

    def read(self, path: Path, *, shop: ShopContext) -> Iterator[Read]:
        table = open_table(path)
        table.require(REQUIRED)
        read = _order_reader(table, shop)
        return gathered(table, number="主订单编号", read=read)


def _order_reader(table: Table, shop: ShopContext) -> Callable[[str, Group], IncomingOrder]:
    pick_part = _part_reader(table, shop)
    pick_person = table.picker(PERSON_FIELDS)
    country = shop.country or "CN"

    def read(external_id: str, group: Group) -> IncomingOrder:
        parts = [pick_part(cells) for _row, cells in group]
        name, phone, street, province, city, district = pick_person(group[0][1])
        address = _address(province, city, district, street)
        placed_at = min(part.placed_at for part in parts)
        status, refunds = _outcome(parts)
        unpaid = status is OrderStatus.UNPAID or (status is OrderStatus.CANCELLED and not refunds)
        total = sum(part.payable for part in parts)
        paid_at = None if unpaid else min((part.paid_at for part in parts if part.paid_at), default=placed_at)
        ended = [part.completed_at for part in parts if part.completed_at]
        return IncomingOrder(
            external_id=external_id,
            currency=shop.currency,
            placed_at=placed_at,
            status=status,
            total=total,
            paid_at=paid_at,
            shipped_at=min((part.shipped_at for part in parts if part.shipped_at), default=None),
            completed_at=max(ended, default=None) if status is OrderStatus.COMPLETED else None,
            cancelled_at=max(ended, default=None) if status is OrderStatus.CANCELLED else None,
            paid_total=total if paid_at else 0,
            discount_total=sum(part.line.discount for part in parts),
            shipping_total=sum(part.shipping for part in parts),
            country=country,
            region=address.region,
            lines=tuple(part.line for part in parts),
            payments=(IncomingPayment(amount=total, paid_at=paid_at),) if paid_at and total else (),
            refunds=refunds,
            shipments=tuple(dict.fromkeys(part.shipment for part in parts if part.shipment)),
            buyer=receiver(name, phone, address, country=country, seen_at=placed_at),
            source_rows=tuple(row for row, _cells in group),
        )

    return read


def _part_reader(table: Table, shop: ShopContext) -> Callable[[Sequence[str]], Part]:
    pick, currency, zone = table.picker(FIELDS), shop.currency, shop.time_zone

    def read(cells: Sequence[str]) -> Part:
        (
            number, title, variant, count, sku, product, payable_text, shipping_text, platform_off, shop_off, host_off,
            placed, paid, sent, ended, state, after_sale, tracking, carrier,
        ) = pick(cells)  # fmt: skip
        payable, shipping = positive_money(payable_text, currency), positive_money(shipping_text, currency)
        status = STATES.get(state.strip())
        if status is None:
            raise BadCell(_("The order state “%(state)s” is not known.") % {"state": state.strip()})
        amount = quantity(count)
        if amount < 0:
            raise BadCell(_("The quantity %(text)s of a sale is below zero.") % {"text": count})
        discount = sum(positive_money(text, currency) for text in (platform_off, shop_off, host_off))
        total = max(payable - shipping, 0)
        shipped_at, tracking = moment(sent, zone), clean_id(tracking)
        return Part(
            number=clean_id(number),
            line=IncomingLine(
                title=title.strip(),
                sku=clean_id(sku),
                external_product_id=clean_id(product),
                variant=variant.strip(),
                quantity=amount,
                unit_price=round((total + discount) / amount) if amount else total,
                discount=discount,
                total=total,
            ),
            payable=payable,
            shipping=min(shipping, payable),
            status=status,
            went_back=money_went_back(after_sale, state),
            placed_at=required_moment(placed, zone),
            paid_at=moment(paid, zone),
            shipped_at=shipped_at,
            completed_at=moment(ended, zone),
            shipment=IncomingShipment(carrier=carrier.strip(), tracking_number=tracking, shipped_at=shipped_at)
            if tracking or shipped_at
            else None,
        )

    return read


def _outcome(parts: Sequence[Part]) -> tuple[OrderStatus, tuple[IncomingRefund, ...]]:
    """The main order is as far as its slowest part that is not closed; closed parts of a paid order went back."""
    kept = [part for part in parts if part.status is not OrderStatus.CANCELLED and not part.went_back]
    was_paid = any(part.went_back or part.status not in (OrderStatus.UNPAID, OrderStatus.CANCELLED) for part in parts)
    refunds = tuple(
        IncomingRefund(
            amount=part.payable,
            refunded_at=part.completed_at or part.shipped_at or part.placed_at,
            external_id=part.number,
        )
        for part in parts
        if part.payable and was_paid and (part.went_back or part.status is OrderStatus.CANCELLED)
    )
    if kept:
        return min((part.status for part in kept), key=STATUS_RANK.__getitem__), refunds
    if not was_paid:
        return OrderStatus.CANCELLED, ()
    return after_refund(sent=any(part.shipped_at for part in parts)), refunds


def _address(province: str, city: str, district: str, street: str) -> Address:
    if province.strip():
        return Address(plain_text(province), plain_text(city), joined((plain_text(district), plain_text(street))))
    return Address() if not plain_text(street) else chinese_address(street)
