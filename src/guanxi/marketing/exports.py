"""What the warehouse copies of campaigns: who was in which arm, and until when their orders count."""

from guanxi.warehouse.specs import TableSpec, export

export(
    TableSpec(
        name="campaign_members",
        select="""
            SELECT m.id AS member_id, m.campaign_id, m.customer_id,
                   CASE WHEN m.excluded = '' THEN COALESCE(m.variant_id, 0) END AS arm,
                   m.excluded, m.assigned_at,
                   m.assigned_at + make_interval(hours => 24 * c.window_days) AS window_ends_at,
                   m.changed_xact
            FROM marketing_campaignmember m JOIN marketing_campaign c ON c.id = m.campaign_id
        """,
        key="member_id",
    )
)
