"""Orders as Shopify's Admin REST API and its webhooks give them.

Fields: https://shopify.dev/docs/api/admin-rest/latest/resources/order
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from guanxi.commerce.connectors.addresses import country_code
from guanxi.commerce.connectors.base import Read, ShopContext
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
    required_moment,
    times,
)
from guanxi.commerce.connectors.json_files import Body, inner, items, orders_in, read_each, text
from guanxi.commerce.connectors.shopify_states import is_paid, order_status
from guanxi.commerce.types import (
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
    OrderStatus,
)
from guanxi.core.money import Minor
from guanxi.customers.types import Channel, IdentifierKind, IncomingConsent, IncomingProfile, Purpose


def read(path: Path, shop: ShopContext) -> Iterator[Read]:
    bodies = orders_in(path, wrappers=("data", "orders", "order"), is_order=_is_order)
    return read_each(bodies, lambda row, body: _order(row, body, shop))


def _is_order(body: Body) -> bool:
    return "line_items" in body and "financial_status" in body


def _order(row: int, body: Body, shop: ShopContext) -> IncomingOrder:
    if not _is_order(body):
        raise BadCell(_("This is not an order."))
    if body.get("test") is True:
        raise BadCell(_("This is a test order of the shop."))
    zone, currency = shop.time_zone, text(body, "currency").upper() or shop.currency
    external_id, financial = order_number(text(body, "id")), text(body, "financial_status")
    total = positive_money(text(body, "total_price"), currency)
    placed_at = required_moment(text(body, "created_at"), zone)
    cancelled_at = moment(text(body, "cancelled_at"), zone)
    paid_at = (moment(text(body, "processed_at"), zone) or placed_at) if is_paid(financial) else None
    shipments = tuple(_shipments(body, shop))
    delivered = [one.delivered_at for one in shipments if one.delivered_at]
    status = order_status(
        financial=financial,
        fulfilment=text(body, "fulfillment_status"),
        cancelled=cancelled_at is not None,
        delivered=bool(shipments) and len(delivered) == len(shipments),
    )
    refunds = _refunds(body, external_id, status, total, currency, shop)
    paid_total = total if paid_at else 0
    if financial == "partially_paid":
        paid_total = max(total - positive_money(text(body, "total_outstanding"), currency), 0)
    place = inner(body, "shipping_address") or inner(body, "billing_address")
    return IncomingOrder(
        external_id=external_id,
        currency=currency,
        placed_at=placed_at,
        status=status,
        total=total,
        paid_at=paid_at,
        shipped_at=min((one.shipped_at for one in shipments if one.shipped_at), default=None),
        completed_at=max(delivered, default=None) if status is OrderStatus.COMPLETED else None,
        cancelled_at=cancelled_at,
        paid_total=paid_total,
        discount_total=positive_money(text(body, "total_discounts"), currency),
        shipping_total=sum(positive_money(text(line, "price"), currency) for line in items(body, "shipping_lines")),
        tax_total=positive_money(text(body, "total_tax"), currency),
        discount_codes=tuple(text(code, "code") for code in items(body, "discount_codes")),
        country=country_code(text(place, "country_code") or text(place, "country")),
        region=text(place, "province"),
        source_updated_at=moment(text(body, "updated_at"), zone),
        lines=tuple(_line(item, currency) for item in items(body, "line_items")),
        payments=(IncomingPayment(amount=paid_total, paid_at=paid_at or placed_at, method=text(body, "gateway")),)
        if paid_total
        else (),
        refunds=refunds,
        shipments=shipments,
        buyer=_buyer(body, place, shop, seen_at=placed_at),
        source_rows=(row,),
    )


def _line(item: Body, currency: str) -> IncomingLine:
    unit_price, number = positive_money(text(item, "price"), currency), quantity(text(item, "quantity"))
    shares = items(item, "discount_allocations")
    discount = sum(positive_money(text(share, "amount"), currency) for share in shares) or positive_money(
        text(item, "total_discount"), currency
    )
    return IncomingLine(
        title=text(item, "title") or text(item, "name"),
        sku=clean_id(text(item, "sku")),
        external_product_id=text(item, "variant_id") or text(item, "product_id"),
        variant=text(item, "variant_title"),
        quantity=number,
        unit_price=unit_price,
        discount=discount,
        total=times(unit_price, number) - discount,
    )


def _refunds(
    body: Body, external_id: str, status: OrderStatus, total: Minor, currency: str, shop: ShopContext
) -> tuple[IncomingRefund, ...]:
    """Those listed; a refunded order that lists none has given all of its money back."""
    found = tuple(_listed_refunds(body, currency, shop))
    if found or status is not OrderStatus.REFUNDED or not total:
        return found
    when = required_moment(text(body, "updated_at") or text(body, "created_at"), shop.time_zone)
    return (IncomingRefund(amount=total, refunded_at=when, external_id=external_id),)


def _listed_refunds(body: Body, currency: str, shop: ShopContext) -> Iterator[IncomingRefund]:
    for refund in items(body, "refunds"):
        when = required_moment(text(refund, "processed_at") or text(refund, "created_at"), shop.time_zone)
        amount = sum(
            money(text(transaction, "amount"), currency)
            for transaction in items(refund, "transactions")
            if text(transaction, "kind") == "refund" and text(transaction, "status") in ("success", "")
        )
        if amount:
            yield IncomingRefund(
                amount=abs(amount), refunded_at=when, external_id=text(refund, "id"), reason=text(refund, "note")
            )


def _shipments(body: Body, shop: ShopContext) -> Iterator[IncomingShipment]:
    for fulfilment in items(body, "fulfillments"):
        if text(fulfilment, "status") not in ("success", "open", "pending", ""):
            continue
        arrived = text(fulfilment, "shipment_status") == "delivered"
        yield IncomingShipment(
            carrier=text(fulfilment, "tracking_company"),
            tracking_number=text(fulfilment, "tracking_number"),
            shipped_at=moment(text(fulfilment, "created_at"), shop.time_zone),
            delivered_at=moment(text(fulfilment, "updated_at"), shop.time_zone) if arrived else None,
        )


def _buyer(body: Body, place: Body, shop: ShopContext, *, seen_at: datetime) -> IncomingProfile | None:
    customer, billing = inner(body, "customer"), inner(body, "billing_address")
    phones = (text(body, "phone"), text(customer, "phone"), text(billing, "phone"), text(place, "phone"))
    email = text(body, "email") or text(body, "contact_email") or text(customer, "email")
    found = identifiers(
        named_identifier(IdentifierKind.EXTERNAL_ID, text(customer, "id")),
        email_identifier(email),
        next((one for one in map(phone_identifier, phones) if one), None),
    )
    name = joined((text(customer, "first_name"), text(customer, "last_name")))
    name = plain_text(name or text(billing, "name") or text(place, "name"))
    if not found and not name:
        return None
    return IncomingProfile(
        identifiers=found,
        name=name,
        country=country_code(text(place, "country_code") or text(place, "country")),
        region=text(place, "province"),
        city=text(place, "city"),
        address=plain_text(joined((text(place, "address1"), text(place, "address2")), by=", ")),
        postcode=text(place, "zip"),
        tags=tuple(tag.strip() for tag in text(customer, "tags").split(",") if tag.strip()),
        consents=tuple(_consents(body, customer, shop, at=seen_at)),
        seen_at=seen_at,
    )


def _consents(body: Body, customer: Body, shop: ShopContext, *, at: datetime) -> Iterator[IncomingConsent]:
    """What the customer record says with its own time, else what the buyer ticked in this order."""
    said = set()
    for channel, field in ((Channel.EMAIL, "email_marketing_consent"), (Channel.SMS, "sms_marketing_consent")):
        consent = inner(customer, field)
        state = text(consent, "state")
        if state in ("subscribed", "unsubscribed"):
            said.add(channel)
            when = moment(text(consent, "consent_updated_at"), shop.time_zone) or at
            yield IncomingConsent(channel, Purpose.MARKETING, state == "subscribed", when)
    if Channel.EMAIL not in said and isinstance(body.get("buyer_accepts_marketing"), bool):
        yield IncomingConsent(Channel.EMAIL, Purpose.MARKETING, body["buyer_accepts_marketing"], at)
