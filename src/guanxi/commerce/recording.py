"""Orders into the database, a batch in one transaction, in sets.

What is new goes by COPY straight into its tables: the shop's orders have one writer at a time, and nobody is merged
meanwhile, so what was looked up at the start is still true at the end. What changed goes through a temporary table.
What did not change is not touched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanxi.commerce import incoming, milestones
from guanxi.commerce.incoming import Prepared, PreparedLines, PreparedProduct, Rejection
from guanxi.commerce.milestones import REFUNDED
from guanxi.commerce.types import STATUS_RANK, OrderStatus
from guanxi.core import bulk, events
from guanxi.customers import services as customers
from guanxi.customers.following import only_writer
from guanxi.customers.types import Resolution

KEPT = (
    "id, customer_id, origin_customer_id, matched_by, content_digest, line_count, pieces, lines_digest,"
    " lines_detailed, announced, import_id, updated_at"
)
"""Columns of an order that we add to what its source said, when it is new and when it changes."""
UPDATED = f"{KEPT}, {incoming.SAID}"
CREATED = f"shop_id, created_at, {UPDATED}"
FURTHER_REFUNDS = """
SELECT %s, s.customer_id, s.id, coalesce(s.source_updated_at, %s), %s,
  jsonb_build_object('shop_id', o.shop_id, 'currency', s.currency, 'total', s.total,
    'amount', s.refunded_total - o.refunded_total)
FROM staged_order s JOIN commerce_order o ON o.id = s.id
WHERE o.announced & %s <> 0 AND o.kind = 'sale' AND s.refunded_total > o.refunded_total
"""
"""More money given back for an order whose first refund is in the log already: told each time, with what came now."""
PARTS = {
    "payments": ("commerce_payment", "order_id, number, amount, method, external_id, paid_at"),
    "refunds": ("commerce_refund", "order_id, number, amount, reason, external_id, refunded_at"),
    "shipments": ("commerce_shipment", "order_id, number, carrier, tracking_number, shipped_at, delivered_at"),
}


@dataclass(slots=True)
class RecordResult:
    """What one batch did."""

    orders_created: int = 0
    orders_updated: int = 0
    orders_unchanged: int = 0
    customers_created: int = 0
    customer_ids: set[int] = field(default_factory=set)
    """The customers of the batch's orders, new ones included."""
    rejected: list[Rejection] = field(default_factory=list)

    @property
    def customers_matched(self) -> int:
        """Customers of the batch that were there before."""
        return len(self.customer_ids) - self.customers_created


class Stored(NamedTuple):
    """An order as it is recorded."""

    id: int
    customer_id: int | None
    origin_id: int | None
    matched_by: str
    rank: int
    updated_at: datetime | None
    digest: str
    line_count: int
    pieces: float
    lines_digest: str | None
    lines_detailed: bool
    announced: int


@dataclass(slots=True)
class Work:
    """What a batch says of one order, its repetitions folded."""

    stored: Stored | None
    order: Prepared | None = None
    """None when nothing newer than what is recorded is said."""
    lines: PreparedLines | None = None
    """None when they stay as they are."""
    id: int = 0
    customer_id: int | None = None
    origin_id: int | None = None
    """Of several merged customers, the one whose order it is; see `Resolution.origin_id`."""
    matched_by: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What holds for a whole batch."""

    shop_id: int
    import_id: int | None
    source: str
    now: datetime


def record(items: Iterable[Prepared | PreparedLines | Rejection], batch: Batch) -> RecordResult:
    """Record prepared orders of one shop in one transaction."""
    result = RecordResult()
    given = []
    for item in items:
        if isinstance(item, Rejection):
            result.rejected.append(item)
        else:
            given.append(item)
    if not given:
        return result
    with transaction.atomic():
        bulk.one_writer(f"orders.{batch.shop_id}")
        only_writer()
        stored = _look_up({item.external_id for item in given}, batch.shop_id)
        works = _fold(given, stored, result)
        _resolve(works, batch, result)
        new = [work for work in works if work.stored is None]
        changed = [work for work in works if work.stored is not None and _changes(work)]
        for work, order_id in zip(new, bulk.reserve_ids("commerce_order", len(new)), strict=True):
            work.id = order_id
        products = _products([*new, *changed], batch)
        _write_new(new, batch)
        _write_changed(changed, batch)
        _write_parts(new, changed, products)
        _announce([*new, *changed], batch)
    result.orders_created, result.orders_updated = len(new), len(changed)
    result.orders_unchanged = len(works) - len(new) - len(changed)
    return result


def _look_up(external_ids: Iterable[str], shop_id: int) -> dict[str, Stored]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_id, id, customer_id, origin_customer_id, matched_by, status, source_updated_at,"
            " replace(content_digest::text, '-', ''), line_count, pieces, replace(lines_digest::text, '-', ''),"
            " lines_detailed, announced FROM commerce_order WHERE shop_id = %s AND external_id = ANY(%s::text[])",
            [shop_id, bulk.texts(external_ids)],
        )
        rows = cursor.fetchall()
    return {row[0]: Stored._make((*row[1:5], STATUS_RANK[OrderStatus(row[5])], *row[6:])) for row in rows}


def _fold(given: Iterable[Prepared | PreparedLines], stored: Mapping[str, Stored], result: RecordResult) -> list[Work]:
    """One Work for each order, in the order of the batch; a later saying wins unless it is older by its own word."""
    works: dict[str, Work] = {}
    for item in given:
        work = works.get(item.external_id)
        before = stored.get(item.external_id)
        if work is None:
            if isinstance(item, PreparedLines) and before is None:
                reason = _("This order is not known yet: import the order list first.")
                result.rejected.append(Rejection(item.external_id, tuple(item.source_rows), reason))
                continue
            work = works[item.external_id] = Work(before)
        if isinstance(item, PreparedLines):
            work.lines = item
        elif _is_newer(item, work):
            work.order = item
            if item.lines and not (work.lines and work.lines.detailed):
                work.lines = item.lines
    for work in works.values():
        _drop_what_is_known(work)
    return list(works.values())


def _is_newer(item: Prepared, work: Work) -> bool:
    """An order never goes back: by the source's own clock where both have it, else by the states of its life."""
    before = work.order or work.stored
    if before is None:
        return True
    if item.updated_at and before.updated_at and item.updated_at != before.updated_at:
        return item.updated_at > before.updated_at
    return item.rank >= before.rank


