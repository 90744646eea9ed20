"""The rows behind each number of a campaign's result: whoever opens a cell sees exactly what was added up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.reports.campaign_result import ALL_ARMS
from guanxi.analytics.reports.campaign_result_outcomes import orders_in_window, outcomes
from guanxi.marketing.types import CampaignView
from guanxi.warehouse.queries import Snapshot
from guanxi.warehouse.specs import Tables


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the result. ``rows`` says what a row behind it is; ``keep`` picks those that belong to it."""

    label: Promise
    rows: Literal["customers", "orders"]
    keep: Callable[[Any], Any] | None = None


MEASURES: dict[str, Measure] = {
    "customers": Measure(_("Customers"), "customers"),
    "sent": Measure(_("Sent"), "customers", lambda row: row.sent > 0),
    "delivered": Measure(_("Delivered"), "customers", lambda row: row.delivered > 0),
    "opened": Measure(_("Opened"), "customers", lambda row: row.opened > 0),
    "clicked": Measure(_("Clicked"), "customers", lambda row: row.clicked > 0),
    "unsubscribed": Measure(_("Unsubscribed"), "customers", lambda row: row.unsubscribed > 0),
    "buyers": Measure(_("Buyers"), "customers", lambda row: row.orders > 0),
    "orders": Measure(_("Orders"), "orders", lambda row: row.counted),
    "revenue": Measure(_("Revenue"), "orders"),
}

CUSTOMER_COLUMNS = ("customer_id", "arm", "sent", "delivered", "opened", "clicked", "unsubscribed", "orders", "revenue")
ORDER_COLUMNS = ("order_id", "external_id", "shop_id", "customer_id", "arm", "placed_at", "counted", "net_value")
LEFT_OUT_COLUMNS = ("customer_id", "excluded", "assigned_at")


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some of the rows, as dicts of plain values, and how many there are. Money in minor units."""

    total: int
    rows: list[dict[str, Any]]


def rows_behind(
    snapshot: Snapshot, campaign: CampaignView, *, arm: int, measure: str, limit: int | None = None, offset: int = 0
) -> RowPage:
    """Customers or orders behind one cell, those who spent most (or newest orders) first. Raises KeyError."""
    chosen = MEASURES[measure]
    source, columns, order = {
        "customers": (outcomes, CUSTOMER_COLUMNS, ("revenue", "customer_id")),
        "orders": (orders_in_window, ORDER_COLUMNS, ("placed_at", "order_id")),
    }[chosen.rows]
    rows = source(snapshot.tables, campaign_ids=[campaign.id])
    if arm != ALL_ARMS:
        rows = rows.filter(rows.arm == arm)
    else:
        rows = rows.filter(rows.arm.isin([variant.id for variant in campaign.variants]))
    if chosen.keep is not None:
        rows = rows.filter(chosen.keep(rows))
    return _page(snapshot, rows, columns, order, limit, offset)


def left_out(
    snapshot: Snapshot, campaign: CampaignView, *, reason: str = "", limit: int | None = None, offset: int = 0
) -> RowPage:
    """Customers a launch left out, for one reason or for all."""
    rows = _left_out(snapshot.tables, campaign.id)
    rows = rows.filter(rows.excluded == reason) if reason else rows
    return _page(snapshot, rows, LEFT_OUT_COLUMNS, ("customer_id",), limit, offset)


def _left_out(tables: Tables, campaign_id: int) -> Any:
    members = tables["campaign_members"]
    return members.filter(members.campaign_id == campaign_id, members.arm.isnull())


def _page(
    snapshot: Snapshot, rows: Any, columns: tuple[str, ...], order: tuple[str, ...], limit: int | None, offset: int
) -> RowPage:
    total = snapshot.scalar(rows.aggregate(total=rows.count()))
    part = rows.order_by([rows[name].desc() for name in order]).limit(limit, offset=offset).select(*columns)
    return RowPage(int(total), snapshot.execute(part).to_pylist())
