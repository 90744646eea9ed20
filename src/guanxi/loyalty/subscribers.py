"""What the loyalty room follows, part by part, and what its parts tell each other."""

from datetime import datetime

from django.utils import timezone

from guanxi.core import events
from guanxi.core.events import Span
from guanxi.loyalty.coupons import subscribers as coupons
from guanxi.loyalty.coupons.hooks import pay_back_with, read_tiers_with
from guanxi.loyalty.coupons.message_codes import CouponCodes
from guanxi.loyalty.points import cash_back
from guanxi.loyalty.points import subscribers as points
from guanxi.loyalty.points.events import PointsEarned, PointsReversed
from guanxi.loyalty.points.multipliers import provide
from guanxi.loyalty.points.queries import earned_sql
from guanxi.loyalty.tiers import subscribers as tiers
from guanxi.loyalty.tiers.earned import read_points_with
from guanxi.loyalty.tiers.queries import benefits_of, multipliers
from guanxi.loyalty.tiers.services import assess
from guanxi.messaging import services as messaging


def _tier_of(customer_id: int) -> str:
    """The name of a customer's tier, as coupons ask for it."""
    found = benefits_of([customer_id], timezone.now()).get(customer_id)
    return found.tier if found else ""


provide(multipliers)
read_tiers_with(_tier_of)
read_points_with(earned_sql)
pay_back_with(cash_back)
messaging.provide(CouponCodes())


@events.set_reader("loyalty.tiers_by_points", kinds=[PointsEarned.kind, PointsReversed.kind], batch_size=5000)
def look_at_points(span: Span, now: datetime) -> None:
    """Tiers that ask for points follow them at once."""
    assess(span.customers(PointsEarned.kind, PointsReversed.kind), now=now, for_points=True)


__all__ = ["coupons", "points", "tiers"]
