"""What the warehouse copies of visitors who are known, and the facts it derives of them for each customer."""

from typing import Any

from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

VISITORS = """
SELECT id AS visitor_id, customer_id, site_id, source, medium, first_seen_at, last_seen_at, visits, pages, products,
       searches, carts, orders, forms, heat,
       (SELECT s.device FROM visits_session s WHERE s.visitor_id = v.id ORDER BY s.started_at DESC LIMIT 1) AS device,
       changed_xact
FROM visits_visitor v WHERE known_since IS NOT NULL
"""


def visit_facts(tables: Tables) -> Any:
    """Visits of each customer over all their browsers. ``site_heat`` is points as they are worth at scoring.EPOCH, so
    it changes only when something happens and still orders customers as their points of today would."""
    visitors = tables["visitors"]
    known = visitors.filter(visitors.customer_id.notnull())
    return known.group_by("customer_id").aggregate(
        site_visits=known.visits.sum(),
        site_products=known.products.sum(),
        site_carts=known.carts.sum(),
        site_heat=known.heat.sum(),
        first_visit_at=known.first_seen_at.min(),
        last_visit_at=known.last_seen_at.max(),
    )


export(
    TableSpec(name="visitors", select=VISITORS, key="visitor_id", customer_key="customer_id"),
    FactSpec(
        name="visits",
        tables=("visitors",),
        build=visit_facts,
        defaults={
            "site_visits": 0,
            "site_products": 0,
            "site_carts": 0,
            "site_heat": 0.0,
            "first_visit_at": None,
            "last_visit_at": None,
        },
    ),
)
