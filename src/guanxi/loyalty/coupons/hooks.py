"""What coupons ask of other parts of the product, which register themselves here."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from guanxi.core.money import Minor

TierReader = Callable[[int], str]
_tier_reader: list[TierReader] = []


def read_tiers_with(reader: TierReader) -> None:
    """Let ``reader(customer_id)`` tell a customer's tier by its code, empty for none."""
    _tier_reader[:] = [reader]


def tier_of(customer_id: int) -> str:
    """Empty while nothing tells tiers."""
    return _tier_reader[0](customer_id) if _tier_reader else ""


class Points(Protocol):
    """Where cash back goes; see points/cash_back.py."""

    def points_for(self, amount: Minor, *, currency: str, shop_id: int | None) -> int:
        """How many points an amount comes back as; 0 where customers of the shop earn none."""

    def give(
        self, redemption_id: int, *, customer_id: int, points: int, shop_id: int | None, coupon: str, now: datetime
    ) -> None:
        """Give the points of a use, once."""

    def take_back(self, redemption_ids: Sequence[int], *, now: datetime) -> None:
        """Take back the points of uses that were given back."""


_points: list[Points] = []


def pay_back_with(points: Points) -> None:
    """Let cash back of coupons come as points."""
    _points[:] = [points]


def points_for(amount: Minor, *, currency: str, shop_id: int | None) -> int:
    """0 while nothing keeps points."""
    return _points[0].points_for(amount, currency=currency, shop_id=shop_id) if _points and amount > 0 else 0


def give_points(
    redemption_id: int, *, customer_id: int, points: int, shop_id: int | None, coupon: str, now: datetime
) -> None:
    if _points:
        said = {"customer_id": customer_id, "points": points, "shop_id": shop_id, "coupon": coupon}
        _points[0].give(redemption_id, **said, now=now)  # type: ignore[arg-type]


def take_points_back(redemption_ids: Sequence[int], *, now: datetime) -> None:
    if _points:
        _points[0].take_back(redemption_ids, now=now)
