"""Who would move where: the draft is saved in a transaction that is never committed, and the engine's plan read."""

from datetime import datetime

from django.db import connection, transaction

from guanxi.commerce import queries as commerce
from guanxi.loyalty.models.tiers import Tier, TierProgramme
from guanxi.loyalty.tiers import engine, services
from guanxi.loyalty.tiers.checks import check
from guanxi.loyalty.tiers.rules import rules_of
from guanxi.loyalty.tiers.types import Cell, Preview, ProgrammeDraft

SHOWN = 20
"""Customers named in each cell."""
CELLS = """
WITH moves AS (
  SELECT customer_id, from_tier_id, from_tier_id IS DISTINCT FROM to_tier_id AS at_once, loses_on,
    CASE WHEN from_tier_id IS DISTINCT FROM to_tier_id THEN to_tier_id ELSE later_tier_id END AS target
  FROM tier_plan
  WHERE from_tier_id IS DISTINCT FROM to_tier_id OR loses_on IS NOT NULL AND later_tier_id IS DISTINCT FROM to_tier_id
), placed AS (
  SELECT *, row_number() OVER (PARTITION BY from_tier_id, target ORDER BY customer_id) AS place FROM moves
)
SELECT from_tier_id, target, count(*) FILTER (WHERE at_once), count(*) FILTER (WHERE NOT at_once),
  min(loses_on) FILTER (WHERE NOT at_once), string_agg(customer_id::text, ',' ORDER BY place)
    FILTER (WHERE place <= %(shown)s)
FROM placed GROUP BY from_tier_id, target
"""
HELD = """
SELECT tier_id, count(*) FROM loyalty_tiermember
WHERE programme_id = %s AND NOT spare AND tier_id IS NOT NULL GROUP BY tier_id
"""


def preview(draft: ProgrammeDraft, *, programme_id: int | None = None, now: datetime) -> Preview:
    """What `services.save_programme` would do with this draft at this moment. Nothing is changed.

    Raises BadProgramme, UnknownProgramme.
    """
    check(draft, programme_id=programme_id, shop_ids={shop.id for shop in commerce.shops()})
    with transaction.atomic():
        programme = services.locked(programme_id) if programme_id else TierProgramme(created_at=now)
        before = list(Tier.objects.filter(programme=programme_id, removed_at=None)) if programme_id else []
        services.write_draft(programme, draft, now=now)
        engine.plan(rules_of(programme, now=now))
        found = _read(programme.pk, before, now)
        transaction.set_rollback(True)
    return found


def _read(programme_id: int, before: list[Tier], now: datetime) -> Preview:
    after = list(Tier.objects.filter(programme=programme_id, removed_at=None))
    with connection.cursor() as cursor:
        cursor.execute(CELLS, {"shown": SHOWN})
        cells = {
            (source, target): Cell(
                from_tier=source,
                to_tier=target,
                now=at_once,
                later=later,
                first_on=first_on,
                customer_ids=[int(number) for number in ids.split(",")],
            )
            for source, target, at_once, later, first_on, ids in cursor.fetchall()
        }
        cursor.execute(HELD, [programme_id])
        staying: dict[int | None, int] = dict(cursor.fetchall())
    for (source, _target), cell in cells.items():
        if source is not None:
            staying[source] = staying.get(source, 0) - cell.count
    return Preview(
        at=now,
        cells=cells,
        staying=staying,
        names={tier.pk: tier.name for tier in [*before, *after]},
        before=[None, *(tier.pk for tier in before)],
        after=[None, *(tier.pk for tier in after)],
    )
