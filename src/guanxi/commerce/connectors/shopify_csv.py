"""Shopify's orders export: a row for each line; what belongs to the order stands in its first row only."""

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
    moment,
    phone_identifier,
    plain_text,
    positive_money,
    quantity,
    required_moment,
    times,
    yes,
)
from guanxi.commerce.connectors.rows import Group, gathered
from guanxi.commerce.connectors.shopify_states import is_paid, order_status
from guanxi.commerce.types import (
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
)
from guanxi.core.money import Minor
from guanxi.core.table_files.tables import open_table
from guanxi.customers.types import Channel, IncomingConsent, IncomingProfile, Purpose

REQUIRED = ("Name", "Financial Status", "Total", "Created at", "Lineitem name")
ORDER_FIELDS = (
    "Id", "Financial Status", "Fulfillment Status", "Currency", "Created at", "Paid at", "Fulfilled at", "Cancelled at",
    "Total", "Shipping", "Taxes", "Discount Amount", "Refunded Amount", "Outstanding Balance", "Discount Code",
    "Payment Method", "Payment Reference",
)  # fmt: skip
LINE_FIELDS = ("Lineitem name", "Lineitem sku", "Lineitem quantity", "Lineitem price", "Lineitem discount")
PERSON_FIELDS = (
    "Email", "Accepts Marketing", "Phone", "Billing Phone", "Shipping Phone", "Billing Name", "Shipping Name", "Tags",
)  # fmt: skip
PLACE_FIELDS = ("Country", "Province Name", "Province", "City", "Street", "Zip")
Picked = tuple[str, ...]


def read(path: Path, shop: ShopContext) -> Iterator[Read]:
    table = open_table(path)
    table.require(REQUIRED)
    mark = table.picker(("Financial Status", "Total", "Created at"))
    pick_order, pick_line, pick_person = (table.picker(fields) for fields in (ORDER_FIELDS, LINE_FIELDS, PERSON_FIELDS))
    pick_shipping, pick_billing = (
        table.picker([f"{whose} {field}" for field in PLACE_FIELDS]) for whose in ("Shipping", "Billing")
    )

    def read_order(external_id: str, group: Group) -> IncomingOrder:
        first = [cells for _row, cells in group if any(cell.strip() for cell in mark(cells))]
        if not first:
            raise BadCell(_("The first row of the order is missing; only further lines of it are in the file."))
        if any(mark(cells) != mark(first[0]) for cells in first[1:]):
            raise BadCell(_("The rows of order %(number)s contradict each other.") % {"number": external_id})
        place = pick_shipping(first[0])
        place = place if place[0].strip() or place[4].strip() else pick_billing(first[0])
        return _order(
            external_id,
            pick_order(first[0]),
            [pick_line(cells) for _row, cells in group],
            pick_person(first[0]),
            place,
            shop=shop,
            rows=tuple(row for row, _cells in group),
        )

    return gathered(table, number="Name", read=read_order)


def _order(
    name: str,
    order: Picked,
    lines: list[Picked],
    person: Picked,
    place: Picked,
    *,
    shop: ShopContext,
    rows: tuple[int, ...],
) -> IncomingOrder:
    (
        number, financial, fulfilment, currency, created, paid, sent, cancelled, total_text, shipping, taxes, discount,
        refunded, outstanding, codes, method, reference,
    ) = order  # fmt: skip
    zone, currency = shop.time_zone, currency.strip().upper() or shop.currency
    total, external_id = positive_money(total_text, currency), clean_id(number) or name
    placed_at, cancelled_at = required_moment(created, zone), moment(cancelled, zone)
    shipped_at = moment(sent, zone)
    paid_at = moment(paid, zone) or (placed_at if is_paid(financial) else None)
    paid_total, refund = _money_moved(financial, total, outstanding, refunded, currency)
    return IncomingOrder(
        external_id=external_id,
        currency=currency,
        placed_at=placed_at,
        status=order_status(financial=financial, fulfilment=fulfilment, cancelled=cancelled_at is not None),
        total=total,
        paid_at=paid_at,
        shipped_at=shipped_at,
        cancelled_at=cancelled_at,
        paid_total=paid_total,
        discount_total=positive_money(discount, currency),
        shipping_total=positive_money(shipping, currency),
        tax_total=positive_money(taxes, currency),
        discount_codes=tuple(code.strip() for code in codes.split(",") if code.strip()),
        country=country_code(place[0]),
        region=plain_text(place[1]) or plain_text(place[2]),
        lines=tuple(_line(line, currency) for line in lines if line[0].strip()),
        payments=(_payment(paid_total, paid_at or placed_at, method, reference),) if paid_total else (),
        refunds=(
            IncomingRefund(
                amount=refund, refunded_at=cancelled_at or shipped_at or paid_at or placed_at, external_id=external_id
            ),
        )
        if refund
        else (),
        shipments=(IncomingShipment(shipped_at=shipped_at),) if shipped_at else (),
        buyer=_buyer(person, place, seen_at=placed_at),
        source_rows=rows,
    )


def _money_moved(financial: str, total: Minor, outstanding: str, refunded: str, currency: str) -> tuple[Minor, Minor]:
    """What was paid and what of it went back."""
    state, refund = financial.strip().lower(), positive_money(refunded, currency)
    if state == "partially_paid":
        return max(total - positive_money(outstanding, currency), 0), refund
    if not is_paid(financial):
        return 0, refund
    return total, refund or (total if state == "refunded" else 0)


def _payment(amount: Minor, paid_at: datetime, method: str, reference: str) -> IncomingPayment:
    return IncomingPayment(amount=amount, paid_at=paid_at, method=method.strip(), external_id=reference.strip())


def _line(line: Picked, currency: str) -> IncomingLine:
    title, sku, count, price, discount_text = line
    unit_price, discount = positive_money(price, currency), positive_money(discount_text, currency)
    number = quantity(count)
    return IncomingLine(
        title=title.strip(),
        sku=clean_id(sku),
        quantity=number,
        unit_price=unit_price,
        discount=discount,
        total=times(unit_price, number) - discount,
    )


def _buyer(person: Picked, place: Picked, *, seen_at: datetime) -> IncomingProfile | None:
    email, accepts, phone, billing_phone, shipping_phone, billing_name, shipping_name, tags = person
    found = identifiers(
        email_identifier(email),
        phone_identifier(phone) or phone_identifier(billing_phone) or phone_identifier(shipping_phone),
    )
    name = plain_text(billing_name) or plain_text(shipping_name)
    if not found and not name:
        return None
    granted = yes(accepts)
    country, province_name, province, city, street, postcode = place
    return IncomingProfile(
        identifiers=found,
        name=name,
        country=country_code(country),
        region=plain_text(province_name) or plain_text(province),
        city=plain_text(city),
        address=plain_text(street),
        postcode=plain_text(postcode),
        tags=tuple(tag.strip() for tag in tags.split(",") if tag.strip()),
        consents=(IncomingConsent(Channel.EMAIL, Purpose.MARKETING, granted, seen_at),)
        if granted is not None and email.strip()
        else (),
        seen_at=seen_at,
    )
