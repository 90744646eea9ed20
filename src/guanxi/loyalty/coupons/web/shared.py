"""What the pages of coupons share."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from guanxi.loyalty.coupons import words
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.models.coupons import Coupon, CouponState

COLOURS = {
    CouponState.DRAFT: "secondary",
    CouponState.ACTIVE: "green",
    CouponState.PAUSED: "yellow",
    CouponState.ARCHIVED: "red",
}


def find(coupon_id: int) -> Coupon:
    """Raises Http404."""
    coupon = Coupon.objects.filter(pk=coupon_id).first()
    if coupon is None:
        raise Http404
    return coupon


def badge(state: str) -> dict[str, str]:
    """Label and colour of a state."""
    known = CouponState(state)
    return {"label": str(known.label), "color": COLOURS[known]}


def state_cell(row: Coupon) -> SafeString:
    return SafeString(render_to_string("loyalty/coupons/cells/state.html", {"badge": badge(row.state)}))


def frame(request: HttpRequest, coupon: Coupon, tab: str, now: datetime) -> dict[str, Any]:
    """What the head of every page of one coupon shows."""
    over = coupon.valid_until is not None and now >= coupon.valid_until
    return {
        "coupon": coupon,
        "badge": badge(coupon.state),
        "kind": KINDS.get(coupon.kind),
        "headline": words.headline(coupon),
        "tab": tab,
        "over": over and coupon.state != CouponState.ARCHIVED,
        "can_activate": coupon.state in {CouponState.DRAFT, CouponState.PAUSED},
        "can_pause": coupon.state == CouponState.ACTIVE,
        "can_archive": coupon.state != CouponState.ARCHIVED,
        "can_give": coupon.state in {CouponState.ACTIVE, CouponState.PAUSED},
    }
