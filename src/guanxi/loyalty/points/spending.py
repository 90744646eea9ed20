"""Spending at tills and in shops: quote, reserve, commit, release.

Each step can be repeated without harm. A reservation sets points of certain lots aside, so that what a till was
promised is there when it commits, whatever else happens to the customer's points; time runs out by itself.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.core import bulk, events, merged, preferences
from guanxi.core.money import Minor
from guanxi.customers.following import hold_still
from guanxi.loyalty.models import PointsReservation
from guanxi.loyalty.points import queries
from guanxi.loyalty.points.allocation import ENTRY, ENTRY_COLUMNS, LOT, VALID, allocate, execute, free, lock, settle
from guanxi.loyalty.points.events import PointsSpent
from guanxi.loyalty.points.programmes import of_shop
from guanxi.loyalty.points.types import (
    BadPoints,
    NoSuch,
    NotEnough,
    Points,
    Quote,
    ReferenceTaken,
    Reservation,
    ReservationState,
    WrongState,
)

MOST = 10**12
LONGEST_HOLD = 24 * 60


def quote(*, customer_id: int, shop_id: int | None, total: Minor, now: datetime) -> Quote:
    """What the customer's points could take off an order of ``total``, in the merchant's currency. Changes nothing.

    Raises NoProgramme.
    """
    programme = of_shop(shop_id)
    spendable = max(0, queries.spendable(programme.pk, customer_id, now=now))
    allowed = total * programme.spend_share // 100
    covering = allowed * programme.spend_points // programme.spend_amount if programme.spend_amount else 0
    points, why = min(spendable, covering), ""
    if points < spendable:
        why = _("Points may cover at most %(share)d%% of an order.") % {"share": programme.spend_share}
    if points < programme.spend_minimum:
        points, why = 0, _("At least %(points)d points are spent at once.") % {"points": programme.spend_minimum}
    return Quote(
        spendable=spendable,
        points=points,
        discount=queries.worth(programme, points),
        currency=preferences.currency(),
        why=why,
    )


def reserve(
    *, customer_id: int, shop_id: int, points: Points, reference: str, now: datetime, minutes: int | None = None
) -> Reservation:
    """Set points aside for a till. The same ``reference`` of the same shop again gives the same reservation.

    The first-expiring points are set aside; ``minutes`` is how long, the programme's when None. Raises NoProgramme,
    BadPoints, NotEnough, and ReferenceTaken when the reference was used for another customer or number.
    """
    programme = of_shop(shop_id)
    if not 0 < points <= MOST or points < programme.spend_minimum:
        raise BadPoints(
            _("At least %(points)d points are spent at once.") % {"points": max(1, programme.spend_minimum)}
        )
    length = timedelta(minutes=programme.hold_minutes if minutes is None else min(minutes, LONGEST_HOLD))
    with transaction.atomic():
        hold_still()
        customer_id = merged.now([customer_id]).get(customer_id, customer_id)
        asked = (customer_id, points)
        lock([(programme.pk, customer_id)], now=now)
        if found := _named(shop_id, reference, asked):
            return view(found)
        if queries.spendable(programme.pk, customer_id, now=now) < points:
            raise NotEnough(_("The customer does not have %(points)d points to spend.") % {"points": points})
        try:
            with transaction.atomic():
                made = PointsReservation.objects.create(
                    programme=programme,
                    customer_id=customer_id,
                    shop_id=shop_id,
                    reference=reference,
                    points=points,
                    made_at=now,
                    expires_at=now + length,
                )
        except IntegrityError:  # the same reference for another customer, at the same moment
            found = _named(shop_id, reference, asked)
            assert found is not None
            return view(found)
        execute(
            f"""WITH {
                allocate(
                    "SELECT 1 AS n, %(programme)s::bigint AS programme_id, %(customer)s::bigint AS customer_id,"
                    " %(customer)s::bigint AS origin_customer_id, %(points)s::bigint AS points",
                    usable=VALID,
                )
            },
            held AS (
              INSERT INTO loyalty_pointshold (reservation_id, lot_id, points)
              SELECT %(reservation)s, lot_id, points FROM taken
            )
            UPDATE {LOT} l SET held = held + t.points FROM taken t WHERE l.id = t.lot_id""",
            {
                "programme": programme.pk,
                "customer": customer_id,
                "points": points,
                "reservation": made.pk,
                "now": now,
            },
        )
    return view(made)


def commit(reservation_id: int, *, now: datetime) -> Reservation:
    """Spend what was set aside. Again it changes nothing. Raises NoSuch, and WrongState when it was given back."""
    with transaction.atomic():
        row = _locked(reservation_id, now=now)
        if row.state == ReservationState.COMMITTED:
            return view(row)
        if row.state == ReservationState.HELD and row.expires_at > now:
            _spend(row, now=now)
            return _ended(row, ReservationState.COMMITTED, now)
    raise WrongState(_("These points are not set aside any more. Reserve them again."))


def release(reservation_id: int, *, now: datetime) -> Reservation:
    """Give back what was set aside. Again it changes nothing. Raises NoSuch, and WrongState when it is spent."""
    with transaction.atomic():
        row = _locked(reservation_id, now=now)
        if row.state == ReservationState.COMMITTED:
            raise WrongState(_("These points are spent."))
        if row.state != ReservationState.HELD:
            return view(row)
        free("id = %(reservation)s", "released", now=now, reservation=row.pk)
        settle([row.customer_id], now=now)
        row.refresh_from_db()
        return view(row)


def release_overdue(*, now: datetime, limit: int = 5000) -> int:
    """Give back what tills forgot. Returns how many reservations."""
    with transaction.atomic():
        overdue = list(
            PointsReservation.objects.filter(state=ReservationState.HELD, expires_at__lte=now)
            .order_by("expires_at")
            .values_list("programme_id", "customer_id")[:limit]
        )
        lock(overdue, now=now)
        settle(sorted({customer for _programme, customer in overdue}), now=now)
    return len(overdue)


def release_parted(customer_ids: Collection[int], now: datetime) -> None:
    """After merges were undone: give back what tills set aside of points that are now another customer's.

    Called by following. A till that was promised points of two customers who are told apart again has to ask anew; so
    both get back exactly what was theirs, and no reservation ever holds points of another customer.
    """
    numbers = bulk.numbers(customer_ids)
    parted = (
        "id IN (SELECT r.id FROM loyalty_pointsreservation r JOIN loyalty_pointshold h ON h.reservation_id = r.id"
        f" JOIN {LOT} l ON l.id = h.lot_id WHERE r.state = 'held' AND r.customer_id = ANY(%(customers)s::bigint[])"
        " AND l.customer_id <> r.customer_id)"
    )
    if free(parted, ReservationState.RELEASED.value, now=now, customers=numbers):
        settle(sorted(customer_ids), now=now)


def one(reservation_id: int) -> Reservation:
    """Raises NoSuch."""
    return view(_row(reservation_id))


def view(row: PointsReservation) -> Reservation:
    return Reservation(
        id=row.pk,
        reference=row.reference,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        points=row.points,
        discount=queries.worth(row.programme, row.points),
        currency=preferences.currency(),
        state=row.state,
        made_at=row.made_at,
        expires_at=row.expires_at,
    )


def _row(reservation_id: int) -> PointsReservation:
    found = PointsReservation.objects.select_related("programme").filter(pk=reservation_id).first()
    if found is None:
        raise NoSuch(_("There is no such reservation."))
    return found


def _locked(reservation_id: int, *, now: datetime) -> PointsReservation:
    """The reservation, with its customer's points locked; a merge may give it another customer while we wait."""
    row = _row(reservation_id)
    while True:
        lock([(row.programme_id, row.customer_id)], now=now)
        again = _row(reservation_id)
        if again.customer_id == row.customer_id:
            return again
        row = again


