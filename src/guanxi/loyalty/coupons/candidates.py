"""From the codes someone shows to the coupons that hold for a basket, and a reason for each that does not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from guanxi.core import preferences
from guanxi.loyalty.coupons import codes, conditions, engine, hooks
from guanxi.loyalty.coupons.conditions import Buyer
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.types import MOST_CODES, Basket, NotUsed, Offer, Reason
from guanxi.loyalty.models.coupons import CodeStyle, Coupon, CouponRedemption, CouponState, IssuedCoupon

MOST_HELD = 200
"""Coupons of one customer that are looked at."""


@dataclass(slots=True)
class _Shown:
    """A code, or a piece that a customer holds without one, and what it turned out to be."""

    code: str
    coupon: Coupon | None = None
    piece: IssuedCoupon | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    offers: list[Offer]
    not_used: list[NotUsed]
    customer_id: int | None
    """Whose basket it is: as told, or the holder of a personal code where nothing was told."""


def find(basket: Basket, texts: Iterable[str], *, held: bool, now: datetime, lock: bool = False) -> Found:
    """``held`` weighs the coupons the customer holds, too. ``lock`` keeps all of them still until the transaction ends.

    Rows are locked in the order of their numbers, coupons first, so that no two tills wait for each other.
    """
    shown = _look_up(basket, texts, held=held)
    coupons, pieces = _rows(shown, lock=lock)
    for one in shown:
        one.coupon = coupons.get(one.coupon.pk) if one.coupon else None
        one.piece = pieces.get(one.piece.pk) if one.piece else None
    customer_id = basket.customer_id or next(
        (s.piece.customer_id for s in shown if s.piece and s.piece.customer_id), None
    )
    buyer, own = Buyer(customer_id), _own(customer_id, coupons.values(), now, lock=lock)
    uses = _uses(customer_id, coupons)
    today = conditions.local_day(now, preferences.time_zone())
    offers: list[Offer] = []
    not_used: list[NotUsed] = []
    for one in shown:
        reasons = _against(one, basket, buyer, own, uses, now)
        if not reasons and one.coupon:
            reasons = conditions.read(one.coupon.conditions).against(basket, buyer, today)
        if reasons or one.coupon is None:
            not_used += [_turned_down(one, reason) for reason in reasons]
        else:
            offers.append(_offer(one.coupon, one, basket, own))
    offers, too_many = _most_useful(offers, basket)
    return Found(offers=offers, not_used=not_used + too_many, customer_id=customer_id)


def offer(coupon: Coupon, basket: Basket, *, code: str = "", issued_id: int | None = None) -> Offer:
    """A coupon as the engine takes it."""
    return Offer(
        coupon_id=coupon.pk or 0,
        issued_id=issued_id,
        code=code,
        name=coupon.name,
        kind=coupon.kind,
        params=coupon.params,
        eligible=conditions.read(coupon.conditions).eligible(basket),
        exclusive=coupon.exclusive,
        stack_group=coupon.stack_group,
    )


def _offer(coupon: Coupon, shown: _Shown, basket: Basket, own: dict[int, int]) -> Offer:
    issued_id = shown.piece.pk if shown.piece else own.get(coupon.pk)
    return offer(coupon, basket, code=codes.pretty(shown.code), issued_id=issued_id)


def _look_up(basket: Basket, texts: Iterable[str], *, held: bool) -> list[_Shown]:
    wanted = list(dict.fromkeys(filter(None, map(codes.normalise, texts))))
    shared = {row.shared_code: row for row in Coupon.objects.filter(shared_code__in=wanted)}
    own = {row.code: row for row in IssuedCoupon.objects.filter(code__in=wanted).select_related("coupon")}
    shown = [
        _Shown(code, shared.get(code) or (own[code].coupon if code in own else None), own.get(code)) for code in wanted
    ]
    if held and basket.customer_id:
        known = {one.piece.pk for one in shown if one.piece} | {-one.coupon.pk for one in shown if one.coupon}
        for piece in _held(basket.customer_id):
            if piece.pk not in known and -piece.coupon_id not in known:
                known.add(-piece.coupon_id)
                shown.append(_Shown(piece.code or piece.coupon.shared_code or "", piece.coupon, _with_code(piece)))
    return shown


def _with_code(piece: IssuedCoupon) -> IssuedCoupon | None:
    """Pieces of a coupon with one code for all are found by `_own`."""
    return piece if piece.code else None


def _held(customer_id: int) -> Sequence[IssuedCoupon]:
    rows = IssuedCoupon.objects.filter(customer_id=customer_id, used_at=None, voided_at=None)
    return list(
        rows.select_related("coupon").filter(coupon__state=CouponState.ACTIVE).order_by("expires_at", "pk")[:MOST_HELD]
    )


def _rows(shown: Sequence[_Shown], *, lock: bool) -> tuple[dict[int, Coupon], dict[int, IssuedCoupon]]:
    coupons = Coupon.objects.filter(pk__in={one.coupon.pk for one in shown if one.coupon}).order_by("pk")
    pieces = IssuedCoupon.objects.filter(pk__in={one.piece.pk for one in shown if one.piece}).order_by("pk")
    if lock:
        coupons, pieces = coupons.select_for_update(), pieces.select_for_update()
    return {row.pk: row for row in coupons}, {row.pk: row for row in pieces}


def _own(customer_id: int | None, coupons: Iterable[Coupon], now: datetime, *, lock: bool) -> dict[int, int]:
    """The piece a customer holds of each coupon with one code for all, unused; the one that expires first."""
    shared = [coupon.pk for coupon in coupons if coupon.code_style == CodeStyle.SHARED]
    if customer_id is None or not shared:
        return {}
    rows = IssuedCoupon.objects.filter(customer_id=customer_id, coupon_id__in=shared, used_at=None, voided_at=None)
    rows = rows.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    if lock:
        rows = rows.select_for_update()
    free: dict[int, int] = {}
    for coupon_id, number in rows.order_by("expires_at", "pk").values_list("coupon_id", "pk"):
        free.setdefault(coupon_id, number)
    return free


def _uses(customer_id: int | None, coupons: dict[int, Coupon]) -> dict[int, int]:
    """How often this customer used each coupon, less what was given back."""
    limited = [number for number, coupon in coupons.items() if coupon.limit_per_customer is not None]
    if customer_id is None or not limited:
        return {}
    rows = CouponRedemption.objects.filter(customer_id=customer_id, coupon_id__in=limited)
    return dict(rows.values_list("coupon_id").annotate(n=Sum("uses")))


def _against(
    shown: _Shown, basket: Basket, buyer: Buyer, own: dict[int, int], uses: dict[int, int], now: datetime
) -> list[Reason]:
    """What is wrong with the coupon itself, whatever is in the basket. One reason: the others would follow from it."""
    coupon, piece = shown.coupon, shown.piece
    if coupon is None:
        if codes.mistyped(shown.code):
            return [Reason("unknown", _("Nobody knows this code; perhaps it was mistyped."))]
        return [Reason("unknown", _("Nobody knows this code."))]
    checks: list[tuple[bool, str, Any]] = [
        (coupon.state == CouponState.DRAFT, "not_active", _("This coupon is not in use yet.")),
        (coupon.state == CouponState.PAUSED, "not_active", _("This coupon is paused.")),
        (coupon.state == CouponState.ARCHIVED, "not_active", _("This coupon is no longer in use.")),
        (bool(piece and piece.voided_at), "void", _("This code was made void.")),
        (bool(piece and piece.used_at), "used", _("This code was used already.")),
        (bool(coupon.valid_from and now < coupon.valid_from), "not_yet", _("This coupon does not hold yet.")),
        (bool(coupon.valid_until and now >= coupon.valid_until), "expired", _("This coupon has expired.")),
        (bool(piece and piece.expires_at and now >= piece.expires_at), "expired", _("This coupon has expired.")),
        (coupon.currency != basket.currency, "currency", _("This coupon is in another currency.")),
        (
            bool(piece and piece.customer_id and piece.customer_id != buyer.customer_id),
            "holder",
            _("This code was given to another customer."),
        ),
        (
            coupon.holders_only and coupon.pk not in own,
            "holder",
            _("This coupon is only for customers it was given to, once each."),
        ),
        (
            coupon.limit_total is not None and coupon.uses >= coupon.limit_total,
            "limit_total",
            _("This coupon was used as often as it may be."),
        ),
        (
            coupon.limit_per_customer is not None and buyer.customer_id is None,
            "limit_per_customer",
            _("This coupon has a limit for each customer, and nobody knows who is buying."),
        ),
        (
            coupon.limit_per_customer is not None and uses.get(coupon.pk, 0) >= coupon.limit_per_customer,
            "limit_per_customer",
            _("This customer used the coupon as often as one may."),
        ),
    ]
    if KINDS.get(coupon.kind).needs_points:
        checks += _against_points(basket, buyer)
    return [Reason(code, sentence) for holds, code, sentence in checks if holds][:1]


def _against_points(basket: Basket, buyer: Buyer) -> list[tuple[bool, str, Any]]:
    earns = hooks.points_for(1_000_000, currency=basket.currency, shop_id=basket.shop_id) > 0
    return [
        (buyer.customer_id is None, "no_points", _("It brings points, and nobody knows who is buying.")),
        (not earns, "no_points", _("Customers of this shop do not earn or spend points.")),
    ]


def _turned_down(shown: _Shown, reason: Reason) -> NotUsed:
    return NotUsed(code=codes.pretty(shown.code), name=shown.coupon.name if shown.coupon else "", reason=reason)


def _most_useful(offers: list[Offer], basket: Basket) -> tuple[list[Offer], list[NotUsed]]:
    """The coupons to weigh against each other: all, or those that save the most alone where there are too many."""
    if len(offers) <= MOST_CODES:
        return offers, []
    prices = tuple(line.total for line in basket.lines)
    alone = {id(one): engine.effect(one, basket, prices, basket.shipping).worth for one in offers}
    ranked = sorted(offers, key=lambda one: -alone[id(one)])
    reason = Reason("too_many", _("Only the %(most)d best coupons are weighed.") % {"most": MOST_CODES})
    kept = {id(one) for one in ranked[:MOST_CODES]}
    dropped = [NotUsed(code=one.code, name=one.name, reason=reason) for one in ranked[MOST_CODES:]]
    return [one for one in offers if id(one) in kept], dropped
