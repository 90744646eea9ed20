"""The results page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from guanxi.core import preferences
from guanxi.core.permissions import requires
from guanxi.core.web import charts
from guanxi.loyalty.coupons import results as figures
from guanxi.loyalty.coupons.results import GIVEN, USED, WITHOUT, Results
from guanxi.loyalty.coupons.web.shared import find, frame


def group_names() -> dict[str, str]:
    return {
        USED: _("Used it"),
        GIVEN: _("Were given it, did not use it"),
        WITHOUT: _("Everyone else"),
    }


@requires("coupons.view")
def results(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """What came of a coupon, and what its users, its other holders and everyone else bought."""
    row, now = find(coupon_id), timezone.now()
    found = figures.results(coupon_id, now=now)
    names, currency = group_names(), preferences.currency()
    context = {
        **frame(request, row, "results", now),
        "found": found,
        "currency": currency,
        "groups": [(names[group.name], group) for group in found.groups],
        "missing": found.uses - found.orders_found,
        "chart": _chart(found, names, currency) if found.groups else None,
    }
    return render(request, "loyalty/coupons/results.html", context)


def _chart(found: Results, names: dict[str, str], currency: str) -> dict[str, Any]:
    return {
        "xAxis": {"type": "category", "data": [names[group.name] for group in found.groups]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "name": _("Revenue per customer"),
                "data": [group.revenue_per_customer or 0 for group in found.groups],
            }
        ],
        "guanxi": charts.unit("money", currency=currency),
    }
