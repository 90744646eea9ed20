"""An invented crowd in which the members of one list differ from the others, as rows of the warehouse."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 5, 10, 4, 30, tzinfo=UTC)
Row = dict[str, Any]
LISTED, OTHERS = 1, 2
"""Fixed lists: every third customer, and the odd ones."""
PRODUCTS = [("Towel", "towels"), ("Bath towel", "towels"), ("Sheet", "bedding"), ("Pillow", "bedding"), ("Gift", "")]


def in_list(number: int) -> dict[int, bool]:
    return {LISTED: number % 3 == 0, OTHERS: number % 2 == 1}


def crowd(people: int = 240, *, seed: int = 4) -> dict[str, list[Row]]:
    rng = random.Random(seed)
    tables: dict[str, list[Row]] = {name: [] for name in ("customers", "orders", "order_lines", "segment_members")}
    tables |= {name: [] for name in ("visitors", "tier_members", "customer_values")}
    tables["shops"] = [{"shop_id": n, "name": name, "currency": "CNY"} for n, name in ((1, "Tmall"), (2, "Old Town"))]
    tables["products"] = [
        {"product_id": n, "shop_id": 1, "title": title, "sku": f"P{n}", "category": category}
        for n, (title, category) in enumerate(PRODUCTS, start=1)
    ]
    for number in range(1, people + 1):
        _person(tables, rng, number)
    return tables


def _person(tables: dict[str, list[Row]], rng: random.Random, number: int) -> None:
    special = in_list(number)[LISTED]
    tables["customers"].append(
        {
            "customer_id": number,
            "gender": rng.choices(["female", "male", ""], [8, 2, 2] if special else [4, 6, 2])[0],
            "birth_year": rng.choice([None, 1952, 1975, 1988, 1995, 2003, 2012, 2030]),
            "region": rng.choice(["浙江省", "广东省", ""]),
            "created_at": NOW,
            "erased": number % 40 == 0,
        }
    )
    for segment, inside in in_list(number).items():
        if inside:
            row = {"membership_id": len(tables["segment_members"]) + 1, "segment_id": segment, "customer_id": number}
            tables["segment_members"].append(row)
    for _ in range(rng.choice([0, 1, 2, 5])):
        _order(tables, rng, number, special=special)
    if number % 2:
        for device in rng.sample(["phone", "desktop", ""], 2):
            row = {"visitor_id": len(tables["visitors"]) + 1, "customer_id": number, "device": device}
            tables["visitors"].append(row)
    if number % 4:
        held = {"tier_id": 1 + number % 7 % 3, "tier": "Gold", "spare": number % 8 == 1}
        tables["tier_members"].append({"member_id": number, "customer_id": number, **held})
    if number % 5:
        tables["customer_values"].append(
            {"customer_id": number, "lifetime_value": rng.choice([0, 0, 500, 9_000, 40_000])}
        )


def _order(tables: dict[str, list[Row]], rng: random.Random, number: int, *, special: bool) -> None:
    order_id = len(tables["orders"]) + 1
    tables["orders"].append(
        {
            "order_id": order_id,
            "customer_id": number,
            "shop_id": rng.choice([1, 2]),
            "kind": "sale",
            "status": "completed",
            "counted": rng.random() < 0.9,
            "value": 1_000,
            "net_value": 1_000,
            "placed_at": NOW - timedelta(minutes=rng.randrange(60 * 24 * 500)),
        }
    )
    for product in {rng.choice([1, 1, 2] if special else [3, 4, 5]), rng.randint(1, 5)}:
        tables["order_lines"].append({"order_id": order_id, "number": product, "product_id": product, "quantity": 1.0})
