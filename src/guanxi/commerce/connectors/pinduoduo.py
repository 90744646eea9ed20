"""Pinduoduo: one order, of one product, a row."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce.connectors.addresses import Address
from guanxi.commerce.connectors.base import Connector, Read, ShopContext
from guanxi.commerce.connectors.cells import (
    BadCell,
    clean_id,
    joined,
    moment,
    order_number,
    plain_text,
    positive_money,
    quantity,
)
from guanxi.commerce.connectors.marketplaces import after_refund, money_went_back, receiver
from guanxi.commerce.connectors.rows import one_by_one
from guanxi.commerce.types import (
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
    OrderStatus,
)
from guanxi.core.table_files.tables import Cells, Table, header_of, open_table

REQUIRED = ("订单号", "订单状态", "用户实付金额(元)")
FIELDS = (
    "订单号", "订单状态", "售后状态", "订单成交时间", "商品总价(元)", "邮费(元)", "店铺优惠折扣(元)",
    "平台优惠折扣(元)", "多多支付立减金额(元)", "用户实付金额(元)", "商品数量(件)", "商品", "商品id", "商品规格",
    "商家编码-规格维度", "商家编码-商品维度", "发货时间", "确认收货时间", "快递单号", "快递公司",
    "收货人", "手机", "省", "市", "区", "街道",
)  # fmt: skip
STATES = {
    "待支付": OrderStatus.UNPAID,
    "待付款": OrderStatus.UNPAID,
    "待成团": OrderStatus.PAID,
    "已成团": OrderStatus.PAID,
    "待发货": OrderStatus.PAID,
    "未发货": OrderStatus.PAID,
    "已发货": OrderStatus.SHIPPED,
    "待收货": OrderStatus.SHIPPED,
    "待签收": OrderStatus.SHIPPED,
    "已收货": OrderStatus.COMPLETED,
    "已签收": OrderStatus.COMPLETED,
    "已完成": OrderStatus.COMPLETED,
    "已取消": OrderStatus.CANCELLED,
    "未成交": OrderStatus.CANCELLED,
}


class Pinduoduo(Connector):
    name = "pinduoduo"
    label = gettext_lazy("Pinduoduo")
    icon = "shopping-cart"
    help = gettext_lazy("Merchant back office, Orders, Order search: export the orders with all columns as CSV.")

    def recognises(self, path: Path) -> float:
        header = header_of(path)
        return 0.95 if all(name in header for name in REQUIRED) else 0.0

    def header(self, path: Path) -> list[str]:
        return open_table(path, sample=True).header

    def read(self, path: Path, *, shop: ShopContext) -> Iterator[Read]:
        table = open_table(path)
        table.require(REQUIRED)
        return one_by_one(table.rows(), _order_reader(table, shop))


def _order_reader(table: Table, shop: ShopContext) -> Callable[[int, Cells], IncomingOrder]:
    pick = table.picker(FIELDS)
    currency, zone, country = shop.currency, shop.time_zone, shop.country or "CN"

    def read(row: int, cells: Cells) -> IncomingOrder:
        (
            number, state, after_sale, done_text, goods_text, shipping_text, shop_off, platform_off, pay_off, paid_text,
            count, title, product, variant, sku, product_code, sent_text, received_text, tracking, carrier,
            name, phone, province, city, district, street,
        ) = pick(cells)  # fmt: skip
        external_id = order_number(number)
        total = positive_money(paid_text, currency)
        sent_at, received_at = moment(sent_text, zone), moment(received_text, zone)
        paid_at = moment(done_text, zone)
        placed_at = paid_at or _date_in_number(external_id, zone)
        status, refund = _state(state, after_sale, total=total, sent=sent_at is not None)
        if status is OrderStatus.UNPAID:
            paid_at = None
        address = Address(plain_text(province), plain_text(city), joined((plain_text(district), plain_text(street))))
        return IncomingOrder(
            external_id=external_id,
            currency=currency,
            placed_at=placed_at,
            status=status,
            total=total,
            paid_at=paid_at,
            shipped_at=sent_at,
            completed_at=received_at,
            paid_total=total if paid_at else 0,
            discount_total=sum(positive_money(text, currency) for text in (shop_off, platform_off, pay_off)),
            shipping_total=positive_money(shipping_text, currency),
            country=country,
            region=address.region,
            lines=(
                _line(title, variant, product, clean_id(sku) or clean_id(product_code), goods_text, count, currency),
            ),
            payments=(IncomingPayment(amount=total, paid_at=paid_at),) if paid_at and total else (),
            refunds=(
                IncomingRefund(amount=refund, refunded_at=received_at or sent_at or placed_at, external_id=external_id),
            )
            if refund and paid_at
            else (),
            shipments=_shipments(carrier.strip(), clean_id(tracking), sent_at, received_at),
            buyer=receiver(name, phone, address, country=country, seen_at=placed_at),
            source_rows=(row,),
        )

    return read


def _shipments(
    carrier: str, tracking: str, sent_at: datetime | None, received_at: datetime | None
) -> tuple[IncomingShipment, ...]:
    if not tracking and not sent_at:
        return ()
    return (IncomingShipment(carrier=carrier, tracking_number=tracking, shipped_at=sent_at, delivered_at=received_at),)


def _line(title: str, variant: str, product: str, sku: str, goods: str, count: str, currency: str) -> IncomingLine:
    total, number = positive_money(goods, currency), quantity(count)
    if number < 0:
        raise BadCell(_("The quantity %(text)s of a sale is below zero.") % {"text": count})
    return IncomingLine(
        title=title.strip(),
        sku=sku,
        external_product_id=clean_id(product),
        variant=variant.strip(),
        quantity=number,
        unit_price=round(total / number) if number else total,
        total=total,
    )


def _state(text: str, after_sale: str, *, total: int, sent: bool) -> tuple[OrderStatus, int]:
    """``已发货，退款成功``: the first part is where the parcel is, the second whether the money went back."""
    first = text.strip().replace("，", ",").partition(",")[0].strip()
    status = STATES.get(first)
    if status is None:
        raise BadCell(_("The order state “%(state)s” is not known.") % {"state": text.strip()})
    if money_went_back(text, after_sale):
        return after_refund(sent=sent or status in (OrderStatus.SHIPPED, OrderStatus.COMPLETED)), total
    return status, 0


def _date_in_number(number: str, zone: ZoneInfo) -> datetime:
    """Orders never paid have no time in the export, but their numbers begin with the day: ``240131-…``."""
    try:
        day = datetime.strptime(number.partition("-")[0], "%y%m%d")  # noqa: DTZ007 - the shop's zone is added next
    except ValueError:
        raise BadCell(_("The time of the order is missing.")) from None
    return day.replace(tzinfo=zone).astimezone(UTC)
