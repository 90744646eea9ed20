"""Points for orders through the event log, against one SQL statement written by hand.

    python -m bench.points_award [--customers 100000]

As many paid orders of two lines as --customers says, of a third as many customers; one point for each yuan, two for
towels, one and a half times for every tenth customer. The statement by hand knows these rules and nothing else, and
writes lots and entries into empty tables with the same columns and indexes. Ours reads the event log in batches, finds
the rules, asks for the multipliers, skips what has points, writes the same rows and an event for each order. Processor
time counts this process and PostgreSQL's; measured beside it are the same events a second time (nothing to do), and a
refund of each tenth order.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench.harness import Clock, begin, finish, report, throw_away_home

NOW = datetime(2026, 5, 10, 4, tzinfo=UTC)
PAID = "TIMESTAMPTZ '2026-03-01 08:00+00' + make_interval(mins => (i %% 86400)::int)"
ORDERS = f"""
INSERT INTO commerce_order (id, shop_id, external_id, customer_id, matched_by, kind, status, currency, total,
  paid_total, refunded_total, discount_total, shipping_total, tax_total, discount_codes, country, region, placed_at,
  paid_at, content_digest, line_count, lines_detailed, announced, created_at, updated_at)
SELECT i, %(shop)s, 'N' || i, 1 + i %% (%(orders)s / 3), '', 'sale', 'paid', 'CNY', 2000 + (i * 37) %% 30000,
  2000, 0, 0, 0, 0, '{{}}', '', '', {PAID}, {PAID}, md5(i::text)::uuid, 2, false, 3, now(), now()
FROM generate_series(1, %(orders)s) i
"""
PRODUCTS = """
INSERT INTO commerce_product (id, shop_id, key, title, sku, category, first_seen_at)
SELECT i, %(shop)s, 'sku:S' || i, 'Product ' || i, 'S' || i, CASE i %% 5 WHEN 0 THEN 'towels' ELSE 'other' END, now()
FROM generate_series(1, 500) i
"""
LINES = """
INSERT INTO commerce_orderline (order_id, number, product_id, variant, quantity, unit_price, discount, total)
SELECT o.id, n, 1 + (o.id * 7 + n * 13) % 500, '', 1, 0, 0,
  CASE n WHEN 1 THEN o.total / 3 ELSE o.total - o.total / 3 END
FROM commerce_order o CROSS JOIN generate_series(1, 2) n
"""
EVENTS = """
INSERT INTO core_event (kind, customer_id, subject_id, occurred_at, recorded_at, data)
SELECT k, customer_id, id, paid_at, now(), '{}' FROM commerce_order
CROSS JOIN unnest(ARRAY['order.placed', 'order.paid']) k ORDER BY id
"""
BY_HAND = """
WITH rated AS (
  SELECT o.id, o.customer_id, o.total, o.paid_at,
    sum(l.total * CASE p.category WHEN 'towels' THEN 2 ELSE 1 END)::numeric / sum(l.total) / 100 AS rate,
    CASE WHEN o.customer_id % 10 = 0 THEN 1.5 ELSE 1 END AS multiplier
  FROM commerce_order o JOIN commerce_orderline l ON l.order_id = o.id JOIN commerce_product p ON p.id = l.product_id
  WHERE o.kind = 'sale' AND o.status = 'paid' AND o.customer_id IS NOT NULL
  GROUP BY o.id
),
lots AS (
  INSERT INTO hand_lot (programme_id, customer_id, origin_customer_id, kind, order_id, points, remaining, held,
    reversed, multiplier, amount, earned_at, valid_from, expires_at)
  SELECT 1, customer_id, customer_id, 'order', id, points, points, 0, 0, multiplier, total, paid_at,
    paid_at + interval '7 days', paid_at + interval '1 year'
  FROM (SELECT *, floor(round(total * rate * multiplier, 6))::bigint AS points FROM rated) r
  RETURNING id, customer_id, order_id, points, earned_at
)
INSERT INTO hand_entry (programme_id, customer_id, origin_customer_id, lot_id, key, kind, points, at, order_id, reason,
  detail)
SELECT 1, customer_id, customer_id, id, 'order:' || order_id, 'earn', points, earned_at, order_id, '', '{}' FROM lots
"""


def processor() -> float:
    """Seconds of processor time of this process and of its PostgreSQL's processes, those that ended included."""
    from guanxi.config.database import embedded_folder

    server = (embedded_folder() / "postmaster.pid").read_text().splitlines()[0]
    ticks = sum(
        sum(int(word) for word in words[11:15])
        for process, words in _processes()
        if process in (server, str(os.getpid())) or words[1] == server
    )
    return ticks / os.sysconf("SC_CLK_TCK")


