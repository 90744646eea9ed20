"""An invented shop of a few dozen buyers for forecasts, as rows of the warehouse."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 5, 10, 4, 30, tzinfo=UTC)
Row = dict[str, Any]


def order(number: int, customer: int | None, placed_at: datetime, value: int = 10_000, **more: Any) -> Row:
    return {
        "order_id": number,
        "customer_id": customer,
        "shop_id": 1,
        "kind": "sale",
        "status": "completed",
        "counted": True,
        "currency": "CNY",
        "total": value,
        "value": value,
        "net_value": value,
        "placed_at": placed_at,
        **more,
    }


def customers(count: int) -> list[Row]:
    return [{"customer_id": number, "created_at": NOW} for number in range(1, count + 1)]


def shop(count: int = 60, *, days: int = 400, seed: int = 3) -> dict[str, list[Row]]:
    """Buyers who began on some day and come back at a pace of their own until they stop."""
    rng = random.Random(seed)
    orders: list[Row] = []
    for number in range(1, count + 1):
        moment = NOW - timedelta(days=rng.uniform(0, days))
        pace, leaves = rng.gammavariate(0.8, 1 / 50) + 1e-4, rng.betavariate(1, 3)
        while moment <= NOW:
            orders.append(order(len(orders) + 1, number, moment, value=rng.randrange(2_000, 30_000)))
            if rng.random() < leaves:
                break
            moment += timedelta(days=rng.expovariate(pace))
    return {"customers": customers(count), "orders": orders}
