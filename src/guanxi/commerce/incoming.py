"""Incoming orders made ready to be written: checked, hashed, as text for COPY.

Touches no database and knows no models, like all that can run ahead of the recording on another core; see `core.ahead`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from guanxi.commerce import milestones
from guanxi.commerce.milestones import Milestone
from guanxi.commerce.types import (
    STATUS_RANK,
    IncomingLine,
    IncomingOrder,
    IncomingOrderLines,
)
from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.customers.candidates import Candidate, candidate
from guanxi.customers.normalise import region as region_name

SAID = (
    "external_id, kind, status, currency, total, paid_total, refunded_total, discount_total, shipping_total, tax_total,"
    " discount_codes, country, region, placed_at, paid_at, shipped_at, completed_at, cancelled_at, source_updated_at"
)
"""Columns of an order that come from its source, as `Prepared.said` holds them."""
LINE_SAID = "number, variant, quantity, unit_price, discount, total"
MAX_AMOUNT = 10**15


@dataclass(frozen=True, slots=True)
class Place:
    """What preparing needs to know of a shop."""

    shop_id: int
    country: str


class PreparedProduct(NamedTuple):
    key: str
    title: str
    sku: str
    category: str


class PreparedLines(NamedTuple):
    external_id: str
    rows: list[tuple[tuple[str, str, str, str], str]]
    """The values of a PreparedProduct, and LINE_SAID."""
    pieces: float
    """Of all lines together."""
    digest: str
    detailed: bool
    source_rows: tuple[int, ...]


class Prepared(NamedTuple):
    """An order as it will be written. A tuple, because these pass between processes by the thousand."""

    external_id: str
    rank: int
    said: str
    digest: str
    payments: list[str]
    refunds: list[str]
    shipments: list[str]
    milestones: list[Milestone]
    source_rows: tuple[int, ...]
    updated_at: datetime | None
    lines: PreparedLines | None
    buyer: Candidate | None


class Rejection(NamedTuple):
    """An order that was refused as a whole."""

    external_id: str
    source_rows: tuple[int, ...]
    reason: str


def prepare(
    items: Sequence[IncomingOrder | IncomingOrderLines], place: Place
) -> list[Prepared | PreparedLines | Rejection]:
    """Each ready for `recording.record`, or refused with a reason for people.

    Step by step over all of them: order by order the same takes a seventh longer, as a processor is quickest at what it
    has just done.
    """
    reasons = [_problem(item) for item in items]
    sound = [
        item for item, reason in zip(items, reasons, strict=True) if isinstance(item, IncomingOrder) and not reason
    ]
    orders = iter(_orders(sound, place))
    return [
        Rejection(item.external_id[:100], tuple(item.source_rows), reason)
        if reason
        else next(orders)
        if isinstance(item, IncomingOrder)
        else _lines(item.external_id, item.lines, detailed=True, source_rows=item.source_rows)
        for item, reason in zip(items, reasons, strict=True)
    ]


def _problem(item: IncomingOrder | IncomingOrderLines) -> str:
    if not item.external_id or len(item.external_id) > 100 or bulk.storable(item.external_id) != item.external_id:
        return _("The order number is missing, or is none.")
    for line in item.lines:
        if not (-MAX_AMOUNT < line.total < MAX_AMOUNT and -MAX_AMOUNT < line.unit_price < MAX_AMOUNT):
            return _("An amount is too large to be money.")
        if not line.title and not line.sku and not line.external_product_id:
            return _("A line names no product.")
    if isinstance(item, IncomingOrderLines):
        return "" if item.lines else _("There are no lines.")
    return _problem_of_order(item)


def _problem_of_order(item: IncomingOrder) -> str:
    if len(item.currency) != 3 or not item.currency.isalpha():
        return _("The currency must be a code of three letters.")
    if not 0 <= item.total < MAX_AMOUNT:
        return _("The total of an order cannot be below zero.") if item.total < 0 else _("The total is too large.")
    if item.placed_at.tzinfo is None or not 1970 <= item.placed_at.year <= 2200:
        return _("The time of the order is not possible.")
    if any(refund.amount < 0 for refund in item.refunds):
        return _("A refund cannot be below zero.")
    return ""


def _orders(orders: Sequence[IncomingOrder], place: Place) -> list[Prepared]:
    buyers = [_buyer(order, place) for order in orders]
    lines = [
        _lines(order.external_id, order.lines, detailed=False, source_rows=()) if order.lines else None
        for order in orders
    ]
    reached = [milestones.of(order, place.shop_id) for order in orders]
    said = [_said(order) for order in orders]
    parts = [(_payments(order), _refunds(order), _shipments(order)) for order in orders]
    return [
        Prepared(
            external_id=order.external_id,
            rank=STATUS_RANK[order.status],
            said=about,
            digest=_digest(about, payments, refunds, shipments, buyer),
            payments=payments,
            refunds=refunds,
            shipments=shipments,
            milestones=marks,
            source_rows=tuple(order.source_rows),
            updated_at=order.source_updated_at,
            lines=of_order,
            buyer=buyer,
        )
        for order, about, (payments, refunds, shipments), marks, of_order, buyer in zip(
            orders, said, parts, reached, lines, buyers, strict=True
        )
    ]


def _buyer(order: IncomingOrder, place: Place) -> Candidate | None:
    if not order.buyer:
        return None
    return candidate(order.buyer, shop_id=place.shop_id, country=place.country, seen_at=order.placed_at)


def _said(order: IncomingOrder) -> str:
    text, moment = bulk.text, bulk.moment
    return (
        f"{text(order.external_id)}\t{order.kind.value}\t{order.status.value}\t{order.currency.upper()}\t{order.total}"
        f"\t{order.paid_total}\t{sum([refund.amount for refund in order.refunds])}\t{order.discount_total}"
        f"\t{order.shipping_total}\t{order.tax_total}\t{_array(order.discount_codes)}\t{text(order.country, 60)}"
        f"\t{text(region_name(order.region))}\t{moment(order.placed_at)}\t{moment(order.paid_at)}"
        f"\t{moment(order.shipped_at)}\t{moment(order.completed_at)}\t{moment(order.cancelled_at)}"
        f"\t{moment(order.source_updated_at)}"
    )


def _payments(order: IncomingOrder) -> list[str]:
    text, moment = bulk.text, bulk.moment
    return [
        f"{number}\t{one.amount}\t{text(one.method, 60)}\t{text(one.external_id, 100)}\t{moment(one.paid_at)}"
        for number, one in enumerate(order.payments, 1)
    ]


def _refunds(order: IncomingOrder) -> list[str]:
    text, moment = bulk.text, bulk.moment
    return [
        f"{number}\t{one.amount}\t{text(one.reason, 200)}\t{text(one.external_id, 100)}\t{moment(one.refunded_at)}"
        for number, one in enumerate(order.refunds, 1)
    ]


def _shipments(order: IncomingOrder) -> list[str]:
    text, moment = bulk.text, bulk.moment
    return [
        f"{number}\t{text(one.carrier, 60)}\t{text(one.tracking_number, 100)}"
        f"\t{moment(one.shipped_at)}\t{moment(one.delivered_at)}"
        for number, one in enumerate(order.shipments, 1)
    ]


def _digest(said: str, payments: list[str], refunds: list[str], shipments: list[str], buyer: Candidate | None) -> str:
    everything = [said, *payments, *refunds, *shipments, buyer.fingerprint if buyer else ""]
    return keyring().hex_hash("\n".join(everything), "order")


def _lines(
    external_id: str, lines: Sequence[IncomingLine], *, detailed: bool, source_rows: Sequence[int]
) -> PreparedLines:
    rows = [
        (
            _product(line.title, line.sku, line.external_product_id, line.category),
            f"{number}\t{bulk.text(line.variant, 120)}\t{line.quantity}\t{line.unit_price}"
            f"\t{line.discount}\t{line.total}",
        )
        for number, line in enumerate(lines, 1)
    ]
    content = "\n".join([f"{product[0]}\t{row}" for product, row in rows])
    digest = keyring().hex_hash(content, "order.lines")
    pieces = float(sum(line.quantity for line in lines))
    return PreparedLines(external_id, rows, pieces, digest, detailed, tuple(source_rows))


@lru_cache(maxsize=32768)
def _product(title: str, sku: str, external_id: str, category: str) -> tuple[str, str, str, str]:
    """The values of a PreparedProduct."""
    title, sku, category = bulk.storable(title), bulk.storable(sku), bulk.storable(category)
    if sku:
        key = f"sku:{sku}"
    elif external_id:
        key = f"id:{bulk.storable(external_id)}"
    else:
        key = f"title:{title}"
    if len(key) > 200:
        key = f"{key[:160]}#{keyring().hex_hash(key, 'product')}"
    return key, title[:300] or key, sku[:100], category[:80]


def _array(values: Sequence[str]) -> str:
    """A text array as a field of COPY."""
    if not values:
        return "{}"
    quoted = ['"' + value[:80].replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return bulk.text("{" + ",".join(quoted) + "}")
