"""What the warehouse gets of tiers."""

from typing import TYPE_CHECKING

from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

if TYPE_CHECKING:
    import ibis


def tier_facts(tables: Tables) -> "ibis.Table":
    """The tier of each customer in the programme for all shops; shops' own ones are in ``tier_members``."""
    members = tables["tier_members"]
    held = members.filter(members.tier_id.notnull() & members.shop_id.isnull() & ~members.spare)
    return held.group_by("customer_id").aggregate(
        tier=held.tier.argmax(held.tier_rank), tier_rank=held.tier_rank.max(), tier_since=held.since.max()
    )


export(
    TableSpec(
        name="tiers",
        select="""
            SELECT t.id AS tier_id, t.programme_id, t.name, t.rank, t.removed_at IS NULL AS in_use, t.changed_xact
            FROM loyalty_tier t
        """,
        key="tier_id",
    ),
    TableSpec(
        name="tier_programmes",
        select="""
            SELECT id AS programme_id, name, shop_id, closed_at IS NULL AS in_use, changed_xact
            FROM loyalty_tierprogramme
        """,
        key="programme_id",
    ),
    TableSpec(
        name="tier_members",
        select="""
            SELECT m.id AS member_id, m.programme_id, p.shop_id, m.customer_id, m.tier_id, t.name AS tier,
              t.rank AS tier_rank, m.since, m.spare, m.changed_xact
            FROM loyalty_tiermember m JOIN loyalty_tierprogramme p ON p.id = m.programme_id
            LEFT JOIN loyalty_tier t ON t.id = m.tier_id
        """,
        key="member_id",
        customer_key="customer_id",
    ),
    FactSpec(
        name="tiers",
        tables=("tier_members",),
        build=tier_facts,
        defaults={"tier": "", "tier_rank": 0, "tier_since": None},
    ),
)
