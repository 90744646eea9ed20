"""How long the warehouse takes after 1 % of customers and orders changed, against filling it anew.

    python -m bench.warehouse_refresh [--customers N] [--rounds N]

Works on the database that GUANXI_HOME or DATABASE_URL names. When that has no customers, it first inserts N made-up
ones, each with a consent and three orders of two lines. The changes alter ``updated_at`` only, so that figures stay
what they were.
"""

import statistics
import time
from collections.abc import Collection
from typing import Any

from bench.harness import Clock, begin, django_ready, finish, report

SHOP = "(SELECT min(id) FROM commerce_shop)"
MADE_UP: list[tuple[str, str, dict[str, str]]] = [
    ("commerce_shop", "generate_series(1, 3) i", {"name": "'Shop ' || i", "connector": "'table'"}),
    (
        "commerce_product",
        f"(SELECT {SHOP} AS shop) s, generate_series(1, 600) i",
        {"shop_id": "shop", "key": "'sku:' || i", "title": "'Towel ' || i", "category": "'towels'"},
    ),
    (
        "customers_customer",
        "generate_series(1, {customers}) i",
        {
            "gender": "(ARRAY['female', 'male', ''])[1 + i % 3]",
            "birth_year": "1960 + i % 45",
            "region": "(ARRAY['Zhejiang', 'Fujian', 'Hunan', 'Sichuan', 'Guangdong'])[1 + i % 5]",
            "city": "'City ' || i % 300",
            "source": "'taobao'",
            "first_shop_id": SHOP,
            "created_at": "now() - i * interval '1 minute'",
        },
    ),
    (
        "customers_consententry",
        "customers_customer c",
        {"customer_id": "c.id", "channel": "'email'", "purpose": "'marketing'", "granted": "c.id % 5 > 0"},
    ),
    (
        "commerce_order",
        f"customers_customer c, generate_series(1, 3) n, (SELECT {SHOP} AS shop) s",
        {
            "shop_id": "shop + n % 3",
            "external_id": "'N' || c.id || '-' || n",
            "customer_id": "c.id",
            "kind": "'sale'",
            "status": "(ARRAY['completed', 'completed', 'paid', 'cancelled', 'unpaid'])[1 + (c.id + n) % 5]",
            "currency": "'CNY'",
            "total": "1000 + (c.id * n) % 9000",
            "discount_total": "n % 2 * 100",
            "region": "c.region",
            "pieces": "5",
            "placed_at": "now() - (c.id * n % 700) * interval '1 day'",
            "content_digest": "gen_random_uuid()",
        },
    ),
    (
        "commerce_orderline",
        "commerce_order o, generate_series(1, 2) n, (SELECT min(id) AS product FROM commerce_product) p",
        {
            "order_id": "o.id",
            "number": "n",
            "product_id": "product + (o.id + n) % 600",
            "quantity": "1 + n",
            "unit_price": "500",
            "total": "500 * (1 + n)",
        },
    ),
]
"""Table, where its rows come from, and the columns that matter; the rest gets its type's value of nothing."""
NOTHING = {
    "bigint": "0",
    "integer": "0",
    "smallint": "0",
    "double precision": "0",
    "boolean": "false",
    "timestamp with time zone": "now()",
    "ARRAY": "'{}'",
    "jsonb": "'{}'",
}
CHANGE = """
UPDATE customers_customer SET updated_at = now() WHERE abs(hashint8(id)) % 100 = {round};
UPDATE commerce_order SET updated_at = now() WHERE abs(hashint8(id)) % 100 = 99 - {round}
"""


def fill(customers: int, *, tables: Collection[str] = ()) -> None:
    """Made-up rows in these tables, or in all of MADE_UP; none when there are customers already."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM customers_customer LIMIT 1) s")
        if cursor.fetchone()[0]:
            return
        for table, rows, columns in MADE_UP:
            if tables and table not in tables:
                continue
            cursor.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
                " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
                [table],
            )
            rest = {name: NOTHING.get(kind, "''") for name, kind in cursor.fetchall() if name not in columns}
            values = columns | rest
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(values)})"
                f" SELECT {', '.join(values.values())} FROM {rows.replace('{customers}', str(customers))}"
            )
        cursor.execute("ANALYZE")


def timed(**options: Any) -> tuple[Clock, Any]:
    from django.utils import timezone

    from guanxi.warehouse import services

    with Clock() as clock:
        result = services.refresh(now=timezone.now(), **options)
    return clock, result


def measure(rounds: int) -> None:
    from django.db import connection

    from guanxi.warehouse import services

    timed()  # imports, and the cache of the operating system
    full, filled = timed(full=True)
    clocks, last = [], filled
    for number in range(1, rounds + 1):
        with connection.cursor() as cursor:
            cursor.execute(CHANGE.format(round=number))
        clock, last = timed()
        clocks.append(clock)
    began = time.perf_counter()
    services.stale()
    check = time.perf_counter() - began
    rows = {table.name: table.rows_read for table in filled.tables}
    print(f"{rows['customers']:,} customers, {rows['orders']:,} orders")
    print("full", {table.name: table.seconds for table in filled.tables})
    print("last", {table.name: (table.rows_read, table.seconds) for table in last.tables})
    seconds = statistics.median(clock.seconds for clock in clocks)
    cpu = statistics.median(clock.cpu for clock in clocks)
    report("warehouse, full load", full.seconds * 1000, "ms")
    report(
        "warehouse, after 1 % changed", seconds * 1000, "ms",
        baseline=full.seconds * 1000, of="a full load", goal="0.05 of a full load", met=seconds <= full.seconds / 20,
    )  # fmt: skip
    report("warehouse, after 1 % changed, processor", cpu * 1000, "ms", baseline=full.cpu * 1000, of="a full load")
    report("warehouse, a look whether anything changed", check * 1000, "ms")


def main() -> None:
    options = begin(__doc__, customers=100_000, rounds=5)
    django_ready()
    fill(options.customers)
    measure(options.rounds)
    finish(options)


if __name__ == "__main__":
    main()
