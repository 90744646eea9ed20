"""Pieces of coupons: codes made by the million, coupons given to customers in sets, single ones made void."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.core import audit, bulk, events, jobs
from guanxi.core.models import User
from guanxi.customers import queries as customers
from guanxi.customers.following import hold_still
from guanxi.loyalty.coupons import codes
from guanxi.loyalty.coupons.editing import locked
from guanxi.loyalty.coupons.events import CouponIssued
from guanxi.loyalty.coupons.problems import BadRule, NoCoupon, WrongState
from guanxi.loyalty.models.coupons import CodeStyle, Coupon, CouponBatch, CouponState, IssuedCoupon

MOST_CODES = 5_000_000
CHUNK = 50_000
"""Codes made in one transaction: what a job that is cut off has to do again."""
TRIES = 3
COLUMNS = "coupon_id, batch_id, code, customer_id, origin_customer_id, issued_at, expires_at"
NEW_HOLDERS = """
SELECT DISTINCT c FROM unnest(%s::bigint[]) c
WHERE NOT EXISTS (SELECT FROM loyalty_issuedcoupon i WHERE i.customer_id = c AND i.coupon_id = %s)
ORDER BY c
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What came of giving a coupon to some customers."""

    given: int
    had_it: int
    """They hold or held it already and get no second."""
    gone: int
    """No such customer, or erased."""


@transaction.atomic
def start_codes(coupon_id: int, count: int, *, user: User | None, now: datetime) -> int:
    """Let the worker make codes to print or to send by other ways; gives the job's number.

    Raises BadRule, WrongState, NoCoupon.
    """
    coupon = locked(coupon_id)
    _require_codes(coupon)
    if not 1 <= count <= MOST_CODES:
        raise BadRule({"count": _("From 1 to %(most)d codes at a time.") % {"most": MOST_CODES}})
    batch = CouponBatch.objects.create(coupon=coupon, wanted=count, created_by=user, created_at=now)
    audit.record("coupon.codes", actor=user, subject=("coupon", coupon_id), detail={"count": count}, now=now)
    title = _("Make %(count)d codes of “%(name)s”") % {"count": count, "name": coupon.name}
    job = jobs.start("coupons.codes", title=title, user=user, lock=f"coupon-codes:{coupon_id}", batch_id=batch.pk)
    CouponBatch.objects.filter(pk=batch.pk).update(job_id=job.pk)
    return job.pk


def make_codes(batch_id: int, *, now: datetime, report: Callable[[int], None] = lambda made: None) -> int:
    """Make the codes of a batch that are still missing. Gives how many it has now. ``report`` hears after each part."""
    while True:
        with transaction.atomic():
            batch = CouponBatch.objects.select_for_update().get(pk=batch_id)
            count = min(CHUNK, (batch.wanted or 0) - batch.made)
            if count <= 0:
                return batch.made
            coupon = Coupon.objects.only("pk", "prefix").get(pk=batch.coupon_id)
            head = f"{coupon.pk}\t{batch_id}\t"
            tail = f"\t{bulk.NULL}\t{bulk.NULL}\t{bulk.moment(now)}\t{bulk.NULL}"
            _copy(coupon.prefix, head, [tail] * count)
            batch.made += count
            batch.save(update_fields=["made"])
            Coupon.objects.filter(pk=coupon.pk).update(codes=F("codes") + count)
        report(batch.made)


@transaction.atomic
def open_batch(coupon_id: int, *, label: str, segment_id: int | None = None, user: User | None, now: datetime) -> int:
    """Begin to give a coupon to many customers; gives the batch's number for `issue`. Raises WrongState, NoCoupon."""
    coupon = locked(coupon_id)
    _require_in_use(coupon)
    batch = CouponBatch.objects.create(
        coupon=coupon, label=label[:120], segment_id=segment_id, created_by=user, created_at=now
    )
    audit.record("coupon.issue", actor=user, subject=("coupon", coupon_id), detail={"segment": segment_id}, now=now)
    return batch.pk


def attach_job(batch_id: int, job_id: int) -> None:
    """Name the job that does the work of a batch."""
    CouponBatch.objects.filter(pk=batch_id).update(job_id=job_id)


