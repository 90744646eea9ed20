"""Cash back of coupons as points: as many as take that amount off an order; see coupons/hooks.py."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_FLOOR

from guanxi.commerce import queries as commerce
from guanxi.core.money import Minor
from guanxi.loyalty.models import PointsProgramme
from guanxi.loyalty.points import giving
from guanxi.loyalty.points.programmes import of_shop
from guanxi.loyalty.points.types import LotKind, NoProgramme, Points


def points_for(amount: Minor, *, currency: str, shop_id: int | None) -> Points:
    """How many points an amount comes back as; 0 where customers of the shop earn none, or the currency has no rate."""
    programme = _programme(shop_id)
    rate = commerce.rates_to_merchant().get(currency)
    if programme is None or rate is None or not programme.spend_amount:
        return 0
    worth = int((amount * rate).to_integral_value(rounding=ROUND_FLOOR))
    return worth * programme.spend_points // programme.spend_amount


def give(
    redemption_id: int, *, customer_id: int, points: Points, shop_id: int | None, coupon: str, now: datetime
) -> None:
    """Give the points of a use, once. Under `hold_still`."""
    programme = _programme(shop_id)
    if programme is not None and points:
        giving.give(
            programme,
            customer_id=customer_id,
            points=points,
            kind=LotKind.COUPON,
            key=_key(redemption_id),
            detail={"coupon": coupon},
            now=now,
        )


def take_back(redemption_ids: Sequence[int], *, now: datetime) -> None:
    """Take back the points of uses that were given back. Under `hold_still`."""
    giving.take_back([_key(number) for number in redemption_ids], now=now)


def _key(redemption_id: int) -> str:
    return f"coupon:{redemption_id}"


def _programme(shop_id: int | None) -> PointsProgramme | None:
    try:
        return of_shop(shop_id)
    except NoProgramme:
        return None
