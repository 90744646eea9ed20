"""WooCommerce: REST v3 bodies, lists of them, ``{"data": …}`` and webhook bodies.

Fields: https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce.connectors.addresses import country_code
from guanxi.commerce.connectors.base import Connector, Read, ShopContext
from guanxi.commerce.connectors.cells import (
    BadCell,
    clean_id,
    email_identifier,
    identifiers,
    joined,
    moment,
    money,
    named_identifier,
    order_number,
    phone_identifier,
    plain_text,
    positive_money,
    quantity,
)
from guanxi.commerce.connectors.json_files import Body, inner, items, orders_in, read_each, start_of, text
from guanxi.commerce.types import (
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
    OrderStatus,
)
from guanxi.core.money import Minor
from guanxi.customers.types import IdentifierKind, IncomingProfile

GMT = ZoneInfo("UTC")
STATES = {
    "pending": OrderStatus.UNPAID,
    "on-hold": OrderStatus.UNPAID,
    "failed": OrderStatus.UNPAID,
    "processing": OrderStatus.PAID,
    "shipped": OrderStatus.SHIPPED,
    "partial-shipped": OrderStatus.SHIPPED,
    "completed": OrderStatus.COMPLETED,
    "delivered": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELLED,
    "refunded": OrderStatus.REFUNDED,
}
DRAFTS = ("auto-draft", "draft", "checkout-draft", "trash")


class WooCommerce(Connector):
    name = "woocommerce"
    label = "WooCommerce"
    icon = "brand-wordpress"
    help = gettext_lazy("The answer of the REST API, for example /wp-json/wc/v3/orders?per_page=100, saved as a file.")

    def recognises(self, path: Path) -> float:
        start = start_of(path)
        if '"financial_status"' in start or '"billing_period"' in start or '"line_items"' not in start:
            return 0.0
        return 0.95 if '"billing"' in start and '"date_created' in start else 0.0

    def read(self, path: Path, *, shop: ShopContext) -> Iterator[Read]:
        bodies = orders_in(path, wrappers=("data", "orders", "order"), is_order=_is_order)
        return read_each(bodies, lambda row, body: _order(row, body, shop))


def _is_order(body: Body) -> bool:
    return "billing" in body and "line_items" in body and "billing_period" not in body


def _order(row: int, body: Body, shop: ShopContext) -> IncomingOrder:
    if not _is_order(body):
        raise BadCell(_("This is not an order."))
    external_id, state = order_number(text(body, "id")), text(body, "status").removeprefix("wc-")
    if state in DRAFTS:
        raise BadCell(_("This is a draft that nobody has ordered yet."))
    if state not in STATES:
        raise BadCell(_("The order state “%(state)s” is not known.") % {"state": state})
    currency = text(body, "currency").upper() or shop.currency
    total = positive_money(text(body, "total"), currency)
    placed_at = _time(body, "date_created", shop)
    if placed_at is None:
        raise BadCell(_("The time of the order is missing."))
    paid_at, updated_at = _time(body, "date_paid", shop), _time(body, "date_modified", shop)
    status = STATES[state]
    if status is OrderStatus.UNPAID and paid_at and state != "failed":
        status = OrderStatus.PAID
    lines = tuple(_lines(body, currency))
    country, region = _place(body)
    return IncomingOrder(
        external_id=external_id,
        currency=currency,
        placed_at=placed_at,
        status=status,
        total=total,
        paid_at=paid_at,
        completed_at=_time(body, "date_completed", shop),
        cancelled_at=updated_at if status is OrderStatus.CANCELLED else None,
        paid_total=total if paid_at else 0,
        discount_total=sum(line.discount for line in lines),
        shipping_total=positive_money(text(body, "shipping_total"), currency),
        tax_total=positive_money(text(body, "total_tax"), currency),
        discount_codes=tuple(text(coupon, "code") for coupon in items(body, "coupon_lines")),
        country=country,
        region=region,
        source_updated_at=updated_at,
        lines=lines,
        payments=_payments(body, total, paid_at),
        refunds=_refunds(body, external_id, status, total, currency, when=updated_at or paid_at or placed_at),
        shipments=tuple(_shipments(body)),
        buyer=_buyer(body, seen_at=placed_at),
        source_rows=(row,),
    )


def _time(body: Body, name: str, shop: ShopContext) -> datetime | None:
    gmt = text(body, f"{name}_gmt")
    return moment(gmt, GMT) if gmt else moment(text(body, name), shop.time_zone)


def _lines(body: Body, currency: str) -> Iterator[IncomingLine]:
    for item in items(body, "line_items"):
        total = money(text(item, "total"), currency)
        before = money(text(item, "subtotal"), currency) or total
        count = quantity(text(item, "quantity"))
        yield IncomingLine(
            title=unescape(text(item, "name")),
            sku=clean_id(text(item, "sku")),
            external_product_id=_number(item, "variation_id") or _number(item, "product_id"),
            variant=_variant(item),
            quantity=count,
            unit_price=round(before / count) if count else before,
            discount=before - total,
            total=total,
        )
    for fee in items(body, "fee_lines"):
        total = money(text(fee, "total"), currency)
        yield IncomingLine(title=unescape(text(fee, "name")), unit_price=total, total=total)


def _variant(item: Body) -> str:
    meta = item.get("meta_data")
    shown = [one for one in meta if isinstance(one, dict)] if isinstance(meta, list) else []
    values = [one.get("display_value") for one in shown if not str(one.get("key") or "_").startswith("_")]
    return joined((value for value in values if isinstance(value, str) and len(value) <= 60), by=" / ")[:200]


def _number(body: Body, name: str) -> str:
    value = text(body, name)
    return "" if value == "0" else value


def _payments(body: Body, total: Minor, paid_at: datetime | None) -> tuple[IncomingPayment, ...]:
    if not paid_at or not total:
        return ()
    method = text(body, "payment_method_title") or text(body, "payment_method")
    return (IncomingPayment(amount=total, paid_at=paid_at, method=method, external_id=text(body, "transaction_id")),)


def _refunds(
    body: Body, external_id: str, status: OrderStatus, total: Minor, currency: str, *, when: datetime
) -> tuple[IncomingRefund, ...]:
    """The body names amounts and reasons, not times: the order's last change is when they happened at the latest."""
    found = tuple(
        IncomingRefund(
            amount=abs(amount), refunded_at=when, external_id=text(refund, "id"), reason=text(refund, "reason")
        )
        for refund in items(body, "refunds")
        if (amount := money(text(refund, "total"), currency))
    )
    if not found and status is OrderStatus.REFUNDED and total:
        return (IncomingRefund(amount=total, refunded_at=when, external_id=external_id),)
    return found