@transaction.atomic
def issue(coupon_id: int, customer_ids: Iterable[int], *, batch_id: int | None = None, now: datetime) -> Issued:
    """Give a coupon to each of these customers who has none of it, in sets; again changes nothing.

    A coupon whose codes are its own makes one for each. Raises WrongState, NoCoupon.
    """
    hold_still()
    coupon = locked(coupon_id)
    _require_in_use(coupon)
    asked = set(customer_ids)
    known = customers.present(asked)
    there = set(known.values())
    with connection.cursor() as cursor:
        cursor.execute(NEW_HOLDERS, [bulk.numbers(there), coupon_id])
        new = [row[0] for row in cursor.fetchall()]
    if new:
        _write(coupon, new, batch_id, now)
    return Issued(given=len(new), had_it=len(there) - len(new), gone=len(asked) - len(known))


@transaction.atomic
def void(issued_ids: Sequence[int], *, user: User | None, now: datetime) -> int:
    """Make pieces worthless that were not used yet. Gives how many."""
    rows = IssuedCoupon.objects.filter(pk__in=list(issued_ids), used_at=None, voided_at=None)
    changed = rows.update(voided_at=now)
    if changed:
        detail: dict[str, object] = {"pieces": changed}
        coupon_ids = IssuedCoupon.objects.filter(pk__in=list(issued_ids)).values_list("coupon_id", flat=True)
        audit.record("coupon.void", actor=user, subject=("coupon", min(coupon_ids)), detail=detail, now=now)
    return changed


def void_code(text: str, *, user: User | None, now: datetime) -> bool:
    """Make one code worthless; whether it was not so before. Raises NoCoupon, WrongState when it was used."""
    piece = IssuedCoupon.objects.filter(code=codes.normalise(text)).first()
    if piece is None:
        raise NoCoupon(_("Nobody knows this code."))
    if void([piece.pk], user=user, now=now):
        return True
    piece.refresh_from_db()
    if piece.used_at:
        raise WrongState(_("This code was used already."))
    return False


def _write(coupon: Coupon, customer_ids: list[int], batch_id: int | None, now: datetime) -> None:
    expires = None if coupon.valid_days is None else now + timedelta(days=coupon.valid_days)
    head = f"{coupon.pk}\t{bulk.NULL if batch_id is None else batch_id}\t"
    dates = f"{bulk.moment(now)}\t{bulk.moment(expires)}"
    tails = [f"\t{one}\t{one}\t{dates}" for one in customer_ids]
    own = coupon.code_style == CodeStyle.UNIQUE
    if own:
        _copy(coupon.prefix, head, tails)
    else:
        bulk.copy_lines("loyalty_issuedcoupon", COLUMNS, (f"{head}{bulk.NULL}{tail}" for tail in tails))
    moment, kind = bulk.moment(now), CouponIssued.kind
    events.publish_lines(f"{one}\t{coupon.pk}\t{moment}\t{kind}\t{moment}\t{{}}" for one in customer_ids)
    count = len(customer_ids)
    Coupon.objects.filter(pk=coupon.pk).update(issued=F("issued") + count, codes=F("codes") + (count if own else 0))
    if batch_id is not None:
        CouponBatch.objects.filter(pk=batch_id).update(made=F("made") + count)


def _copy(prefix: str, head: str, tails: Sequence[str]) -> None:
    """Write a piece with a new code for each tail. Should chance make a code that there is, others are drawn."""
    for attempt in range(TRIES):
        drawn = sorted(codes.random_codes(len(tails), prefix=prefix))  # neighbours in the index are written together
        try:
            with transaction.atomic():
                lines = (f"{head}{code}{tail}" for code, tail in zip(drawn, tails, strict=True))
                bulk.copy_lines("loyalty_issuedcoupon", COLUMNS, lines)
            return
        except IntegrityError:
            if attempt == TRIES - 1:
                raise


def _require_codes(coupon: Coupon) -> None:
    if coupon.code_style != CodeStyle.UNIQUE:
        raise WrongState(_("This coupon has one code for everybody; there are no others to make."))
    _require_in_use(coupon)


def _require_in_use(coupon: Coupon) -> None:
    if coupon.state not in {CouponState.ACTIVE, CouponState.PAUSED}:
        raise WrongState(_("Put the coupon in use first; a draft or an archived coupon is given to nobody."))
