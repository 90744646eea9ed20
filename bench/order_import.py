"""Importing files of orders, end to end, against PostgreSQL's COPY of the same rows.

    python -m bench.order_import [--customers 100000] [--profile 1]

The first file has three orders of two lines, a row each, for each of so many buyers, and is imported twice; the other
is a Taobao list of as many orders as buyers. --profile tells where one process spends its time on the first.

End to end is what a merchant waits for: reading the file, matching buyers, sealing their data, orders, lines, payments,
shipments and events. COPY loads the rows that the import has written, from memory, into tables with the same indexes
as ours, in one transaction a table; it reads no file, compares nothing and seals nothing.
"""

import io
from pathlib import Path

from bench.harness import Clock, begin, finish, report, throw_away_home

ORDERS_EACH = 3
COPIED = ("commerce_order", "commerce_orderline")
"""The rows of the baseline: what the issue calls orders of two lines."""
WRITTEN = (
    *COPIED, "commerce_payment", "commerce_refund", "commerce_shipment", "commerce_product", "customers_customer",
    "customers_identifier", "core_event",
)  # fmt: skip

MAPPING = {
    "rows": "lines",
    "status": "completed",
    "columns": {
        "order": "order", "placed_at": "placed", "sku": "sku", "title": "title", "quantity": "quantity",
        "unit_price": "price", "phone": "phone", "account": "account", "name": "name", "region": "province",
        "city": "city", "paid_at": "paid", "carrier": "carrier", "tracking_number": "parcel",
    },
}  # fmt: skip


def main() -> None:
    options = begin(__doc__, customers=100_000, profile=0)
    with throw_away_home() as home:
        if options.profile:
            _profile(home, options.customers)
        else:
            _bench(home, options.customers)
    finish(options)


def _bench(home: Path, customers: int) -> None:
    from bench.samples import write_taobao_orders

    orders = ORDERS_EACH * customers
    both = home / "orders.csv"
    _write_orders_with_lines(both, customers)

    seconds, done = _import(both, "Two lines", "table")
    assert done["orders_created"] == orders and done["rejected"] == 0, done
    copy_orders = orders / _copy(COPIED)
    copy_all = orders / _copy(WRITTEN)
    report("COPY of orders and their two lines", copy_orders, "orders/s")
    report("COPY of everything the import writes", copy_all, "orders/s")
    rate = orders / seconds
    met = rate >= 6000 and rate >= 0.2 * copy_orders
    goal = "6,000/s and 0.20 of COPY"
    report("import of orders of two lines", rate, "orders/s", baseline=copy_orders, of="COPY", goal=goal, met=met)
    report("import, the same against all it writes", orders / seconds, "orders/s", baseline=copy_all, of="COPY")
    seconds, done = _import(both, "Two lines", "table")
    assert done["orders_unchanged"] == orders, done
    report(
        "import of the same file again: nothing changes", orders / seconds, "orders/s", baseline=copy_orders, of="COPY"
    )
    listed = home / "list.csv"
    write_taobao_orders(listed, orders=customers, seed=1)
    seconds, done = _import(listed, "Taobao", "taobao")
    assert done["orders_created"] + done["rejected"] == customers, done
    report("import of a Taobao order list (one line)", customers / seconds, "orders/s", baseline=copy_orders, of="COPY")


def _write_orders_with_lines(path: Path, customers: int) -> None:
    """A row an order line, two lines an order, ORDERS_EACH orders a buyer."""
    import csv
    import random

    draw = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "order",
                "placed",
                "sku",
                "title",
                "quantity",
                "price",
                "phone",
                "account",
                "name",
                "province",
                "city",
                "paid",
                "carrier",
                "parcel",
            ]
        )
        for number in range(ORDERS_EACH * customers):
            buyer = draw.randrange(customers)
            when = f"2025-{1 + number % 12:02d}-{1 + number % 28:02d} {number % 24:02d}:{number % 60:02d}:00"
            for _line in range(2):
                good = draw.randrange(500)
                writer.writerow([
                    f"N{number:09d}", when, f"SKU{good}", f"毛巾 {good}", 1 + good % 3, f"{9 + good % 90}.90",
                    f"1{30 + buyer % 60}{buyer:08d}", f"buyer{buyer}",
                    "王李张刘陈"[buyer % 5] + "安宁乐然清和思远"[buyer % 7 : buyer % 7 + 2],
                    "浙江省", "杭州市", when, "顺丰速运", f"SF{number:012d}",
                ])  # fmt: skip


def _import(path: Path, shop_name: str, connector: str) -> tuple[float, dict[str, object]]:
    from django.utils import timezone

    from guanxi.commerce import services
    from guanxi.commerce.imports import import_orders

    mapping = MAPPING if connector == "table" else None
    shop = services.ensure_shop(shop_name, connector=connector, currency="CNY", mapping=mapping)
    with Clock() as clock:
        done = import_orders(path, shop=shop, connector=connector, mapping=mapping, now=timezone.now())
    print(f"  {clock.seconds:.1f} s, of which {clock.cpu:.1f} s of this process; {done}")
    return clock.seconds, done


def _copy(tables: tuple[str, ...]) -> float:
    """Seconds to COPY the rows of these tables into empty copies with the same indexes."""
    from django.db import connection, transaction

    seconds = 0.0
    for table in tables:
        rows = io.BytesIO()
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY {table} TO STDOUT") as out:
                for block in out:
                    rows.write(block)
            cursor.execute(f"CREATE TABLE copied (LIKE {table} INCLUDING ALL)")
        with Clock() as clock, transaction.atomic(), connection.cursor() as cursor:
            copying = cursor.copy("COPY copied FROM STDIN")
            with copying as into:
                into.write(rows.getvalue())
        seconds += clock.seconds
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE copied")
    return seconds


def _profile(home: Path, customers: int) -> None:
    """Everything in this process, one step after the other."""
    import cProfile
    import pstats

    from guanxi.commerce import imports

    imports.ahead = _in_turn
    both = home / "orders.csv"
    _write_orders_with_lines(both, customers)
    with cProfile.Profile() as profile:
        _import(both, "Two lines", "table")
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)


def _in_turn(produce, work, *, on_another_core):
    yield from produce(work)


if __name__ == "__main__":
    main()
