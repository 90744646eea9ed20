"""Coupons in messages: ``{{ coupon.code_12 }}`` is the reader's own code of coupon no. 12, given when it is sent."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from guanxi.customers import queries as customers
from guanxi.loyalty.coupons import codes, issuing
from guanxi.loyalty.models.coupons import Coupon, CouponState, IssuedCoupon

START = "coupon.code_"
MOST_OFFERED = 50


class CouponCodes:
    """See messaging.templating.provided."""

    prefix = "coupon"
    sample = "ABCD-EFGH-JKMN"

    def offered(self) -> dict[str, str]:
        """Coupons in use, the latest ones."""
        rows = Coupon.objects.filter(state=CouponState.ACTIVE).order_by("-pk")[:MOST_OFFERED]
        return {f"{START}{row.pk}": _("Their own code of the coupon “%(name)s”") % {"name": row.name} for row in rows}

    def values(
        self, names: Collection[str], customer_ids: Collection[int], *, now: datetime
    ) -> dict[int, dict[str, str]]:
        """Give each coupon to those who never had it, and say the codes that still work."""
        numbers = {int(text): name for name in names if (text := name.removeprefix(START)).isdecimal()}
        now_of = customers.present(customer_ids)
        found: dict[int, dict[str, str]] = {}
        for coupon in Coupon.objects.filter(pk__in=[one for one in numbers if one < 2**63], state=CouponState.ACTIVE):
            if (coupon.valid_until and coupon.valid_until <= now) or coupon.uses == coupon.limit_total:
                continue
            issuing.issue(coupon.pk, customer_ids, now=now)
            held = _codes(coupon, set(now_of.values()), now)
            for customer_id, owner in now_of.items():
                if owner in held:
                    found.setdefault(customer_id, {})[numbers[coupon.pk]] = codes.pretty(held[owner])
        return found


def _codes(coupon: Coupon, customer_ids: Collection[int], now: datetime) -> dict[int, str]:
    """What each holds and can still use; the one that ends first."""
    rows = IssuedCoupon.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        coupon=coupon,
        customer_id__in=customer_ids,
        used_at=None,
        voided_at=None,
    )
    found: dict[int, str] = {}
    for customer_id, code in rows.order_by("expires_at", "pk").values_list("customer_id", "code"):
        found.setdefault(customer_id or 0, code or coupon.shared_code or "")
    return found
