"""What the warehouse copies of points: the lots in which there is something, and what each customer has.

``points`` are all of a customer's, those of open return windows included, less debts; whether they can be spent today
depends on the day, so that is asked of the lots.
"""

from typing import TYPE_CHECKING

from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

if TYPE_CHECKING:
    import ibis


def points_facts(tables: Tables) -> "ibis.Table":
    """Points, when the next of them expire, and how many those are."""
    lots = tables["points_lots"]
    left = lots.filter(lots.remaining != 0)
    soonest = (
        left.filter(left.remaining > 0, left.expires_at.notnull())
        .group_by("customer_id")
        .aggregate(points_expire_at=lambda rows: rows.expires_at.min())
    )
    ends = left.left_join(soonest, "customer_id").select(
        left.customer_id, left.remaining, left.expires_at, soonest.points_expire_at
    )
    return ends.group_by("customer_id").aggregate(
        points=ends.remaining.sum(),
        points_expire_at=ends.points_expire_at.min(),
        points_expiring=ends.remaining.sum(where=ends.expires_at == ends.points_expire_at).fill_null(0),
    )


export(
    TableSpec(
        name="points_lots",
        select="""
            SELECT id AS lot_id, programme_id, customer_id, kind, order_id, points, remaining, held, earned_at,
                   valid_from, expires_at, changed_xact
            FROM loyalty_pointslot
        """,
        key="lot_id",
        customer_key="customer_id",
    ),
    FactSpec(
        name="points",
        tables=("points_lots",),
        build=points_facts,
        defaults={"points": 0, "points_expire_at": None, "points_expiring": 0},
    ),
)
