"""The customers or orders behind a number of a campaign's result."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.reports import campaign_result_read as read
from guanxi.analytics.reports.campaign_result import ALL_ARMS, arm_of_key
from guanxi.analytics.reports.campaign_result_rows import MEASURES, RowPage, left_out, rows_behind
from guanxi.analytics.reports.campaign_result_words import amount
from guanxi.core import money, preferences
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.core.web.tables import Column, Query
from guanxi.customers import queries as customers
from guanxi.marketing import queries as marketing
from guanxi.marketing.types import CONTROL_ARM, CampaignView
from guanxi.messaging.types import Eligibility
from guanxi.warehouse import queries as warehouse

LEFT_OUT = "left-out"
MERGED = "merged"
"""Why someone is left out who was in the campaign twice; see marketing/exports.py."""
CSV_PAGE = 5_000


class ResultRows:
    """Rows of one cell for the list kit, with the names that this person may see."""

    def __init__(self, campaign: CampaignView, arm: int | None, measure: str, *, names: bool) -> None:
        self.campaign, self.arm, self.measure, self.names = campaign, arm, measure, names
        self.currency = preferences.currency()
        self.arms = {one.id: one.name for one in campaign.variants} | {CONTROL_ARM: _("Control group")}
        self.reasons = {**dict(Eligibility.choices), MERGED: _("Merged with another customer")}

    def page(self, query: Query, *, offset: int, limit: int) -> Sequence[dict[str, Any]]:
        return self._dressed(self._fetch(offset=offset, limit=limit).rows, names=self.names)

    def count(self, query: Query, *, most: int) -> int:
        return min(self._fetch(offset=0, limit=1).total, most)

    def iterate(self, query: Query) -> Iterator[dict[str, Any]]:
        offset = 0
        while rows := self._fetch(offset=offset, limit=CSV_PAGE).rows:
            yield from self._dressed(rows, names=False)
            offset += len(rows)

    def pick(self, ids: Sequence[str]) -> Sequence[dict[str, Any]]:
        return []

    def _fetch(self, *, offset: int, limit: int) -> RowPage:
        snapshot = warehouse.snapshot()
        if self.arm is None:
            return left_out(snapshot, self.campaign, limit=limit, offset=offset)
        return rows_behind(snapshot, self.campaign, arm=self.arm, measure=self.measure, limit=limit, offset=offset)

    def _dressed(self, rows: Sequence[dict[str, Any]], *, names: bool) -> list[dict[str, Any]]:
        ids = [row["customer_id"] for row in rows] if names else []
        known = {card.id: card.name for card in customers.profiles(ids)}
        nameless = _("No. %(number)d")
        return [
            {
                **row,
                "customer": known.get(row["customer_id"]) or nameless % {"number": row["customer_id"]},
                "group": self.arms.get(row.get("arm"), ""),  # type: ignore[arg-type]
                "money": amount(row.get("revenue", row.get("net_value")), self.currency),
                "money_plain": self._plain(row.get("revenue", row.get("net_value"))),
                "why": str(self.reasons.get(row.get("excluded", ""), "")),
                **{name: bool(row.get(name)) for name in ("delivered", "opened", "clicked")},
            }
            for row in rows
        ]

    def _plain(self, value: int | None) -> Any:
        return None if value is None else money.to_decimal(value, self.currency)


def _customer(row: dict[str, Any]) -> str:
    return reverse("customers:page", args=[row["customer_id"]])


def _order(row: dict[str, Any]) -> str:
    return reverse("commerce:order", args=[row["order_id"]])


def _table(kind: str, *, orders: bool, people: bool) -> tables.Table:
    """``orders`` and ``people`` say whether this person may open their pages."""
    customer = Column(
        key="customer", label=gettext_lazy("Customer"), csv="customer_id", link=_customer if people else None
    )
    group = Column(key="group", label=gettext_lazy("Group"))
    columns = {
        "customers": [
            customer,
            group,
            Column(key="delivered", label=gettext_lazy("Delivered")),
            Column(key="opened", label=gettext_lazy("Opened")),
            Column(key="clicked", label=gettext_lazy("Clicked")),
            Column(key="orders", label=gettext_lazy("Orders"), align="end"),
            Column(key="revenue", label=gettext_lazy("Revenue"), cell="money", csv="money_plain", align="end"),
        ],
        "orders": [
            Column(key="external_id", label=gettext_lazy("Order"), link=_order if orders else None),
            Column(key="placed_at", label=gettext_lazy("Placed")),
            customer,
            group,
            Column(key="net_value", label=gettext_lazy("Net value"), cell="money", csv="money_plain", align="end"),
        ],
        LEFT_OUT: [customer, Column(key="why", label=gettext_lazy("Reason"))],
    }[kind]
    return tables.Table(
        name=f"campaign_{kind.replace('-', '_')}",
        columns=columns,
        row_id="order_id" if kind == "orders" else "customer_id",
        export_permission="customers.export",
        empty=tables.Empty(title=gettext_lazy("No rows are behind this number")),
    )


@requires("marketing.view")
def show(request: HttpRequest, campaign_id: int, arm: str, measure: str) -> HttpResponseBase:
    """The rows behind one cell; arm ``left-out`` has those who were in no group."""
    try:
        campaign = read.launched(campaign_id)
        number = None if arm == LEFT_OUT else arm_of_key(arm, campaign)
        kind = LEFT_OUT if number is None else MEASURES[measure].rows
        warehouse.snapshot()
    except (marketing.NoCampaign, read.NotLaunched, KeyError, warehouse.NoSnapshot):
        raise Http404 from None
    may_see = actor(request).may("customers.view")
    table = _table(kind, orders=actor(request).may("commerce.view"), people=may_see)
    rows = ResultRows(campaign, number, measure, names=may_see)
    group = _("All variants") if number == ALL_ARMS else "" if number is None else rows.arms[number]
    context = {
        "campaign": campaign,
        "group": group,
        "measure": _("Left out") if number is None else MEASURES[measure].label,
    }
    return tables.respond(request, table, rows, template="analytics/campaign_rows.html", context=context)
