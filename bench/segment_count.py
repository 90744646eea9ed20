"""A segment of five nested conditions counted by Guanxi, against SQL written by hand over the same Parquet files.

    python -m bench.segment_count [--customers 100000]

Both run in this process on the same DuckDB settings, in turns; the quickest of several turns counts, so that what
else the machine does weighs on both alike. Every turn asks for other ages and days, as someone does who tries out
numbers in the builder: Guanxi remembers the SQL of a segment's shape. Told beside it is the first count, once, when
nothing is remembered yet. Asked are a count (1.3 times the SQL at most, 0.5 s at a million
customers), the ids of the members, and the panel beside the builder.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.harness import Clock, begin, finish, report, throw_away_home

NOW = datetime(2026, 5, 10, 4, tzinfo=UTC)
ROUNDS = 9


def definition(turn: int) -> dict[str, Any]:
    """The segment of a turn: the same conditions with other numbers."""
    return {
        "match": "all",
        "of": [
            {
                "match": "any",
                "of": [
                    {"condition": "gender", "values": ["female"]},
                    {"condition": "bought_category", "values": ["towels"], "within": {"last_days": 730 - turn}},
                ],
            },
            {"condition": "age", "years": [25, 49 + turn], "unknown": True},
            {"condition": "orders", "times": {"at_least": 2}, "within": {"last_days": 365 - turn}},
            {"match": "none", "of": [{"condition": "region", "values": ["province 3", "province 7"]}]},
        ],
    }


BY_HAND = """
SELECT count(*) FROM {customer_facts} f
WHERE NOT f.erased
  AND (f.gender = 'female' OR f.customer_id IN (
    SELECT o.customer_id FROM {orders} o
    WHERE o.counted AND o.placed_at >= TIMESTAMPTZ '{two_years}' AND o.order_id IN (
      SELECT l.order_id FROM {order_lines} l JOIN {products} p USING (product_id) WHERE p.category = 'towels')))
  AND (f.birth_year BETWEEN {born} AND 2001 OR f.birth_year IS NULL)
  AND f.customer_id IN (
    SELECT o.customer_id FROM {orders} o WHERE o.counted AND o.placed_at >= TIMESTAMPTZ '{one_year}'
    GROUP BY 1 HAVING count(*) >= 2)
  AND f.region NOT IN ('province 3', 'province 7')
