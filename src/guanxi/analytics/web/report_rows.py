"""The orders or customers behind a number."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics import queries
from guanxi.analytics.queries import BadParameters, NoSnapshot, NoSuchCell, Trace
from guanxi.analytics.reports.base import COUNT, MONEY, ORDERS, Cell
from guanxi.analytics.reports.words import period_words, plain, shown
from guanxi.analytics.web.report_page import find
from guanxi.analytics.web.shown import query_of
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.core.web.tables import Column, Query
from guanxi.customers import queries as customers

KEPT = ("period", "from", "to", "shop", "grain", "by", "table", "column", "key")
STATUSES = {
    "unpaid": gettext_lazy("Unpaid"),
    "paid": gettext_lazy("Paid"),
    "shipped": gettext_lazy("Shipped"),
    "completed": gettext_lazy("Completed"),
    "cancelled": gettext_lazy("Cancelled"),
    "refunded": gettext_lazy("Refunded"),
}


class TracedSource:
    """Rows for the list kit, with the names that this person may see."""

    def __init__(self, trace: Trace, *, names: bool) -> None:
        self.trace = trace
        self.names = names
        self.shops = queries.shops() if trace.rows.kind == ORDERS else {}

    def page(self, query: Query, *, offset: int, limit: int) -> Sequence[dict[str, Any]]:
        rows = self.trace.fetch(sort=query.sort or "-amount", limit=limit, offset=offset)
        ids = [row["customer_id"] for row in rows if row["customer_id"]] if self.names else []
        names = {card.id: card.name for card in customers.profiles(ids)}
        return [self._dressed(row, names) for row in rows]

    def count(self, query: Query, *, most: int) -> int:
        return min(self.trace.count, most)

    def iterate(self, query: Query) -> Iterator[dict[str, Any]]:
        for row in self.trace.fetch(sort=query.sort or "-amount"):
            yield self._dressed(row, {})

    def pick(self, ids: Sequence[str]) -> Sequence[dict[str, Any]]:
        return []

    def _dressed(self, row: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
        currency, unit = self.trace.run.currency, self.trace.rows.unit
        number = row["customer_id"]
        name = names.get(number) or (_("No. %(number)d") % {"number": number} if number else _("Guest"))
        amount = {
            "amount_text": shown(row["amount"], unit, currency),
            "amount_plain": plain(row["amount"], unit, currency),
        }
        dressed = {**row, **amount, "customer": name}
        if self.trace.rows.kind == ORDERS:
            credit_note = row["kind"] == "credit_note"
            dressed["shop"] = self.shops.get(row["shop_id"], "")
            dressed["state"] = _("Credit note") if credit_note else STATUSES.get(row["status"], row["status"])
            dressed["total_text"] = shown(row["total"], MONEY, row["currency"])
            dressed["total_plain"] = plain(row["total"], MONEY, row["currency"])
        return dressed


def _customer(row: dict[str, Any]) -> str:
    return reverse("customers:page", args=[row["customer_id"]]) if row["customer_id"] else ""


def _order(row: dict[str, Any]) -> str:
    return reverse("commerce:order", args=[row["order_id"]])


def _orders_table(label: str, *, orders: bool, people: bool) -> tables.Table:
    """``orders`` and ``people`` say whether this person may open their pages."""
    return tables.Table(
        name="report_orders",
        columns=[
            Column(key="external_id", label=gettext_lazy("Order"), link=_order if orders else None),
            Column(key="placed_at", label=gettext_lazy("Placed"), sort="placed_at"),
            Column(key="shop", label=gettext_lazy("Shop")),
            Column(
                key="customer", label=gettext_lazy("Customer"), csv="customer_id", link=_customer if people else None
            ),
            Column(key="state", label=gettext_lazy("State")),
            Column(key="total", label=gettext_lazy("Total"), cell="total_text", csv="total_plain", align="end"),
            Column(key="currency", label=gettext_lazy("Currency"), shown=False),
            Column(key="amount", label=label, cell="amount_text", csv="amount_plain", align="end", sort="amount"),
        ],
        default_sort="-amount",
        row_id="order_id",
        keep=KEPT,
        empty=tables.Empty(title=gettext_lazy("No orders are behind this number")),
    )


def _customers_table(label: str, *, orders: bool, people: bool) -> tables.Table:
    return tables.Table(
        name="report_customers",
        columns=[
            Column(
                key="customer", label=gettext_lazy("Customer"), csv="customer_id", link=_customer if people else None
            ),
            Column(key="orders", label=gettext_lazy("Orders"), align="end", sort="orders"),
            Column(key="amount", label=label, cell="amount_text", csv="amount_plain", align="end", sort="amount"),
            Column(key="first_order_at", label=gettext_lazy("First order"), sort="first_order_at"),
            Column(key="last_order_at", label=gettext_lazy("Last order"), sort="last_order_at"),
        ],
        default_sort="-amount",
        row_id="customer_id",
        keep=KEPT,
        empty=tables.Empty(title=gettext_lazy("No customers are behind this number")),
    )


@requires("analytics.view")
def show(request: HttpRequest, name: str) -> HttpResponseBase:
    report = find(name)
    cell = Cell(*(request.GET.get(part, "") for part in ("column", "table", "key")))
    now = timezone.now()
    try:
        trace = queries.trace(name, request.GET, cell, now=now, user=actor(request))
    except BadParameters as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    except (NoSuchCell, NoSnapshot):
        raise Http404 from None
    people = actor(request).may("customers.view")
    make = _orders_table if trace.rows.kind == ORDERS else _customers_table
    label = _("Units") if trace.rows.unit != MONEY else _("Amount")
    table = make(label, orders=actor(request).may("commerce.view"), people=people)
    address = reverse(f"analytics:{name}")
    query = urlencode(query_of(trace.run))
    context = {
        "report": report,
        "trace": trace,
        "back": f"{address}?{query}" if query else address,
        "count": shown(trace.count, COUNT, trace.run.currency),
        "total": shown(_whole(trace), trace.rows.unit, trace.run.currency),
        "period": period_words(trace.run.params.period) if "period" in report.parameters else "",
        "of_orders": trace.rows.kind == ORDERS,
    }
    return tables.respond(
        request, table, TracedSource(trace, names=people), template="analytics/rows.html", context=context
    )


def _whole(trace: Trace) -> float:
    return round(trace.total) if trace.rows.unit == MONEY else trace.total
