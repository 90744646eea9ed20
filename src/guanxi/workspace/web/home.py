"""Home: how the shop does, what goes on, and what to do next."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from babel.numbers import format_decimal, format_percent
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from guanxi.analytics import queries as analytics
from guanxi.analytics.queries import Headline
from guanxi.commerce import queries as commerce
from guanxi.core import money
from guanxi.core.models import Job, User
from guanxi.core.models.jobs import JobState
from guanxi.core.permissions import SIGNED_IN, actor, requires
from guanxi.core.web import charts
from guanxi.marketing import queries as marketing
from guanxi.segments import queries as segments


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the loop, with whether this merchant has made it."""

    title: Promise | str
    text: Promise | str
    href: str
    done: bool


def steps(user: User) -> list[Step]:
    """The way from orders to a result; only what this person may do."""
    wanted = [
        (
            "commerce.import",
            gettext_lazy("Import orders"),
            gettext_lazy("Order exports of your shops; each buyer becomes one customer."),
            "commerce:import",
            commerce.orders_exist,
        ),
        (
            "segments.edit",
            gettext_lazy("Build a segment"),
            gettext_lazy("The customers who fit what you plan."),
            "segments:new",
            lambda: bool(segments.summaries()),
        ),
        (
            "marketing.edit",
            gettext_lazy("Plan a campaign"),
            gettext_lazy("Two variants and a control group, by e-mail."),
            "marketing:new",
            lambda: bool(marketing.campaigns(limit=1)),
        ),
        (
            "marketing.view",
            gettext_lazy("Read what it earned"),
            gettext_lazy("Against the control group, in money."),
            "marketing:campaigns",
            lambda: bool(marketing.campaigns(statuses=["done"], limit=1)),
        ),
    ]
    return [Step(title, text, reverse(url), done()) for right, title, text, url, done in wanted if user.may(right)]


@dataclass(frozen=True, slots=True)
class Change:
    """Against the 30 days before."""

    trend: str
    """``up``, ``down`` or empty."""
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    value: str
    change: Change


def _change(now: float | None, before: float | None) -> Change:
    if now is None or not before:
        return Change("", _("nothing to compare with yet"))
    share = round((now - before) / before, 2)
    if not share:
        return Change("", _("as much as in the 30 days before"))
    shown = format_percent(abs(share), "#,##0%", locale=_locale())
    if share >= 0:
        return Change("up", _("%(share)s more than the 30 days before") % {"share": shown})
    return Change("down", _("%(share)s less than the 30 days before") % {"share": shown})


def _locale() -> str:
    return to_locale(get_language() or "en")


def _figures(one: Headline) -> dict[str, Figure]:
    returning = "–" if one.returning_share is None else format_percent(one.returning_share, "0.0%", locale=_locale())
    return {
        "sales": Figure(money.display(one.sales, one.currency, locale=_locale()), _change(one.sales, one.sales_before)),
        "orders": Figure(format_decimal(one.orders, locale=_locale()), _change(one.orders, one.orders_before)),
        "new_customers": Figure(
            format_decimal(one.new_customers, locale=_locale()), _change(one.new_customers, one.new_customers_before)
        ),
        "returning": Figure(returning, _change(one.returning_share, one.returning_share_before)),
    }


def _chart(one: Headline) -> dict[str, Any]:
    days = [(one.first_day + timedelta(days=index)).isoformat()[5:] for index in range(len(one.daily_sales))]
    return {
        "xAxis": {"type": "category", "data": days},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "name": _("Sales"), "data": list(one.daily_sales)}],
        "guanxi": charts.unit("money", currency=one.currency),
    }


@requires(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponseBase:
    user = actor(request)
    todo = steps(user)
    headline = analytics.headline(timezone.now()) if user.may("analytics.view") else None
    context: dict[str, Any] = {
        "headline": headline,
        "steps": [] if all(step.done for step in todo) else todo,
        "campaigns": marketing.campaigns(limit=5) if user.may("marketing.view") else [],
        "imports": commerce.recent_imports(limit=5) if user.may("commerce.view") else [],
    }
    if headline:
        context |= {**_figures(headline), "chart": _chart(headline)}
    if user.may("core.jobs"):
        running = Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING])
        context["jobs"] = running.order_by("-pk")[:5]
    return render(request, "workspace/home.html", context)
