"""An invented shop whose customers have tastes and habits, for forecasts of what they want and when."""

import random
from datetime import timedelta
from typing import Any

from guanxi.analytics.tests.forecasts.buyers import NOW, Row, customers, order

GROUPS = ("towels", "bedding", "kitchen")
EACH = 6
"""Articles in a category."""


def tasteful(count: int = 400, *, days: int = 500, seed: int = 11) -> dict[str, list[Row]]:
    """Most customers keep to one category and buy its articles one after another, at a pace of their own."""
    rng = random.Random(seed)
    products = [
        {"product_id": 10 * g + n, "shop_id": 1, "title": f"{group} {n}", "sku": f"{group[0]}{n}", "category": group}
        for g, group in enumerate(GROUPS, start=1)
        for n in range(1, EACH + 1)
    ]
    made: dict[str, list[Any]] = {"customers": customers(count), "products": products, "orders": [], "order_lines": []}
    for number in range(1, count + 1):
        group = rng.randrange(3)
        pace = rng.choice([20, 35, 60])
        moment = NOW - timedelta(days=rng.uniform(30, days))
        while moment <= NOW:
            chosen = group if rng.random() < 0.85 else rng.randrange(3)
            buy(made, number, moment, {10 * (chosen + 1) + rng.choices(range(1, EACH + 1), [6, 5, 4, 3, 2, 1])[0]})
            if rng.random() < 0.12:
                break
            moment += timedelta(days=rng.lognormvariate(0, 0.35) * pace)
    return made


def buy(tables: dict[str, list[Any]], number: int, moment: Any, products: set[int]) -> None:
    made = order(len(tables["orders"]) + 1, number, moment)
    tables["orders"].append(made)
    for at, product in enumerate(sorted(products), start=1):
        tables["order_lines"].append(
            {"order_id": made["order_id"], "number": at, "product_id": product, "quantity": 1.0, "value": 5_000}
        )
