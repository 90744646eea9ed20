"""Points by hand: with a reason, and above the programme's limit with a second person."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils.translation import gettext as _

from guanxi.core import audit, events, merged, preferences
from guanxi.core.models import User
from guanxi.customers.following import hold_still
from guanxi.loyalty.models import PointsAdjustment, PointsProgramme
from guanxi.loyalty.points import queries
from guanxi.loyalty.points.allocation import ENTRY, ENTRY_COLUMNS, VALID, Want, execute, lock, settle, take
from guanxi.loyalty.points.earning import EXPIRES, LOT_COLUMNS
from guanxi.loyalty.points.events import PointsAdjusted
from guanxi.loyalty.points.programmes import one
from guanxi.loyalty.points.reversing import cover
from guanxi.loyalty.points.types import (
    AdjustmentState,
    BadPoints,
    EntryKind,
    Expiry,
    NoSuch,
    NotEnough,
    Points,
    ReferenceTaken,
    SecondPerson,
    Shortfall,
    WrongState,
)

MOST = 10**9
WATCHED = timedelta(days=1)
"""The limit is for what one person gives or takes one customer within this time, so that halves do not slip under."""


def adjust(
    *,
    programme_id: int,
    customer_id: int,
    points: Points,
    reason: str,
    user: User,
    now: datetime,
    reference: str = "",
) -> PointsAdjustment:
    """Give points, or take them when below zero. Above the limit it waits for a second person.

    The same ``reference`` again gives the same adjustment. Raises NoSuch, BadPoints, NotEnough and ReferenceTaken.
    """
    programme = one(programme_id)
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise BadPoints(_("Say why."))
    if not points or abs(points) > MOST:
        raise BadPoints(_("Enter a number of points other than zero."))
    with transaction.atomic():
        hold_still()
        customer_id = merged.now([customer_id]).get(customer_id, customer_id)
        lock([(programme_id, customer_id)], now=now)
        if reference and (found := PointsAdjustment.objects.filter(reference=reference).first()):
            return _same(found, programme_id, customer_id, points)
        waits = abs(points) + _lately(programme_id, customer_id, user, now) > programme.adjust_limit
        row = PointsAdjustment(
            programme=programme,
            customer_id=customer_id,
            points=points,
            reason=reason,
            reference=reference,
            state=AdjustmentState.WAITING if waits else AdjustmentState.DONE,
            requested_by=user,
            requested_at=now,
        )
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            return _same(PointsAdjustment.objects.get(reference=reference), programme_id, customer_id, points)
        if not waits:
            _apply(row, programme, user, now)
        _record("points.adjustment_asked" if waits else "points.adjusted", row, user, now)
    return row


def approve(adjustment_id: int, *, user: User, now: datetime) -> PointsAdjustment:
    """Let an adjustment happen. Raises NoSuch, WrongState, SecondPerson and NotEnough."""
    with transaction.atomic():
        hold_still()
        row = _waiting(adjustment_id)
        if row.requested_by_id == user.pk:
            raise SecondPerson(_("Whoever asked for it cannot approve it; a second person has to."))
        lock([(row.programme_id, row.customer_id)], now=now)
        _apply(row, row.programme, user, now)
        _decide(row, AdjustmentState.DONE, user, now)
        _record("points.adjustment_approved", row, user, now)
    return row


def refuse(adjustment_id: int, *, user: User, now: datetime) -> PointsAdjustment:
    """Turn an adjustment down; whoever asked for it may take it back so. Raises NoSuch and WrongState."""
    with transaction.atomic():
        row = _waiting(adjustment_id)
        _decide(row, AdjustmentState.REFUSED, user, now)
        _record("points.adjustment_refused", row, user, now)
    return row


def waiting() -> int:
    return PointsAdjustment.objects.filter(state=AdjustmentState.WAITING).count()


def _lately(programme_id: int, customer_id: int, user: User, now: datetime) -> Points:
    rows = PointsAdjustment.objects.filter(
        programme_id=programme_id,
        customer_id=customer_id,
        requested_by=user,
        requested_at__gt=now - WATCHED,
        state=AdjustmentState.DONE,
    )
    return rows.aggregate(total=Sum(Abs("points")))["total"] or 0


def _same(found: PointsAdjustment, programme_id: int, customer_id: int, points: Points) -> PointsAdjustment:
    if (found.programme_id, found.customer_id, found.points) != (programme_id, customer_id, points):
        raise ReferenceTaken(_("This reference was used for another adjustment."))
    return found


def _waiting(adjustment_id: int) -> PointsAdjustment:
    rows = PointsAdjustment.objects.select_related("programme").select_for_update(of=("self",))
    row = rows.filter(pk=adjustment_id).first()
    if row is None:
        raise NoSuch(_("There is no such adjustment."))
    if row.state != AdjustmentState.WAITING:
        raise WrongState(_("This has been decided already."))
    return row


def _decide(row: PointsAdjustment, state: AdjustmentState, user: User, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, user, now
    row.save(update_fields=["state", "decided_by", "decided_at"])


def _record(action: str, row: PointsAdjustment, user: User, now: datetime) -> None:
    detail: dict[str, object] = {"adjustment": row.pk, "points": row.points, "reason": row.reason}
    audit.record(action, actor=user, subject=("customer", row.customer_id), detail=detail, now=now)


def _apply(row: PointsAdjustment, programme: PointsProgramme, user: User, now: datetime) -> None:
    """Under the customer's lock."""
    if row.points > 0:
        _give(row, programme, user, now)
        settle([row.customer_id], now=now)
    else:
        _take(row, programme, user, now)
    told = PointsAdjusted(
        customer_id=row.customer_id,
        subject_id=row.pk,
        occurred_at=now,
        programme_id=row.programme_id,
        points=row.points,
    )
    events.publish([told], now=now)


