"""An invented merchant at random, and every report's numbers in plain Python, to hold the reports against."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
"""A zone that changes its clocks, so that days have 23, 24 or 25 hours."""
NOW = datetime(2026, 5, 20, 9, 30, tzinfo=UTC)
Row = dict[str, Any]
Tables = dict[str, list[Row]]
REGIONS = [("CN", "浙江省"), ("CN", "广东省"), ("GB", ""), ("", "")]
STATUSES = ["paid", "shipped", "completed", "refunded", "unpaid", "cancelled"]


def shop(seed: int, *, orders: int = 400, people: int = 60) -> Tables:
    """Two years of orders of two shops, with guests, credit notes, refunds and a currency without a rate."""
    chance = random.Random(seed)
    rows = [_order(number, chance, people) for number in range(1, orders + 1)]
    lines = [line for row in rows if chance.random() < 0.95 for line in _lines(row, chance)]
    products = [
        {
            "product_id": n,
            "shop_id": 1,
            "key": f"sku:{n}",
            "title": f"=Towel {n}",
            "sku": f"T{n}",
            "category": "棉" * (n % 3),
        }
        for n in range(1, 13)
    ]
    customers = [{"customer_id": n, "created_at": NOW, "erased": n == 5} for n in range(1, people + 1)]
    shops = [{"shop_id": n, "name": name, "currency": "GBP"} for n, name in ((1, "Web"), (2, "High Street"))]
    return {
        "orders": rows,
        "order_lines": lines,
        "products": products,
        "customers": customers,
        "shops": shops,
        "customer_facts": [_facts(person, rows) for person in customers],
    }


def _order(number: int, chance: random.Random, people: int) -> Row:
    kind = "credit_note" if chance.random() < 0.05 else "sale"
    status = chance.choice(STATUSES)
    total = chance.choice([0, *range(100, 9000, 37)])
    placed = NOW - timedelta(minutes=chance.randrange(60 * 24 * 730))
    if chance.random() < 0.1:  # the last and first minutes of a day in London, in summer and winter
        placed = placed.replace(hour=chance.choice([22, 23, 0]), minute=chance.choice([0, 59]), second=0)
    priced = chance.random() > 0.05
    refunded = chance.randrange(total + 1) if status == "refunded" and total else 0
    country, region = chance.choice(REGIONS)
    return {
        "order_id": number,
        "shop_id": chance.choice([1, 2]),
        "customer_id": None if chance.random() < 0.1 else chance.randint(1, people),
        "external_id": f"A{number}",
        "kind": kind,
        "status": status,
        "counted": kind == "sale" and status in STATUSES[:4] and total > 0,
        "currency": "GBP" if priced else "USD",
        "total": total,
        "refunded_total": refunded,
        "value": total if priced else None,
        "refunded_value": refunded if priced else None,
        "net_value": (-total if kind == "credit_note" else total - refunded) if priced else None,
        "placed_at": placed,
        "country": country,
        "region": region,
    }


def _lines(order: Row, chance: random.Random) -> list[Row]:
    return [
        {
            "order_id": order["order_id"],
            "number": number,
            "product_id": chance.randint(1, 12),
            "quantity": chance.choice([1.0, 2.0, 0.5]),
            "total": 100 * number,
            "value": 100 * number if order["value"] is not None else None,
        }
        for number in range(1, chance.randint(1, 4))
    ]


def _facts(person: Row, orders: list[Row]) -> Row:
    theirs = [row for row in orders if row["customer_id"] == person["customer_id"]]
    counted = [row for row in theirs if row["counted"]]
    times = [row["placed_at"] for row in counted]
    money = [row["net_value"] or 0 for row in theirs if row["counted"] or row["kind"] == "credit_note"]
    return {
        **person,
        "orders": len(counted),
        "revenue": sum(money),
        "first_order_at": min(times, default=None),
        "last_order_at": max(times, default=None),
    }


def local_day(moment: datetime, zone: ZoneInfo = ZONE) -> date:
    return moment.astimezone(zone).date()


def firsts(tables: Tables) -> dict[int, datetime]:
    """The time of each customer's first order that counts."""
    found: dict[int, datetime] = {}
    for row in tables["orders"]:
        if row["counted"] and row["customer_id"]:
            number = row["customer_id"]
            found[number] = min(found.get(number, row["placed_at"]), row["placed_at"])
    return found


def chosen(tables: Tables, first: date, last: date, *, shop_id: int | None = None) -> list[Row]:
    """Orders placed from one day to another, both included."""
    return [
        row
        for row in tables["orders"]
        if first <= local_day(row["placed_at"]) <= last and shop_id in (None, row["shop_id"])
    ]


def summary(rows: Iterable[Row], first_orders: dict[int, datetime]) -> Row:
    """The measures of the reports on sales, over some orders."""
    rows = list(rows)
    sales = [row for row in rows if row["counted"] and row["value"] is not None]
    known = [row for row in sales if row["customer_id"]]
    returning = [row for row in known if row["placed_at"] > first_orders[row["customer_id"]]]
    new = [row for row in known if row["placed_at"] == first_orders[row["customer_id"]]]
    notes = [row for row in rows if row["kind"] == "credit_note" and row["value"] is not None]
    worth = sum(row["value"] for row in sales)
    net = sum(row["net_value"] for row in sales + notes)
    known_worth = sum(row["value"] for row in known)
    back = sum(row["value"] for row in returning)
    return {
        "sales": worth,
        "orders": len(sales),
        "customers": len({row["customer_id"] for row in known}),
        "average_order": int(worth / len(sales) + 0.5) if sales else None,
        "known_sales": known_worth,
        "known_orders": len(known),
        "new_sales": sum(row["value"] for row in new),
        "new_orders": len(new),
        "new_customers": len({row["customer_id"] for row in new}),
        "returning_sales": back,
        "returning_orders": len(returning),
        "returning_customers": len({row["customer_id"] for row in returning}),
        "returning_share": back / known_worth if known_worth else None,
        "guest_sales": worth - known_worth,
        "guest_orders": len(sales) - len(known),
        "refunds": worth - net,
        "net_sales": net,
        "unpriced_orders": sum(row["counted"] and row["value"] is None for row in rows),
    }


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)
