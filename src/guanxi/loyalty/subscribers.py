"""What the loyalty room follows, part by part, and what its parts tell each other."""

from django.utils import timezone

from guanxi.loyalty.coupons import subscribers as coupons
from guanxi.loyalty.coupons.hooks import read_tiers_with
from guanxi.loyalty.points import subscribers as points
from guanxi.loyalty.points.multipliers import provide
from guanxi.loyalty.tiers import subscribers as tiers
from guanxi.loyalty.tiers.queries import benefits_of, multipliers


def _tier_of(customer_id: int) -> str:
    """The name of a customer's tier, as coupons ask for it."""
    found = benefits_of([customer_id], timezone.now()).get(customer_id)
    return found.tier if found else ""


provide(multipliers)
read_tiers_with(_tier_of)

__all__ = ["coupons", "points", "tiers"]