def _give(row: PointsAdjustment, programme: PointsProgramme, user: User, now: datetime) -> None:
    expires = EXPIRES[Expiry(programme.expiry)].format(at="%(now)s::timestamptz")
    execute(
        f"""WITH lots AS (
          INSERT INTO loyalty_pointslot ({LOT_COLUMNS})
          VALUES (%(programme)s, %(customer)s, %(customer)s, 'adjustment', NULL, %(points)s, %(points)s, 0, 0, 1, 0,
            %(now)s, %(now)s, {expires})
          RETURNING id
        )
        INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
        SELECT %(programme)s, %(customer)s, %(customer)s, id, %(key)s, 'adjust', %(points)s, %(now)s, NULL, %(actor)s,
          %(reason)s, '{{}}' FROM lots""",
        {
            "programme": programme.pk,
            "customer": row.customer_id,
            "points": row.points,
            "now": now,
            "zone": str(preferences.time_zone()),
            "months": programme.expiry_months,
            "key": f"adjust:{row.pk}",
            "actor": row.requested_by_id or user.pk,
            "reason": row.reason,
        },
    )


def _take(row: PointsAdjustment, programme: PointsProgramme, user: User, now: datetime) -> None:
    want = Want(
        programme_id=programme.pk,
        customer_id=row.customer_id,
        origin_customer_id=row.customer_id,
        points=-row.points,
        key=f"adjust:{row.pk}",
    )
    actor_id = row.requested_by_id or user.pk
    if programme.shortfall == Shortfall.NEGATIVE:
        cover([want], kind=EntryKind.ADJUST, now=now, actor_id=actor_id, reason=row.reason)
    elif queries.spendable(programme.pk, row.customer_id, now=now) < want.points:
        raise NotEnough(_("The customer does not have %(points)d points to spend.") % {"points": want.points})
    else:
        take([want], kind=EntryKind.ADJUST, now=now, usable=VALID, actor_id=actor_id, reason=row.reason)
