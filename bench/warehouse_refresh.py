"""How long the warehouse takes after 1 % of customers and orders changed, against filling it anew.

    make bench, or: python bench/warehouse_refresh.py [--customers N] [--rounds N] [--json]

Works on the database that GUANXI_HOME or DATABASE_URL names. When that has no customers, it first inserts N made-up
ones, each with a consent and three orders of two lines. The changes alter ``updated_at`` only, so that figures stay
what they were.
"""

import argparse
import json
import os
import resource
import statistics
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from guanxi.warehouse import services, store  # noqa: E402

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


def fill(customers: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM customers_customer LIMIT 1) s")
        if cursor.fetchone()[0]:
            return
        for table, rows, columns in MADE_UP:
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


def timed(**options: Any) -> tuple[float, services.RefreshResult]:
    began = time.perf_counter()
    result = services.refresh(now=timezone.now(), **options)
    return time.perf_counter() - began, result


def measure(rounds: int) -> dict[str, Any]:
    timed()  # imports, and the cache of the operating system
    full, filled = timed(full=True)
    after_change, last = [], filled
    for number in range(1, rounds + 1):
        with connection.cursor() as cursor:
            cursor.execute(CHANGE.format(round=number))
        seconds, last = timed()
        after_change.append(seconds)
    began = time.perf_counter()
    services.stale()
    return {
        "customers": next(table.rows for table in filled.tables if table.name == "customers"),
        "orders": next(table.rows for table in filled.tables if table.name == "orders"),
        "full_seconds": round(full, 3),
        "changed_seconds": [round(seconds, 3) for seconds in after_change],
        "ratio": round(full / statistics.median(after_change), 1),
        "check_seconds": round(time.perf_counter() - began, 4),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "disk_mib": sum(path.stat().st_size for path in store.folder().rglob("*") if path.is_file()) // 2**20,
        "steps_full": {table.name: table.seconds for table in filled.tables},
        "steps_changed": {table.name: (table.rows_read, table.seconds) for table in last.tables},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    fill(options.customers)
    found = measure(options.rounds)
    if options.json:
        print(json.dumps(found))
        return
    print(f"{found['customers']:,} customers, {found['orders']:,} orders")
    print(f"full load {found['full_seconds']:.2f} s {found['steps_full']}")
    print(f"after 1 % changed {found['changed_seconds']} s {found['steps_changed']}")
    print(f"full / changed = {found['ratio']} (wanted: 20); a look whether anything changed {found['check_seconds']} s")
    print(f"peak memory {found['peak_mib']} MiB, {found['disk_mib']} MiB on disk")


if __name__ == "__main__":
    main()