def _named(shop_id: int, reference: str, asked: tuple[int, Points]) -> PointsReservation | None:
    found = PointsReservation.objects.select_related("programme").filter(shop_id=shop_id, reference=reference).first()
    if found and (found.customer_id, found.points) != asked:
        raise ReferenceTaken(_("This reference was used for another reservation."))
    return found


def _ended(row: PointsReservation, state: ReservationState, now: datetime) -> Reservation:
    row.state, row.ended_at = state, now
    row.save(update_fields=["state", "ended_at"])
    return view(row)


def _spend(row: PointsReservation, *, now: datetime) -> None:
    execute(
        f"""WITH held AS MATERIALIZED (
          SELECT lot_id, points FROM loyalty_pointshold WHERE reservation_id = %(reservation)s
        ),
        changed AS (
          UPDATE {LOT} l SET held = l.held - h.points, remaining = l.remaining - h.points FROM held h
          WHERE l.id = h.lot_id
        )
        INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
        SELECT l.programme_id, l.customer_id, l.origin_customer_id, l.id, 'spend:' || %(reservation)s || ':' || l.id,
          'spend', -h.points, %(now)s, NULL, NULL, '',
          jsonb_build_object('shop_id', %(shop)s::bigint, 'reference', %(reference)s::text)
        FROM held h JOIN {LOT} l ON l.id = h.lot_id""",
        {"reservation": row.pk, "now": now, "shop": row.shop_id, "reference": row.reference},
    )
    spent = PointsSpent(
        customer_id=row.customer_id,
        subject_id=row.pk,
        occurred_at=now,
        programme_id=row.programme_id,
        points=-row.points,
        shop_id=row.shop_id,
    )
    events.publish([spent], now=now)
