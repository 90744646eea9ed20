"""What the warehouse copies of customers: derived facts and numbers, never personal data."""

from typing import TYPE_CHECKING

from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

if TYPE_CHECKING:
    import ibis

CONSENT_FACTS = {
    "consent_email_marketing": ("email", "marketing"),
    "consent_sms_marketing": ("sms", "marketing"),
}
"""Column: channel and purpose. ``yes``, ``no`` or ``unknown``."""


def consent_facts(tables: Tables) -> "ibis.Table":
    """What each customer said last, by channel; see consents.py for what is recorded at all."""
    import ibis

    entries = tables["consents"]
    newest = ibis.row_number().over(
        ibis.window(
            group_by=[entries.customer_id, entries.channel, entries.purpose],
            order_by=[ibis.desc(entries.at), ibis.desc(entries.consent_id)],
        )
    )
    ranked = entries.mutate(newest=newest)
    last = ranked.filter(ranked.newest == 0)
    said = ibis.ifelse(last.granted, "yes", "no")
    columns = {
        name: said.max(where=(last.channel == channel) & (last.purpose == purpose))
        for name, (channel, purpose) in CONSENT_FACTS.items()
    }
    return last.group_by("customer_id").aggregate(**columns)


export(
    TableSpec(
        name="customers",
        select="""
            SELECT id AS customer_id, gender, birth_year, birth_month, country, region, city, division, language,
                   source, first_shop_id, has_email, has_phone, owner_id, created_at,
                   erased_at IS NOT NULL AS erased, merged_into, party,
                   CASE WHEN roles = '{}' THEN ',consumer,' ELSE ',' || array_to_string(roles, ',') || ',' END
                   AS roles, changed_xact
            FROM customers_customer
        """,
        key="customer_id",
        customer_key="customer_id",
    ),
    TableSpec(
        name="customer_tags",
        select="""
            SELECT c.id AS customer_tag_id, c.customer_id, c.tag_id, t.name AS tag, c.added_at,
                   c.removed_at IS NOT NULL AS removed, c.changed_xact
            FROM customers_customertag c JOIN customers_tag t ON t.id = c.tag_id
        """,
        key="customer_tag_id",
        customer_key="customer_id",
    ),
    TableSpec(
        name="consents",
        select="""
            SELECT id AS consent_id, customer_id, channel, purpose, granted, at, changed_xact
            FROM customers_consententry
        """,
        key="consent_id",
        customer_key="customer_id",
    ),
    TableSpec(
        name="people_batches",
        select="""
            SELECT id AS batch_id, name, occasion, occurred_on, changed_xact FROM customers_peoplebatch
        """,
        key="batch_id",
    ),
    TableSpec(
        name="batch_members",
        select="""
            SELECT id AS batch_member_id, batch_id, customer_id, created, at, changed_xact FROM customers_peoplemember
        """,
        key="batch_member_id",
        customer_key="customer_id",
    ),
    TableSpec(
        name="field_values",
        select="""
            SELECT v.id AS value_id, v.customer_id, v.field_id, v.filled, v.spare, v.text, v.number::float8 AS number,
                   v.day, v.flag, v.choice_id, v.changed_xact
            FROM customers_fieldvalue v
        """,
        key="value_id",
    ),
    FactSpec(
        name="consents", tables=("consents",), build=consent_facts, defaults=dict.fromkeys(CONSENT_FACTS, "unknown")
    ),
)
