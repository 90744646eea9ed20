"""Using coupons and giving uses back: under row locks, written once for each key, in a ledger that only grows."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.core import audit, bulk, events, merged
from guanxi.core.models import User
from guanxi.core.money import Minor
from guanxi.customers.following import hold_still
from guanxi.loyalty.coupons import candidates, engine, hooks
from guanxi.loyalty.coupons.events import CouponRedeemed, CouponReturned
from guanxi.loyalty.coupons.problems import KeyReused, NoRedemption, NotAsExpected, Refused
from guanxi.loyalty.coupons.types import Applied, Basket, Verdict
from guanxi.loyalty.models.coupons import Coupon, CouponRedemption, IssuedCoupon


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A redemption that is written down."""

    redemption_ids: tuple[int, ...]
    verdict: Verdict | None
    """None when this key was redeemed before; see the ledger for what was used then."""
    replayed: bool


def validate(basket: Basket, codes: Iterable[str], *, held: bool = False, now: datetime) -> Verdict:
    """What these codes would do to the basket, and why each of the others would not. Writes nothing."""
    found = candidates.find(basket, codes, held=held, now=now)
    return engine.best(found.offers, basket, not_used=found.not_used)


@transaction.atomic
def redeem(
    basket: Basket,
    codes: Sequence[str],
    *,
    order_number: str,
    key: str = "",
    expect: Minor | None = None,
    held: bool = False,
    user: User | None = None,
    now: datetime,
) -> Receipt:
    """Use the best combination of these codes on an order, once for each ``key`` (the order's number when empty).

    ``expect`` is what the customer was told comes off, goods and shipping together; when that is no longer so, nothing
    is written. Raises Refused, NotAsExpected, KeyReused.
    """
    key = f"order:{basket.shop_id or 0}:{order_number}" if not key else f"key:{key}"
    digest = _digest(replace(basket, customer_id=None), codes, order_number, held)
    hold_still()
    basket = _of_today(basket)
    bulk.one_writer(f"coupons:{key}")
    written = list(CouponRedemption.objects.filter(request_key=key).order_by("number"))
    if written:
        if written[0].digest != digest or basket.customer_id not in (None, written[0].customer_id):
            raise KeyReused(_("This order or key has redeemed coupons with another basket or other codes."))
        return Receipt(redemption_ids=tuple(row.pk for row in written), verdict=None, replayed=True)
    found = candidates.find(basket, codes, held=held, now=now, lock=True)
    verdict = engine.best(found.offers, basket, not_used=found.not_used)
    if not verdict.used:
        raise Refused(verdict.not_used, _("None of these coupons can be used on this basket."))
    saved = verdict.discount + verdict.shipping_discount
    if expect is not None and saved != expect:
        raise NotAsExpected(
            _("The coupons take off %(saved)d now, not %(expected)d.") % {"saved": saved, "expected": expect}
        )
    known = replace(basket, customer_id=found.customer_id)
    rows = [
        _row(one, known, number, key=key, digest=digest, order_number=order_number, user=user, now=now)
        for number, one in enumerate(verdict.used, start=1)
    ]
    _count(verdict, now)
    CouponRedemption.objects.bulk_create(rows)
    events.publish([_used(row) for row in rows], now=now)
    _pay_back(rows, verdict, now)
    return Receipt(redemption_ids=tuple(row.pk for row in rows), verdict=verdict, replayed=False)


GIVE_BACK = """
INSERT INTO loyalty_couponredemption (coupon_id, issued_id, reverses_id, request_key, number, digest, customer_id,
  origin_customer_id, shop_id, order_number, currency, uses, basket_total, discount, shipping_discount, lines, gifts,
  cash_back, points, at, reason, recorded_by_id)
SELECT coupon_id, issued_id, id, 'return:' || id, 1, digest, customer_id, origin_customer_id, shop_id, order_number,
  currency, -1, -basket_total, -discount, -shipping_discount, '[]', '[]', -cash_back, -points,
  %(now)s, %(reason)s, %(user)s
FROM loyalty_couponredemption r WHERE id = ANY(%(ids)s::bigint[]) AND uses = 1 ORDER BY coupon_id, id
ON CONFLICT DO NOTHING
RETURNING reverses_id, coupon_id, issued_id, customer_id, discount + shipping_discount, currency, order_number
"""
LOCK = """
SELECT id FROM loyalty_coupon WHERE id IN (
  SELECT coupon_id FROM loyalty_couponredemption WHERE id = ANY(%s::bigint[])) ORDER BY id FOR UPDATE
"""
COUNT_BACK = """
UPDATE loyalty_coupon c SET uses = c.uses - r.n
FROM (SELECT coupon_id, count(*) AS n FROM unnest(%s::bigint[]) coupon_id GROUP BY 1) r WHERE c.id = r.coupon_id
"""


