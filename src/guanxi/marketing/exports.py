"""What the warehouse copies of campaigns: who was in which arm, and until when their orders count.

A customer who was in a campaign twice, because two were merged since, counts once: in the place of the one who stayed.
"""

from guanxi.warehouse.specs import TableSpec, export

export(
    TableSpec(
        name="campaign_members",
        select="""
            SELECT m.id AS member_id, m.campaign_id, m.customer_id,
                   CASE WHEN m.excluded = '' AND NOT twice.is_so THEN COALESCE(m.variant_id, 0) END AS arm,
                   CASE WHEN twice.is_so THEN 'merged' ELSE m.excluded END AS excluded, m.assigned_at,
                   m.assigned_at + make_interval(hours => 24 * c.window_days) AS window_ends_at,
                   m.changed_xact
            FROM marketing_campaignmember m JOIN marketing_campaign c ON c.id = m.campaign_id
            CROSS JOIN LATERAL (SELECT m.origin_customer_id IS NOT NULL AND EXISTS (
              SELECT FROM marketing_campaignmember o WHERE o.campaign_id = m.campaign_id
                AND o.customer_id = m.customer_id AND o.id <> m.id
                AND (o.origin_customer_id IS NULL OR o.id < m.id)) AS is_so) twice
        """,
        key="member_id",
    )
)
