"""Reading points: balances, statements with why, and what the merchant owes, by month of expiry."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from guanxi.commerce import queries as commerce
from guanxi.core import preferences
from guanxi.core.money import Minor
from guanxi.loyalty.models import PointsEntry, PointsLot, PointsProgramme
from guanxi.loyalty.points.allocation import LOT, execute
from guanxi.loyalty.points.types import Balance, Line, LotKind, Owed, Points, Shortfall
from guanxi.loyalty.points.words import Words

_OVERDUE = """
SELECT h.lot_id, sum(h.points) AS points FROM loyalty_pointsreservation r
JOIN loyalty_pointshold h ON h.reservation_id = r.id
WHERE r.state = 'held' AND r.expires_at <= %(now)s {whose} GROUP BY h.lot_id
"""
"""Points of lots that are set aside although the time is over; they count as free before anyone gives them back."""
_STANDING = """
SELECT l.programme_id, l.expires_at,
  CASE WHEN l.remaining < 0 THEN 0 ELSE l.held - coalesce(o.points, 0) END AS held,
  greatest(l.remaining, 0) - l.held + coalesce(o.points, 0) AS free,
  greatest(-l.remaining, 0) AS debt, l.valid_from <= %(now)s AS valid
FROM loyalty_pointslot l LEFT JOIN ({overdue}) o ON o.lot_id = l.id
WHERE l.remaining <> 0 AND (l.expires_at IS NULL OR l.expires_at > %(now)s OR l.held > 0) {whose}
"""


def _standing(*, whose: str) -> str:
    overdue = _OVERDUE.format(whose=whose.replace("l.", "r."))
    return _STANDING.format(overdue=overdue, whose=whose)


_FREE = "(expires_at IS NULL OR expires_at > %(now)s)"
_SUMS = f"""
coalesce(sum(free) FILTER (WHERE valid AND {_FREE}), 0)::bigint,
coalesce(sum(free) FILTER (WHERE NOT valid AND {_FREE}), 0)::bigint,
coalesce(sum(held), 0)::bigint, coalesce(sum(debt), 0)::bigint
"""


def spendable(programme_id: int, customer_id: int, *, now: datetime) -> Points:
    """Valid points that are not set aside, less debts; below zero when debts are more."""
    standing = _standing(whose="AND l.customer_id = %(customer)s AND l.programme_id = %(programme)s")
    parameters = {"customer": customer_id, "programme": programme_id, "now": now}
    ((free, _pending, _held, debt),) = execute(f"SELECT {_SUMS} FROM ({standing}) s", parameters)
    return free - debt


def balances(customer_id: int, *, now: datetime) -> list[Balance]:
    """What a customer has in each active programme, and in others where there is something left."""
    parameters = {"customer": customer_id, "now": now}
    standing = _standing(whose="AND l.customer_id = %(customer)s")
    rows = execute(
        f"""WITH standing AS MATERIALIZED ({standing}),
        soonest AS (
          SELECT programme_id, expires_at, sum(free) AS points,
            row_number() OVER (PARTITION BY programme_id ORDER BY expires_at) AS place
          FROM standing WHERE free > 0 AND expires_at > %(now)s GROUP BY programme_id, expires_at
        )
        SELECT s.programme_id, {_SUMS.replace("expires_at", "s.expires_at").replace("sum(free)", "sum(s.free)")},
          min(n.expires_at), coalesce(max(n.points), 0)::bigint
        FROM standing s LEFT JOIN soonest n ON n.programme_id = s.programme_id AND n.place = 1
        GROUP BY s.programme_id""",
        parameters,
    )
    found = {row[0]: row[1:] for row in rows}
    programmes = PointsProgramme.objects.filter(Q(active=True) | Q(pk__in=found)).order_by("-is_default", "name")
    return [_balance(one, found.get(one.pk, (0, 0, 0, 0, None, 0))) for one in programmes]


def _balance(
    programme: PointsProgramme, sums: tuple[int, int, int, int, datetime | None, int] | Sequence[object]
) -> Balance:
    free, pending, held, debt, expiry, expiring = sums
    assert isinstance(free, int) and isinstance(debt, int)
    net = free - debt
    shown = net if programme.shortfall == Shortfall.NEGATIVE else max(0, net)
    return Balance(
        programme_id=programme.pk,
        programme=programme.name,
        spendable=shown,
        pending=pending,  # type: ignore[arg-type]
        held=held,  # type: ignore[arg-type]
        debt=debt,
        next_expiry_at=expiry,  # type: ignore[arg-type]
        next_expiry_points=expiring,  # type: ignore[arg-type]
        worth=worth(programme, max(0, net)),
    )


def worth(programme: PointsProgramme, points: Points) -> Minor:
    """What points take off an order, in minor units of the merchant's currency, rounded down."""
    return points * programme.spend_amount // programme.spend_points