@transaction.atomic
def give_back(redemption_ids: Iterable[int], *, reason: str = "", user: User | None = None, now: datetime) -> list[int]:
    """Give uses back, in sets: the coupons count as not used, and their codes work again while they hold.

    Gives the uses that were given back; one that was so before is passed over. Raises NoRedemption for a number that is
    no use in the ledger.
    """
    ids = sorted(set(redemption_ids))
    hold_still()
    if CouponRedemption.objects.filter(pk__in=ids, uses=1).count() != len(ids):
        raise NoRedemption(_("The ledger has no such redemption."))
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [bulk.numbers(ids)])
        cursor.execute(
            GIVE_BACK,
            {"ids": bulk.numbers(ids), "now": now, "reason": reason[:200], "user": user.pk if user else None},
        )
        back = cursor.fetchall()
        cursor.execute(COUNT_BACK, [bulk.numbers(row[1] for row in back)])
    IssuedCoupon.objects.filter(pk__in=[row[2] for row in back if row[2] is not None]).update(used_at=None)
    hooks.take_points_back([row[0] for row in back], now=now)
    events.publish(
        [
            CouponReturned(
                customer_id=customer_id,
                subject_id=coupon_id,
                occurred_at=now,
                amount=-amount,
                currency=currency,
                order_number=order_number,
            )
            for _id, coupon_id, _issued, customer_id, amount, currency, order_number in back
        ],
        now=now,
    )
    if user is not None:
        for number, coupon_id, *_rest in back:
            subject, detail = ("coupon", coupon_id), {"redemption": number}
            audit.record("coupon.give_back", actor=user, subject=subject, detail=dict(detail), now=now)
    return [row[0] for row in back]


def _of_today(basket: Basket) -> Basket:
    """The basket of whom its customer was merged into."""
    into = merged.now([basket.customer_id]) if basket.customer_id else {}
    return replace(basket, customer_id=into[basket.customer_id]) if into and basket.customer_id else basket


def _row(
    one: Applied,
    basket: Basket,
    number: int,
    *,
    key: str,
    digest: UUID,
    order_number: str,
    user: User | None,
    now: datetime,
) -> CouponRedemption:
    return CouponRedemption(
        coupon_id=one.offer.coupon_id,
        issued_id=one.offer.issued_id,
        request_key=key,
        number=number,
        digest=digest,
        customer_id=basket.customer_id,
        origin_customer_id=basket.customer_id,
        shop_id=basket.shop_id,
        order_number=order_number,
        currency=basket.currency,
        uses=1,
        basket_total=basket.total,
        discount=one.effect.discount,
        shipping_discount=one.effect.shipping,
        lines=[[basket.lines[place].key, amount] for place, amount in sorted(one.effect.lines.items())],
        gifts=[{"title": gift.title, "product": gift.product, "quantity": gift.quantity} for gift in one.effect.gifts],
        cash_back=one.effect.cash_back,
        points=hooks.points_for(one.effect.cash_back, currency=basket.currency, shop_id=basket.shop_id),
        at=now,
        recorded_by=user,
    )


def _pay_back(rows: Sequence[CouponRedemption], verdict: Verdict, now: datetime) -> None:
    """Give the points of the few of these uses that bring some."""
    names = {one.offer.coupon_id: one.offer.name for one in verdict.used}
    for row in rows:
        if row.points and row.customer_id:
            hooks.give_points(
                row.pk,
                customer_id=row.customer_id,
                points=row.points,
                shop_id=row.shop_id,
                coupon=names[row.coupon_id],
                now=now,
            )


def _count(verdict: Verdict, now: datetime) -> None:
    """Count the uses. The rows are locked and were looked at; the conditions say so once more to the database."""
    coupon_ids = [one.offer.coupon_id for one in verdict.used]
    pieces = [one.offer.issued_id for one in verdict.used if one.offer.issued_id is not None]
    within = Coupon.objects.filter(pk__in=coupon_ids).exclude(limit_total__lte=F("uses"))
    counted = within.update(uses=F("uses") + 1)
    taken = IssuedCoupon.objects.filter(pk__in=pieces, used_at=None, voided_at=None).update(used_at=now)
    if counted != len(coupon_ids) or taken != len(pieces):
        raise RuntimeError("a locked coupon changed")


def _used(row: CouponRedemption) -> CouponRedeemed:
    return CouponRedeemed(
        customer_id=row.customer_id,
        subject_id=row.coupon_id,
        occurred_at=row.at,
        amount=row.discount + row.shipping_discount,
        currency=row.currency,
        shop_id=row.shop_id,
        order_number=row.order_number,
    )


def _digest(basket: Basket, codes: Sequence[str], order_number: str, held: bool) -> UUID:
    return UUID(bytes=hashlib.sha256(repr((basket, sorted(codes), order_number, held)).encode()).digest()[:16])