def _drop_what_is_known(work: Work) -> None:
    stored = work.stored
    if stored is None:
        return
    work.id, work.matched_by = stored.id, stored.matched_by
    work.customer_id, work.origin_id = stored.customer_id, stored.origin_id
    if work.lines and (work.lines.digest == stored.lines_digest or (stored.lines_detailed and not work.lines.detailed)):
        work.lines = None
    unlinked = stored.customer_id is None and work.order is not None and work.order.buyer and work.order.buyer.keys
    if work.order and work.order.digest == stored.digest and not unlinked:
        work.order = None


def _changes(work: Work) -> bool:
    """Whether an existing order is to be written. One that still has no customer and says nothing new is not."""
    stored = work.stored
    if stored is None or work.lines is not None:
        return True
    return work.order is not None and (work.order.digest != stored.digest or work.customer_id != stored.customer_id)


def _resolve(works: Sequence[Work], batch: Batch, result: RecordResult) -> None:
    asked = [(work, work.order.buyer) for work in works if work.order and work.order.buyer]
    resolved = customers.resolve_prepared(
        [buyer for _work, buyer in asked],
        shop_id=batch.shop_id,
        source=batch.source,
        now=batch.now,
        known=[work.origin_id or work.customer_id for work, _buyer in asked],
    )
    for (work, _buyer), found in zip(asked, resolved.resolutions, strict=True):
        _take(work, found)
    result.customers_created = resolved.created
    result.customer_ids = {work.customer_id for work in works if work.customer_id}


def _take(work: Work, found: Resolution) -> None:
    if found.customer_id is not None and work.customer_id is None:
        work.customer_id, work.origin_id, work.matched_by = found.customer_id, found.origin_id, found.reason[:40]


def _products(works: Sequence[Work], batch: Batch) -> dict[str, int]:
    """Numbers of the products that these orders name, by key; those seen for the first time are made."""
    wanted: dict[str, PreparedProduct] = {}
    for work in works:
        if work.lines:
            for product, _row in work.lines.rows:
                if product[0] not in wanted:
                    wanted[product[0]] = PreparedProduct(*product)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, id, sku = '' OR category = '' FROM commerce_product WHERE shop_id = %s"
            " AND key = ANY(%s::text[])",
            [batch.shop_id, bulk.texts(wanted)],
        )
        rows = cursor.fetchall()
        found = {key: number for key, number, _bare in rows}
        bare = [wanted[key] for key, _number, bare in rows if bare and (wanted[key].sku or wanted[key].category)]
        new = [product for key, product in wanted.items() if key not in found]
        if bare:
            cursor.execute(
                "UPDATE commerce_product p SET sku = CASE p.sku WHEN '' THEN s.sku ELSE p.sku END,"
                " category = CASE p.category WHEN '' THEN s.category ELSE p.category END"
                " FROM unnest(%s::text[], %s::text[], %s::text[]) s (key, sku, category)"
                " WHERE p.shop_id = %s AND p.key = s.key"
                " AND (p.sku = '' AND s.sku <> '' OR p.category = '' AND s.category <> '')",
                [[p.key for p in bare], [p.sku for p in bare], [p.category for p in bare], batch.shop_id],
            )
        if new:
            cursor.execute(
                "INSERT INTO commerce_product (shop_id, key, title, sku, category, first_seen_at)"
                " SELECT %s, s.*, %s FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) s RETURNING key, id",
                [
                    batch.shop_id,
                    batch.now,
                    [p.key for p in new],
                    [p.title for p in new],
                    [p.sku for p in new],
                    [p.category for p in new],
                ],
            )
            found.update(cursor.fetchall())
    return found


