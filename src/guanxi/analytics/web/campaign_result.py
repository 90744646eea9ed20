"""The result of one campaign: the sentence first, then the numbers, each with the rows behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.models.experiment import Comparison
from guanxi.analytics.models.intervals import Estimate
from guanxi.analytics.reports import campaign_result_read as read
from guanxi.analytics.reports import campaign_result_words as words
from guanxi.analytics.reports.campaign_result import Arm, CampaignResult
from guanxi.analytics.reports.campaign_result_returns import measured_effect
from guanxi.core import money
from guanxi.core.csv import lines
from guanxi.core.permissions import requires
from guanxi.core.web import charts
from guanxi.marketing import queries as marketing
from guanxi.marketing.types import CONTROL_ARM
from guanxi.warehouse.queries import NoSnapshot

HEADS = [
    ("customers", gettext_lazy("Customers"), gettext_lazy("Everyone assigned to the group, reached or not.")),
    ("delivered", gettext_lazy("Delivered"), gettext_lazy("Sent, and not come back up to now.")),
    (
        "opened",
        gettext_lazy("Opened"),
        gettext_lazy("Pictures loaded at least once, by a reader or by a mail program on the reader's behalf."),
    ),
    ("clicked", gettext_lazy("Clicked"), gettext_lazy("At least one link followed.")),
    ("buyers", gettext_lazy("Buyers"), gettext_lazy("Customers with at least one order that counts in the window.")),
    (
        "orders",
        gettext_lazy("Orders"),
        gettext_lazy(
            "Sales that count (paid, shipped, completed or refunded, with a total above zero), placed from the moment "
            "of assignment until the window ends."
        ),
    ),
    (
        "revenue",
        gettext_lazy("Revenue"),
        gettext_lazy("Value of these orders less what was refunded up to now, and less credit notes in the window."),
    ),
    (
        "per_customer",
        gettext_lazy("Per customer"),
        gettext_lazy("Revenue divided by all customers of the group, buyers or not."),
    ),
    (
        "lift",
        gettext_lazy("Lift"),
        gettext_lazy(
            "Revenue per customer against the control group, with its 95 % interval (Fieller). Where it includes 0, "
            "chance alone may explain the difference."
        ),
    ),
    (
        "cost",
        gettext_lazy("Cost"),
        gettext_lazy("What was spent, divided by customers, and the group's own messages."),
    ),
    (
        "return",
        gettext_lazy("Return on cost"),
        gettext_lazy("(Revenue beyond the control group, less cost) divided by cost. 0 % is break-even."),
    ),
]
TABLES = (
    (gettext_lazy("The message"), ("customers", "delivered", "opened", "clicked")),
    (gettext_lazy("The sales"), ("buyers", "orders", "revenue", "per_customer", "lift", "cost", "return")),
)
"""Two narrow tables rather than one that no screen holds."""
TRACED = ("customers", "delivered", "opened", "clicked", "buyers", "orders", "revenue")
PER_CUSTOMER_OF = ("delivered", "opened", "clicked", "buyers")


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    note: str = ""
    href: str = ""


@requires("marketing.view")
def show(request: HttpRequest, campaign_id: int) -> HttpResponseBase:
    """The page, or with ``?format=csv`` its table."""
    try:
        result = read.result_of(campaign_id)
    except marketing.NoCampaign:
        raise Http404 from None
    except read.NotLaunched:
        return redirect("marketing:campaign", campaign_id)
    except NoSnapshot:
        return render(request, "analytics/campaign_nothing_yet.html", {"campaign": marketing.campaign(campaign_id)})
    if request.GET.get("format") == "csv":
        return _csv(result)
    return render(request, "analytics/campaign_result.html", _context(result))


def _context(result: CampaignResult) -> dict[str, Any]:
    arms = list(result.arms)
    if len(result.variants) > 1:
        arms.insert(len(result.variants), result.together)
    left_out = marketing.left_out_counts(result.campaign.id)
    sizes = result.experiment.sizes if result.experiment else None
    return {
        "campaign": result.campaign,
        "result": result,
        "currency": result.currency,
        "sayings": words.sayings(result),
        "intervals": words.intervals(result),
        "tables": _tables(arms, result),
        "shares": words.shares(result),
        "sizes": sizes,
        "sizes_p": "" if sizes is None else f"{sizes.p_value:.3f}",
        "earned": _earned(result),
        "unpriced": sum(arm.unpriced for arm in result.arms),
        "left_out": sum(left_out.values()),
        "chart": _chart(result),
        "csv": f"{reverse('analytics:campaign_result', args=[result.campaign.id])}?format=csv",
    }


def _name(arm: Arm, result: CampaignResult) -> str:
    return _("All variants") if arm is result.together else arm.name


def _earned(result: CampaignResult) -> tuple[str, str]:
    """What it brought, and its interval; nothing is claimed before the groups are large enough, or when unequal."""
    effect = measured_effect(result)
    return words.money_between(effect, result.currency) if effect else ("–", _("not measurable yet"))


def _tables(arms: Sequence[Arm], result: CampaignResult) -> list[dict[str, Any]]:
    heads = {key: {"label": label, "definition": definition} for key, label, definition in HEADS}
    cells = {arm.key: dict(zip(heads, _cells(arm, result), strict=True)) for arm in arms}
    return [
        {
            "title": title,
            "heads": [heads[key] for key in keys],
            "rows": [
                {"name": _name(arm, result), "cells": [(heads[key]["label"], cells[arm.key][key]) for key in keys]}
                for arm in arms
            ],
        }
        for title, keys in TABLES
    ]


def _cells(arm: Arm, result: CampaignResult) -> list[Cell]:
    """In the order of HEADS."""
    totals, comparison = arm.totals, result.comparisons.get(arm.arm)
    counts = {name: getattr(arm, name, None) for name in TRACED}
    counts |= {"customers": totals.customers, "buyers": totals.buyers, "orders": totals.orders}
    cells = []
    for name in TRACED:
        if arm.arm == CONTROL_ARM and name in ("delivered", "opened", "clicked"):
            cells.append(Cell("–"))
            continue
        value = totals.revenue if name == "revenue" else counts[name] or 0
        text = words.amount(value, result.currency) if name == "revenue" else f"{value:,}"
        share = words.percent(value / totals.customers) if name in PER_CUSTOMER_OF and totals.customers else ""
        cells.append(Cell(text, share, _href(result, arm, name) if value else ""))
    cells.append(Cell(words.amount(arm.revenue_per_customer, result.currency)))
    cells.append(_claim(comparison, comparison.revenue.lift if comparison else None))
    cells.append(Cell("–" if result.cost is None else words.amount(totals.cost, result.currency)))
    cells.append(_claim(comparison, comparison.return_on_cost if comparison and result.cost is not None else None))
    return cells


def _claim(comparison: Comparison | None, estimate: Estimate | None) -> Cell:
    """An estimate with its interval; from too few customers or buyers, none."""
    if comparison and comparison.shortfalls:
        return Cell("–", _("not enough data yet"))
    return Cell(*words.lift(estimate))


def _href(result: CampaignResult, arm: Arm, measure: str) -> str:
    return reverse("analytics:campaign_rows", args=[result.campaign.id, arm.key, measure])


def _chart(result: CampaignResult) -> dict[str, Any]:
    return {
        "xAxis": {"type": "category", "data": [arm.name for arm in result.arms]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "name": _("Revenue per customer"),
                "data": [
                    None if arm.revenue_per_customer is None else round(arm.revenue_per_customer) for arm in result.arms
                ],
                "barMaxWidth": 80,
            }
        ],
        "guanxi": charts.unit("money", currency=result.currency),
    }


def _csv(result: CampaignResult) -> HttpResponse | StreamingHttpResponse:
    response = StreamingHttpResponse(lines(_records(result)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="campaign-{result.campaign.id}.csv"'
    return response


def _records(result: CampaignResult) -> Iterator[Sequence[Any]]:
    currency = result.currency

    def plain(value: float | None) -> Any:
        return None if value is None else money.to_decimal(round(value), currency)

    def rounded(value: float | None) -> Any:
        return None if value is None else f"{value:.4f}"

    yield [
        *(_("Group"), _("Customers"), _("Sent"), _("Delivered"), _("Opened"), _("Clicked"), _("Unsubscribed")),
        *(_("Buyers"), _("Orders"), _("Revenue"), _("Currency"), _("Per customer")),
        *(_("Lift"), _("Lift, low"), _("Lift, high"), _("Cost"), _("Return on cost")),
    ]
    for arm in (*result.arms, result.together):
        totals, comparison = arm.totals, result.comparisons.get(arm.arm)
        lift = comparison.revenue.lift if comparison else None
        back = comparison.return_on_cost if comparison and result.cost is not None else None
        yield [
            *(_name(arm, result), totals.customers, arm.sent, arm.delivered, arm.opened, arm.clicked, arm.unsubscribed),
            *(totals.buyers, totals.orders, plain(totals.revenue), currency, plain(arm.revenue_per_customer)),
            *(rounded(bound) for bound in _bounds(lift)),
            *(None if result.cost is None else plain(totals.cost), rounded(_bounds(back)[0])),
        ]


def _bounds(estimate: Estimate | None) -> tuple[float | None, float | None, float | None]:
    return (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