"""
MADE = {
    "products": "SELECT i AS product_id, i % 3 AS shop_id, 'Product ' || i AS title, 'S' || i AS sku,"
    " ['towels', 'bedding', 'curtains', 'rugs', 'kitchen'][1 + i % 5] AS category FROM range(500) t(i)",
    "orders": "SELECT i AS order_id, i % 3 AS shop_id, CASE WHEN i % 50 = 0 THEN NULL ELSE ({hash_1} % {customers}) END"
    " AS customer_id, 'sale' AS kind, 'completed' AS status, {hash_2} % 10 > 0 AS counted, {hash_3} % 50000 AS value,"
    " {hash_3} % 50000 AS net_value, {hash_4} % 3 = 0 AS discounted,"
    " TIMESTAMPTZ '{now}' - to_seconds({hash_5} % 94608000) AS placed_at FROM range({orders}) t(i) ORDER BY i",
    "order_lines": "SELECT i // 2 AS order_id, i % 2 AS number, {hash_1} % 500 AS product_id, 1.0 AS quantity,"
    " 500 AS total FROM range(2 * {orders}) t(i)",
    "customers": "SELECT i AS customer_id, ['female', 'male', ''][1 + {hash_1} % 3] AS gender,"
    " CASE WHEN {hash_2} % 4 > 0 THEN 1940 + {hash_2} % 70 END AS birth_year, 1 + {hash_3} % 12 AS birth_month,"
    " 'CN' AS country, 'province ' || {hash_4} % 31 AS region, 'city ' || {hash_4} % 300 AS city,"
    " {hash_5} % 3 AS first_shop_id, i % 100 = 0 AS erased FROM range({customers}) t(i)",
    "customer_facts": "SELECT c.*, coalesce(o.orders, 0) AS orders, coalesce(o.revenue, 0) AS revenue, o.last_order_at"
    " FROM {customers_table} c LEFT JOIN (SELECT customer_id, count(*) AS orders, sum(net_value)::BIGINT AS revenue,"
    " max(placed_at) AS last_order_at FROM {orders_table} WHERE counted GROUP BY 1) o USING (customer_id) ORDER BY 1",
    "shops": "SELECT i AS shop_id, 'Shop ' || i AS name FROM range(3) t(i)",
    "tiers": "SELECT i AS tier_id, 1 AS programme_id, 'Tier ' || i AS name, i AS rank, true AS in_use"
    " FROM range(4) t(i)",
    "tier_programmes": "SELECT 1::BIGINT AS programme_id, 'Tiers' AS name, NULL::BIGINT AS shop_id, true AS in_use",
}


def fill(customers: int) -> dict[str, Path]:
    """Write an invented merchant straight into a warehouse; gives the file of every table."""
    from guanxi.warehouse import rfm, store
    from guanxi.warehouse.engines.duckdb import connect
    from guanxi.warehouse.store import Manifest, TableFiles

    place, database = store.folder(), connect()
    files: dict[str, Path] = {}

    def write(name: str, sql: str) -> None:
        files[name] = place / f"tables/{name}/base.parquet"
        files[name].parent.mkdir(parents=True)
        database.execute(f"COPY ({sql}) TO '{files[name]}' (FORMAT parquet, COMPRESSION zstd)")

    sizes = {"customers": customers, "orders": 3 * customers, "now": NOW.isoformat()}
    hashes = {f"hash_{n}": f"(hash(i, {n}) % 4294967296)::BIGINT" for n in range(1, 6)}
    for name, sql in MADE.items():
        known = {f"{table}_table": f"read_parquet('{path}')" for table, path in files.items()}
        write(name, sql.format(**sizes, **hashes, **known))
    write(rfm.TABLE, rfm.cut_points(f"read_parquet('{files['customer_facts']}')"))
    tables = {name: TableFiles("", (str(path.relative_to(place)),)) for name, path in files.items()}
    store.swap(place, Manifest(1, NOW, "bench", "1:1:", tables))
    return files


def by_hand(files: dict[str, Path]) -> Callable[[int], int]:
    from guanxi.warehouse.engines.duckdb import connect

    database = connect()
    tables = {name: f"read_parquet('{path}')" for name, path in files.items()}

    def count(turn: int) -> int:
        days = {"one_year": NOW - timedelta(days=365 - turn), "two_years": NOW - timedelta(days=730 - turn)}
        return database.execute(BY_HAND.format(**tables, **days, born=1977 - turn)).fetchone()[0]

    return count


def best(*runs: Callable[[int], Any]) -> list[Clock]:
    """The quickest turn of each, by processor time, taken in turns."""
    clocks: list[list[Clock]] = [[] for _run in runs]
    for turn in range(ROUNDS):
        for run, taken in zip(runs, clocks, strict=True):
            with Clock() as clock:
                run(turn)
            taken.append(clock)
    return [min(taken, key=lambda clock: clock.cpu) for taken in clocks]


def tell(name: str, clock: Clock, hand: Clock, *, goal: str = "", met: bool | None = None) -> None:
    if clock is hand:
        report(f"{name}, elapsed", clock.seconds * 1000, "ms")
        return
    report(f"{name}, elapsed", clock.seconds * 1000, "ms", baseline=hand.seconds * 1000, of="SQL by hand")
    report(f"{name}, processor", clock.cpu * 1000, "ms", baseline=hand.cpu * 1000, of="SQL by hand", goal=goal, met=met)


def main() -> None:
    options = begin(__doc__, customers=100_000)
    with throw_away_home():
        from guanxi.segments import queries

        files = fill(options.customers)
        hand = by_hand(files)
        queries.count({"condition": "gender", "values": ["female"]}, now=NOW)  # loads what both sides need
        with Clock() as first:
            counted = queries.count(definition(ROUNDS), now=NOW)
        assert counted == hand(ROUNDS), "the two disagree"
        print(f"{counted:,} of {options.customers:,} customers, {3 * options.customers:,} orders")
        sql, count, ids, panel = best(
            hand,
            lambda turn: queries.count(definition(turn), now=NOW),
            lambda turn: queries.members(definition(turn), now=NOW),
            lambda turn: queries.breakdown(definition(turn), now=NOW),
        )
    met = count.cpu <= 1.3 * sql.cpu and count.seconds < 0.5
    tell("segment: SQL by hand", sql, sql)
    tell("segment count, five nested conditions", count, sql, goal="1.30 of SQL, under 500 ms", met=met)
    tell("segment count, its shape for the first time", first, sql)
    tell("segment members: ids", ids, sql)
    tell("segment breakdown: shop, spend and region", panel, sql)
    finish(options)


if __name__ == "__main__":
    main()
