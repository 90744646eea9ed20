"""Coupons for tests of this room and of those above it."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from guanxi.loyalty.coupons import services
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.plans import CouponPlan
from guanxi.loyalty.coupons.types import Basket, BasketLine

NOW = datetime(2026, 5, 6, 4, tzinfo=UTC)
"""A Wednesday, noon in Shanghai."""
_numbers = count(1)


def a_plan(kind: str = "amount_off", **said: Any) -> CouponPlan:
    """Twenty off, with a code of its own for this coupon, unless something else is said."""
    number = next(_numbers)
    values = {
        "name": f"Coupon {number}",
        "kind": kind,
        "currency": "CNY",
        "params": dict(KINDS.get(kind).example) if kind in KINDS else {},
        "shared_code": f"CODE{number}",
    }
    return CouponPlan(**{**values, **said})


def a_coupon(kind: str = "amount_off", *, state: str = "active", now: datetime = NOW, **said: Any) -> int:
    """Number of a new coupon, in use unless ``state`` says draft."""
    coupon_id = services.create_coupon(a_plan(kind, **said), user=None, now=now)
    if state != "draft":
        services.set_state(coupon_id, "active", user=None, now=now)
    if state not in {"draft", "active"}:
        services.set_state(coupon_id, state, user=None, now=now)
    return coupon_id


def a_basket(*totals: int, shipping: int = 0, **said: Any) -> Basket:
    """One piece at each of these prices in CNY (100.00 and 50.00 if none): T0, T1 … of the category towels."""
    lines = tuple(
        BasketLine(key=str(place), product=f"T{place}", title=f"Towel {place}", category="towels", total=total)
        for place, total in enumerate(totals or (10_000, 5_000))
    )
    return Basket(**{"currency": "CNY", "lines": lines, "shipping": shipping, **said})
