"""What pages and other rooms may know of coupons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.money import Minor
from guanxi.loyalty.coupons import codes, words
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.problems import NoCoupon, NoRedemption
from guanxi.loyalty.coupons.types import Gift, Redeemed
from guanxi.loyalty.models.coupons import CodeStyle, Coupon, CouponRedemption, CouponState, IssuedCoupon

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponCard:
    """A coupon as other rooms show it."""

    id: int
    name: str
    headline: str
    state: str
    state_label: Promise | str
    usable: bool
    """In use or paused: it can be given to customers."""
    own_codes: bool
    issued: int
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCoupon:
    """A piece that a customer holds or held."""

    id: int
    coupon_id: int
    name: str
    headline: str
    code: str
    """Masked unless asked for in full."""
    issued_at: datetime
    expires_at: datetime | None
    """The earlier of its own end and the coupon's."""
    state: str
    """``held``, ``used``, ``expired``, ``void`` or ``off`` (the coupon is not in use)."""
    state_label: Promise | str
    soon: bool
    """Held, and ends within a week."""


STATES: dict[str, Promise] = {
    "held": _("Not used yet"),
    "used": _("Used"),
    "expired": _("Expired"),
    "void": _("Made void"),
    "off": _("Not in use"),
}


def coupon(coupon_id: int) -> CouponCard:
    """One coupon. Raises NoCoupon."""
    row = Coupon.objects.filter(pk=coupon_id).first()
    if row is None:
        raise NoCoupon(coupon_id)
    return CouponCard(
        id=row.pk,
        name=row.name,
        headline=words.headline(row),
        state=row.state,
        state_label=CouponState(row.state).label,
        usable=row.state in {CouponState.ACTIVE, CouponState.PAUSED},
        own_codes=row.code_style == CodeStyle.UNIQUE,
        issued=row.issued,
        uses=row.uses,
    )


def coupons_of(customer_id: int, *, now: datetime, limit: int = 50, full_codes: bool = False) -> list[HeldCoupon]:
    """What a customer holds and held, newest first."""
    rows = IssuedCoupon.objects.filter(customer_id=customer_id).select_related("coupon").order_by("-pk")[:limit]
    return [_held(row, now, full_codes) for row in rows]


def redemptions(
    *,
    coupon_id: int | None = None,
    customer_id: int | None = None,
    shop_id: int | None = None,
    order_number: str = "",
    ids: Sequence[int] | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> list[Redeemed]:
    """The ledger, newest first."""
    asked = {
        "coupon_id": coupon_id,
        "customer_id": customer_id,
        "shop_id": shop_id,
        "order_number": order_number or None,
        "pk__in": ids,
        "pk__lt": before_id,
    }
    rows = CouponRedemption.objects.filter(**{name: value for name, value in asked.items() if value is not None})
    rows = rows.select_related("coupon", "reversed_by").order_by("-pk")
    return [_redeemed(row) for row in rows[:limit]]


def redemption(redemption_id: int) -> Redeemed:
    """One entry of the ledger. Raises NoRedemption."""
    found = redemptions(ids=[redemption_id])
    if not found:
        raise NoRedemption(redemption_id)
    return found[0]


def state_of(row: IssuedCoupon, now: datetime) -> str:
    """One of STATES, for a piece with its coupon."""
    if row.used_at:
        return "used"
    if row.voided_at:
        return "void"
    end = end_of(row)
    if end and now >= end:
        return "expired"
    return "held" if row.coupon.state == CouponState.ACTIVE else "off"


def end_of(row: IssuedCoupon) -> datetime | None:
    """When a piece stops to hold."""
    return min(filter(None, (row.expires_at, row.coupon.valid_until)), default=None)


def _held(row: IssuedCoupon, now: datetime, full_codes: bool) -> HeldCoupon:
    state, end = state_of(row, now), end_of(row)
    code = row.code or row.coupon.shared_code or ""
    return HeldCoupon(
        id=row.pk,
        coupon_id=row.coupon_id,
        name=row.coupon.name,
        headline=KINDS.get(row.coupon.kind).words(row.coupon.params, row.coupon.currency),
        code=codes.pretty(code) if full_codes else codes.masked(code),
        issued_at=row.issued_at,
        expires_at=end,
        state=state,
        state_label=STATES[state],
        soon=state == "held" and end is not None and end - now < SOON,
    )


def _redeemed(row: CouponRedemption) -> Redeemed:
    lines: list[tuple[str, Minor]] = [(key, amount) for key, amount in row.lines]
    return Redeemed(
        id=row.pk,
        coupon_id=row.coupon_id,
        coupon_name=row.coupon.name,
        customer_id=row.customer_id,
        shop_id=row.shop_id,
        order_number=row.order_number,
        currency=row.currency,
        discount=row.discount,
        shipping_discount=row.shipping_discount,
        lines=tuple(lines),
        gifts=tuple(Gift(one["title"], one["product"], one["quantity"]) for one in row.gifts),
        cash_back=row.cash_back,
        points=row.points,
        at=row.at,
        reverses_id=row.reverses_id,
        returned=hasattr(row, "reversed_by"),
    )
