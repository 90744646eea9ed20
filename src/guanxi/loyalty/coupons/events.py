"""What coupons announce. The subject is the coupon."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event
from guanxi.core.money import Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponIssued(Event):
    """A customer was given a coupon. Written by the thousand; see issuing.py."""

    kind: ClassVar[str] = "coupon.issued"
    label: ClassVar[Promise | str] = _("Coupon given")
    icon: ClassVar[str] = "ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponRedeemed(Event):
    """A coupon was used on a basket; ``customer_id`` is None where nobody knows whose."""

    kind: ClassVar[str] = "coupon.redeemed"
    label: ClassVar[Promise | str] = _("Coupon used")
    icon: ClassVar[str] = "discount-2"
    amount: Minor
    """Off goods and shipping."""
    currency: str
    shop_id: int | None
    order_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponReturned(Event):
    """A use was given back; the coupon counts as not used."""

    kind: ClassVar[str] = "coupon.returned"
    label: ClassVar[Promise | str] = _("Coupon given back")
    icon: ClassVar[str] = "arrow-back-up"
    amount: Minor
    currency: str
    order_number: str