def _shipments(body: Body) -> Iterator[IncomingShipment]:
    """As the Shipment Tracking extension keeps them in the order's meta data."""
    for meta in items(body, "meta_data"):
        if meta.get("key") != "_wc_shipment_tracking_items" or not isinstance(meta.get("value"), list):
            continue
        for item in items(meta, "value"):
            sent = text(item, "date_shipped")
            shipped_at = datetime.fromtimestamp(int(sent), UTC) if sent.isdecimal() and len(sent) == 10 else None
            carrier = text(item, "tracking_provider") or text(item, "custom_tracking_provider")
            yield IncomingShipment(
                carrier=carrier, tracking_number=text(item, "tracking_number"), shipped_at=shipped_at
            )


def _place(body: Body) -> tuple[str, str]:
    shipping, billing = inner(body, "shipping"), inner(body, "billing")
    place = shipping if text(shipping, "country") else billing
    return country_code(text(place, "country")), text(place, "state")


def _buyer(body: Body, *, seen_at: datetime) -> IncomingProfile | None:
    billing, shipping = inner(body, "billing"), inner(body, "shipping")
    place = shipping if text(shipping, "address_1") else billing
    found = identifiers(
        named_identifier(IdentifierKind.EXTERNAL_ID, _number(body, "customer_id")),
        email_identifier(text(billing, "email")),
        phone_identifier(text(billing, "phone")),
    )
    name = plain_text(joined((text(billing, "first_name"), text(billing, "last_name"))))
    if not found and not name:
        return None
    return IncomingProfile(
        identifiers=found,
        name=name,
        country=country_code(text(place, "country")),
        region=text(place, "state"),
        city=text(place, "city"),
        address=plain_text(joined((text(place, "address_1"), text(place, "address_2")), by=", ")),
        postcode=text(place, "postcode"),
        seen_at=seen_at,
    )