def _processes() -> Iterator[tuple[str, list[str]]]:
    """Each process with the fields of its ``stat`` from the state on: [1] its parent, [11:15] ticks of the clock."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                yield folder.name, (folder / "stat").read_text().rpartition(")")[2].split()


def sql(*statements: str, **parameters: object) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters or None)


def fill(orders: int) -> int:
    """An invented merchant straight into the database. Gives the programme."""
    from guanxi.commerce import services as commerce
    from guanxi.core.models import User
    from guanxi.loyalty.models import PointsProgramme
    from guanxi.loyalty.points import services
    from guanxi.loyalty.points.services import RuleTerms
    from guanxi.loyalty.points.types import RuleKind

    shop = commerce.ensure_shop("Bench", connector="taobao", currency="CNY")
    sql(ORDERS, shop=shop.pk, orders=orders)
    sql(PRODUCTS, shop=shop.pk)
    sql(LINES, EVENTS, "ANALYZE")
    user = User.objects.create(email="bench@shop.example")
    start = NOW - timedelta(days=365)
    terms = {"name": "Bench", "active": True, "starts_at": start}
    programme = services.save_programme(
        PointsProgramme(is_default=True), terms=terms, shop_ids=(), user=user, now=start
    )
    for category, points in (("", 1), ("towels", 2)):
        rule = RuleTerms(kind=RuleKind.AMOUNT, points=points, per_amount=100, category=category)
        services.add_rule(programme.pk, rule, user=user, now=start)
    services.provide(_tenth)
    return programme.pk


def _tenth(customer_ids: Sequence[int], now: datetime) -> dict[int, Decimal]:
    return {one: Decimal("1.5") for one in customer_ids if one % 10 == 0}


def drain() -> None:
    from guanxi.core import events

    while events.read_next("loyalty.points", now=NOW):
        pass


def measured(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds elapsed, and of processor time."""
    before = processor()
    with Clock() as clock:
        run()
    return clock.seconds, processor() - before


def totals(lots: str, entries: str) -> list[tuple[int, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), sum(points) FROM {lots} UNION ALL SELECT count(*), sum(points) FROM {entries}"
        )
        return cursor.fetchall()


def main() -> None:
    options = begin(__doc__, customers=100_000)
    orders = options.customers
    with throw_away_home():
        from guanxi.core import events
        from guanxi.loyalty.points import services

        fill(orders)
        sql(
            "CREATE TABLE hand_lot (LIKE loyalty_pointslot INCLUDING ALL)",
            "CREATE TABLE hand_entry (LIKE loyalty_pointsentry INCLUDING ALL)",
            "CHECKPOINT",
        )
        hand, hand_cpu = measured(lambda: sql(BY_HAND))
        sql("CHECKPOINT")
        ours, ours_cpu = measured(drain)
        assert totals("loyalty_pointslot", "loyalty_pointsentry") == totals("hand_lot", "hand_entry"), "they disagree"
        reader = events.READERS["loyalty.points"]
        everything = list(range(1, orders + 1))
        pieces = [everything[at : at + reader.batch_size] for at in range(0, orders, reader.batch_size)]
        again, again_cpu = measured(lambda: [services.follow(piece, now=NOW) for piece in pieces])
        sql("UPDATE commerce_order SET refunded_total = total / 2 WHERE id % 10 = 0")
        back, back_cpu = measured(lambda: [services.follow(piece, now=NOW) for piece in pieces])
    report(f"points: SQL by hand for {orders:,} orders", hand, "s")
    goal = "under 10 s and 3 times the SQL"
    met = ours < 10 and ours_cpu <= 3 * hand_cpu
    report(
        "points awarded through the event log, elapsed", ours, "s", baseline=hand, of="SQL by hand", goal=goal, met=met
    )
    report("points awarded, processor", ours_cpu, "s", baseline=hand_cpu, of="SQL by hand")
    report("points: the same orders again, processor", again_cpu, "s", baseline=hand_cpu, of="SQL by hand")
    report("points: a refund of each tenth order, processor", back_cpu, "s", baseline=hand_cpu, of="SQL by hand")
    print(f"  elapsed: again {again:.1f} s, refunds {back:.1f} s")
    finish(options)


if __name__ == "__main__":
    main()
