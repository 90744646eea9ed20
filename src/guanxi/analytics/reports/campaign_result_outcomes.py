"""What became of each customer in a campaign, as one set; every number of the result is a sum over these rows.

Definitions, the same for all arms:

- *customers*: everyone assigned to the arm, reached or not (intention to treat), because leaving out those whom a
  message did not reach would compare unlike groups.
- *window*: from the moment of assignment (to the microsecond) until ``window_days`` times 24 hours later, end excluded.
- *orders*: sales that count (paid, shipped, completed or refunded, with a total above zero) placed in the window.
- *revenue*: net value of those orders, that is value less what has been refunded up to today, plus the (negative) value
  of credit notes dated in the window; minor units of the merchant's currency.
- *delivered*: sent and not bounced; *opened* and *clicked*: at least once.
"""

from collections.abc import Sequence
from typing import Any

from guanxi.warehouse.specs import Tables

CONTROL = 0
"""Number of the arm that is sent nothing; other arms carry the id of their variant."""

SQUARABLE = "decimal(19, 0)"
"""A 64-bit amount as a decimal whose square still fits into 38 digits."""


def outcomes(tables: Tables, *, campaign_ids: Sequence[int]) -> Any:
    """One row per customer in an arm of these campaigns.

    Columns: member_id, campaign_id, customer_id, arm, assigned_at, sent, delivered, opened, clicked, unsubscribed
    (0 or 1), orders, revenue, unpriced (counted orders without an exchange rate, which bring no revenue).
    """
    import ibis

    members = tables["campaign_members"]
    members = members.filter(members.campaign_id.isin(list(campaign_ids)), members.arm.notnull())
    people = members.select("member_id", "campaign_id", "customer_id", "arm", "assigned_at")
    reached = _reached(tables["messages"], campaign_ids)
    bought = _bought(orders_in_window(tables, campaign_ids=campaign_ids))
    joined = people.left_join(
        reached, [people.campaign_id == reached.of_campaign, people.customer_id == reached.to_customer]
    ).left_join(bought, [people.member_id == bought.buyer])
    counts = ("sent", "delivered", "opened", "clicked", "unsubscribed", "orders", "revenue", "unpriced")
    return joined.select(
        *people.columns, **{name: ibis.coalesce(joined[name], ibis.literal(0)).cast("int64") for name in counts}
    )


def orders_in_window(tables: Tables, *, campaign_ids: Sequence[int]) -> Any:
    """One row per order or credit note that counts for a customer in an arm of these campaigns.

    Columns: member_id, campaign_id, customer_id, arm, order_id, external_id, shop_id, placed_at, counted (a sale, not a
    credit note), net_value (null without an exchange rate).
    """
    members, orders = tables["campaign_members"], tables["orders"]
    members = members.filter(members.campaign_id.isin(list(campaign_ids)), members.arm.notnull()).select(
        "member_id", "campaign_id", "arm", "assigned_at", "window_ends_at", member_customer="customer_id"
    )
    orders = orders.filter(orders.customer_id.notnull(), orders.counted | (orders.kind == "credit_note")).select(
        "order_id", "external_id", "shop_id", "customer_id", "placed_at", "counted", "net_value"
    )
    joined = members.join(orders, [members.member_customer == orders.customer_id])
    return joined.filter(joined.placed_at >= joined.assigned_at, joined.placed_at < joined.window_ends_at).select(
        "member_id",
        "campaign_id",
        "customer_id",
        "arm",
        "order_id",
        "external_id",
        "shop_id",
        "placed_at",
        "counted",
        "net_value",
    )


def _bought(orders: Any) -> Any:
    import ibis

    sale = orders.counted.cast("int64")
    return orders.group_by(buyer=orders.member_id).aggregate(
        orders=sale.sum(),
        revenue=ibis.coalesce(orders.net_value, ibis.literal(0)).cast("int64").sum(),
        unpriced=(orders.counted & orders.net_value.isnull()).cast("int64").sum(),
    )


def _reached(messages: Any, campaign_ids: Sequence[int]) -> Any:
    ours = messages.filter(messages.source_kind == "campaign", messages.source_id.isin(list(campaign_ids)))
    sent = ours.sent_at.notnull()
    return ours.group_by(of_campaign=ours.source_id, to_customer=ours.customer_id).aggregate(
        sent=sent.cast("int64").max(),
        delivered=(sent & ours.bounced_at.isnull()).cast("int64").max(),
        opened=ours.opened_at.notnull().cast("int64").max(),
        clicked=ours.clicked_at.notnull().cast("int64").max(),
        unsubscribed=ours.unsubscribed_at.notnull().cast("int64").max(),
    )


def totals(rows: Any) -> Any:
    """``outcomes`` summed by campaign and arm, with sums of squares for the intervals."""
    orders, revenue = (rows[name].cast(SQUARABLE) for name in ("orders", "revenue"))
    return rows.group_by("campaign_id", "arm").aggregate(
        customers=rows.count(),
        **{name: rows[name].sum() for name in ("sent", "delivered", "opened", "clicked", "unsubscribed", "unpriced")},
        buyers=(rows.orders > 0).cast("int64").sum(),
        orders=rows.orders.sum(),
        orders_squares=(orders * orders).sum(),
        revenue=rows.revenue.sum(),
        revenue_squares=(revenue * revenue).sum(),
    )