def statement(
    customer_id: int, *, limit: int, before: tuple[datetime, int] | None = None, programme_id: int | None = None
) -> list[Line]:
    """A customer's entries with why, newest first; ``before`` is (at, id) of the last one seen."""
    rows = PointsEntry.objects.filter(customer_id=customer_id).select_related("lot").order_by("-at", "-pk")
    if programme_id is not None:
        rows = rows.filter(programme_id=programme_id)
    if before:
        at, number = before
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=number), at__lte=at)
    return lines(list(rows[:limit]))


def lines(rows: Sequence[PointsEntry]) -> list[Line]:
    """Entries as people read them; a fixed number of queries, however many there are."""
    words = Words.of(rows)
    return [
        Line(
            id=row.pk,
            customer_id=row.customer_id,
            at=row.at,
            kind=row.kind,
            label=row.get_kind_display(),
            points=row.points,
            why=words.why(row),
            order_id=row.order_id,
            programme_id=row.programme_id,
            valid_from=row.lot.valid_from,
            expires_at=row.lot.expires_at,
        )
        for row in rows
    ]


def owed(*, now: datetime, programme_id: int | None = None) -> list[Owed]:
    """Points that customers have, by the month of the merchant's zone in which they expire; those without end last."""
    zone = str(preferences.time_zone())
    whose = "" if programme_id is None else "AND l.programme_id = %(programme)s"
    standing = _STANDING.format(overdue=_OVERDUE.format(whose=""), whose=whose)
    rows = execute(
        f"""SELECT month, sum(free), sum(pending), sum(held), sum(debt), sum((free + pending + held - debt)
            * p.spend_amount / p.spend_points)
        FROM (
          SELECT programme_id,
            date_trunc('month', (expires_at - interval '1 microsecond') AT TIME ZONE %(zone)s) AT TIME ZONE %(zone)s
              AS month,
            CASE WHEN valid AND {_FREE} THEN free ELSE 0 END AS free,
            CASE WHEN NOT valid AND {_FREE} THEN free ELSE 0 END AS pending, held, debt
          FROM ({standing}) s
        ) m JOIN loyalty_pointsprogramme p ON p.id = m.programme_id
        GROUP BY month ORDER BY month""",
        {"now": now, "zone": zone, "programme": programme_id},
    )
    return [
        Owed(
            month=month,
            spendable=int(free),
            pending=int(pending),
            held=int(held),
            debt=int(debt),
            worth=int(worth),
        )
        for month, free, pending, held, debt, worth in rows
    ]


_OF_SHOP = """ AND l.programme_id = (
  SELECT p.id FROM loyalty_pointsprogramme p LEFT JOIN loyalty_programmeshop s ON s.programme_id = p.id
  WHERE p.is_default OR s.shop_id = %(shop_id)s ORDER BY s.shop_id = %(shop_id)s DESC NULLS LAST LIMIT 1)"""


def earned_sql(*, one_shop: bool, some_customers: bool) -> str:
    """A SELECT of what each customer earned in a window, for other parts to join in sets.

    Columns: ``customer_id``; ``points``, less what refunds called back, whatever became of them since, without those
    given by hand; ``first_at``, the first of them. Customers without points have no row. Parameters: ``since`` and
    ``until`` (aware; the end is not part of it), ``shop_id`` when ``one_shop`` (then points of that shop's programme),
    ``customer_ids`` when ``some_customers``.
    """
    among = " AND l.customer_id = ANY(%(customer_ids)s::bigint[])" if some_customers else ""
    among += _OF_SHOP if one_shop else ""
    return (
        "SELECT l.customer_id, sum(l.points - l.reversed)::bigint AS points, min(l.earned_at) AS first_at"
        f" FROM {LOT} l WHERE l.kind NOT IN ('{LotKind.ADJUSTMENT}', '{LotKind.DEBT}')"
        f" AND l.earned_at >= %(since)s AND l.earned_at < %(until)s{among} GROUP BY l.customer_id"
    )


def of_order(order_id: int) -> Points | None:
    """Points that an order has earned and kept so far; None when there were none."""
    lot = PointsLot.objects.filter(order_id=order_id, kind="order").first()
    return None if lot is None else lot.points - lot.reversed


def holders() -> int:
    """How many customers have points or debts."""
    return int(execute(f"SELECT count(DISTINCT customer_id) FROM {LOT} WHERE remaining <> 0", {})[0][0])


def shop_names() -> dict[int, str]:
    return {shop.id: shop.name for shop in commerce.shops()}
