"""What the merchant owes in points, by the month in which they expire: on a page and as CSV."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.core import audit, csv, money, preferences
from guanxi.core.permissions import actor, requires
from guanxi.core.web import charts
from guanxi.loyalty.models import PointsProgramme
from guanxi.loyalty.points import queries
from guanxi.loyalty.points.types import Owed


def _chosen(request: HttpRequest) -> int | None:
    """The programme asked for; None for all."""
    asked = request.GET.get("programme", "")
    known = PointsProgramme.objects.filter(pk=int(asked)).exists() if asked.isdecimal() and len(asked) < 19 else False
    return int(asked) if known else None


def _month(row: Owed) -> str:
    zone = preferences.time_zone()
    return f"{row.month.astimezone(zone):%Y-%m}" if row.month else _("Never")


@requires("loyalty.points")
def page(request: HttpRequest) -> HttpResponse:
    programme_id = _chosen(request)
    rows = queries.owed(now=timezone.now(), programme_id=programme_id)
    context: dict[str, Any] = {
        "rows": [(_month(row), row) for row in rows],
        "total": sum(row.points for row in rows),
        "worth": sum(row.worth for row in rows),
        "spendable": sum(row.spendable for row in rows),
        "pending": sum(row.pending for row in rows),
        "held": sum(row.held for row in rows),
        "debt": sum(row.debt for row in rows),
        "currency": preferences.currency(),
        "programmes": PointsProgramme.objects.order_by("-is_default", "name"),
        "programme_id": programme_id,
        "chart": _chart(rows),
    }
    return render(request, "loyalty/points/owed.html", context)


def _chart(rows: list[Owed]) -> dict[str, Any]:
    parts = ((_("Spendable"), "spendable"), (_("Pending"), "pending"), (pgettext("points", "Set aside"), "held"))
    return {
        "xAxis": {"type": "category", "data": [_month(row) for row in rows]},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "bar", "stack": "points", "name": name, "data": [getattr(row, field) for row in rows]}
            for name, field in parts
        ],
        "guanxi": charts.unit("number"),
    }


@requires("loyalty.points")
def download(request: HttpRequest) -> HttpResponseBase:
    """The table of the page; amounts in whole currency."""
    programme_id = _chosen(request)
    currency = preferences.currency()
    rows = queries.owed(now=timezone.now(), programme_id=programme_id)
    head = [
        _("Month of expiry"),
        _("Spendable"),
        _("Pending"),
        pgettext("points", "Set aside"),
        _("Owed by customers"),
        _("Points"),
    ]
    body = [
        [
            _month(row),
            row.spendable,
            row.pending,
            row.held,
            row.debt,
            row.points,
            money.to_decimal(row.worth, currency),
        ]
        for row in rows
    ]
    worth = _("Worth (%(currency)s)") % {"currency": currency}
    audit.record("list.exported", actor=actor(request), detail={"list": "points-owed"}, request=request)
    lines = list(csv.lines([[*head, worth], *body]))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="points-owed-{timezone.localdate():%Y%m%d}.csv"'
    return response
