"""Website visitors: how many, from where, and which products they want (voice M6)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core import preferences
from guanxi.core.csv import lines
from guanxi.core.permissions import requires
from guanxi.core.web.charts import unit
from guanxi.visits import queries
from guanxi.visits.models import Site
from guanxi.visits.queries import DayRow, SourceRow, Wanted
from guanxi.visits.web.potential import definition
from guanxi.visits.web.words import medium_name, source_name

PERIODS = {7: gettext_lazy("7 days"), 30: gettext_lazy("30 days"), 90: gettext_lazy("90 days")}
USUAL = 30


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, PERIODS) else USUAL


@requires("visits.view")
def visitors(request: HttpRequest) -> HttpResponse:
    """Numbers of everybody, known or not; the customers among them link to their list."""
    if not Site.objects.exists():
        return render(request, "visits/not_installed.html", {"heading": _("Website visitors")})
    now, days = timezone.now(), _days(request)
    sources = queries.sources(now=now, days=days)
    products = queries.wanted("product", now=now)
    context = {
        "days": days,
        "periods": [(number, label, number == days) for number, label in PERIODS.items()],
        "totals": queries.totals(now=now, days=days),
        "sources": [(source_name(row.source), medium_name(row.medium), row) for row in sources],
        "sources_chart": sources_chart(sources),
        "days_chart": days_chart(queries.by_day(now=now, days=days, zone=str(preferences.time_zone()))),
        "products": [(one, _list_of("product", one)) for one in products],
        "products_chart": wanted_chart(products),
        "categories": [(one, _list_of("category", one)) for one in queries.wanted("category", now=now)],
        "searches": queries.wanted("search", now=now),
        **definition(),
    }
    return render(request, "visits/visitors.html", context)


@requires("visits.view")
def sources_csv(request: HttpRequest) -> HttpResponse:
    """The numbers by source as a file."""
    head = [_("Source"), _("Kind"), _("Visits"), _("Visitors"), _("Known"), _("With a cart"), _("With an order")]
    rows = queries.sources(now=timezone.now(), days=_days(request), limit=10_000)
    records = [
        [source_name(one.source), medium_name(one.medium), one.visits, one.visitors, one.known, one.carts, one.orders]
        for one in rows
    ]
    return _file("sources", [head, *records])


@requires("visits.view")
def wanted_csv(request: HttpRequest) -> HttpResponse:
    """The wanted products as a file."""
    head = [_("Code"), _("Product"), _("Interest"), _("Visitors"), _("Known"), _("Put in the cart")]
    rows = queries.wanted("product", now=timezone.now(), limit=10_000)
    records = [[one.key, one.label, round(one.points, 1), one.visitors, one.known, one.carts] for one in rows]
    return _file("wanted", [head, *records])


def _file(name: str, records: list[list[Any]]) -> HttpResponse:
    response = HttpResponse("".join(lines(iter(records))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.csv"'
    return response


def _list_of(kind: str, one: Wanted) -> str:
    return f"{reverse('visits:potential')}?{urlencode({kind: one.key})}" if one.known else ""


def days_chart(rows: list[DayRow]) -> dict[str, Any]:
    """Visits a day, those of known customers on top of the anonymous."""
    return {
        "guanxi": unit("number"),
        "xAxis": {"type": "category", "data": [row.day.isoformat() for row in rows]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "stack": "all", "name": _("Anonymous"), "data": [row.anonymous for row in rows]},
            {"type": "bar", "stack": "all", "name": _("Known"), "data": [row.known for row in rows]},
        ],
    }


def sources_chart(rows: list[SourceRow]) -> dict[str, Any]:
    """Visitors by source, the most on top."""
    names = [source_name(row.source) for row in rows]
    return {
        "guanxi": unit("number"),
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": _lying(names),
        "series": [
            {"type": "bar", "stack": "all", "name": _("Anonymous"), "data": [row.visitors - row.known for row in rows]},
            {"type": "bar", "stack": "all", "name": _("Known"), "data": [row.known for row in rows]},
        ],
    }


def wanted_chart(rows: list[Wanted]) -> dict[str, Any]:
    """Points of interest by product, the most on top."""
    return {
        "guanxi": unit("number"),
        "xAxis": {"type": "value"},
        "yAxis": _lying([row.label for row in rows]),
        "series": [{"type": "bar", "name": _("Interest"), "data": [round(row.points, 1) for row in rows]}],
    }


def _lying(names: list[str]) -> dict[str, Any]:
    label = {"width": 120, "overflow": "truncate"}
    return {"type": "category", "data": names, "inverse": True, "axisLabel": label}