def _write_new(works: Sequence[Work], batch: Batch) -> None:
    start = f"{batch.shop_id}\t{bulk.moment(batch.now)}\t"
    bulk.copy_lines("commerce_order", CREATED, (start + _row(work, batch) for work in works))


def _row(work: Work, batch: Batch) -> str:
    """UPDATED of one order with something newly said."""
    order = work.order
    assert order is not None
    lines, stored = work.lines, work.stored
    if lines:
        about_lines = f"{len(lines.rows)}\t{lines.pieces}\t{lines.digest}\t{lines.detailed}"
    elif stored:
        digest = stored.lines_digest or bulk.NULL
        about_lines = f"{stored.line_count}\t{stored.pieces}\t{digest}\t{stored.lines_detailed}"
    else:
        about_lines = f"0\t0\t{bulk.NULL}\tfalse"
    announced = milestones.bits(order.milestones) | (stored.announced if stored else 0)
    return (
        f"{work.id}\t{work.customer_id or bulk.NULL}\t{work.origin_id or bulk.NULL}\t{work.matched_by}\t{order.digest}"
        f"\t{about_lines}\t{announced}\t{batch.import_id or bulk.NULL}\t{bulk.moment(batch.now)}\t{order.said}"
    )


def _write_changed(works: Sequence[Work], batch: Batch) -> None:
    said = [work for work in works if work.order]
    only_lines = [work for work in works if not work.order and work.lines]
    with connection.cursor() as cursor:
        if said:
            names = [name.strip() for name in UPDATED.split(",")][1:]
            cursor.execute(
                "CREATE TEMP TABLE IF NOT EXISTS staged_order ON COMMIT DELETE ROWS AS"
                f" SELECT {UPDATED} FROM commerce_order WITH NO DATA"
            )
            bulk.copy_lines("staged_order", UPDATED, [_row(work, batch) for work in said])
            events.publish_select(FURTHER_REFUNDS, [milestones.KINDS[REFUNDED], batch.now, batch.now, REFUNDED])
            cursor.execute(
                f"UPDATE commerce_order o SET {', '.join(f'{name} = s.{name}' for name in names)}"
                " FROM staged_order s WHERE o.id = s.id"
            )
            cursor.execute("TRUNCATE staged_order")
        if only_lines:
            cursor.execute(
                "UPDATE commerce_order o SET line_count = s.lines, pieces = s.pieces, lines_digest = s.digest,"
                " lines_detailed = s.detailed, import_id = %s, updated_at = %s"
                " FROM unnest(%s::bigint[], %s::int[], %s::float8[], %s::uuid[], %s::boolean[])"
                " s (id, lines, pieces, digest, detailed)"
                " WHERE o.id = s.id",
                [
                    batch.import_id,
                    batch.now,
                    [work.id for work in only_lines],
                    [len(work.lines.rows) for work in only_lines if work.lines],
                    [work.lines.pieces for work in only_lines if work.lines],
                    [work.lines.digest for work in only_lines if work.lines],
                    [work.lines.detailed for work in only_lines if work.lines],
                ],
            )


def _write_parts(new: Sequence[Work], changed: Sequence[Work], products: Mapping[str, int]) -> None:
    """Lines, payments, refunds and shipments: all of them anew where something was said of them."""
    relined = [work.id for work in changed if work.lines]
    resaid = [work.id for work in changed if work.order]
    with connection.cursor() as cursor:
        if relined:
            cursor.execute("DELETE FROM commerce_orderline WHERE order_id = ANY(%s::bigint[])", [bulk.numbers(relined)])
        for table, _columns in PARTS.values() if resaid else ():
            cursor.execute(f"DELETE FROM {table} WHERE order_id = ANY(%s::bigint[])", [bulk.numbers(resaid)])
    works = [*new, *changed]
    bulk.copy_lines(
        "commerce_orderline",
        f"order_id, product_id, {incoming.LINE_SAID}",
        (
            f"{work.id}\t{products[product[0]]}\t{row}"
            for work in works
            if work.lines
            for product, row in work.lines.rows
        ),
    )
    for part, (table, columns) in PARTS.items():
        bulk.copy_lines(
            table, columns, (f"{work.id}\t{row}" for work in works if work.order for row in getattr(work.order, part))
        )


def _announce(works: Sequence[Work], batch: Batch) -> None:
    """The events of milestones that are news, each once in the life of an order; see also FURTHER_REFUNDS."""
    now = bulk.moment(batch.now)
    events.publish_lines(
        f"{work.origin_id or work.customer_id or bulk.NULL}\t{work.id}\t{now}\t{event}"
        for work in works
        if work.order
        for bit, event in work.order.milestones
        if not (work.stored and work.stored.announced & bit)
    )
