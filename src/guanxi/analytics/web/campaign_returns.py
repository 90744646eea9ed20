"""What marketing returned: campaigns of a period, what they cost and what they brought (voice M1)."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.reports import campaign_result_read as read
from guanxi.analytics.reports import campaign_result_words as words
from guanxi.analytics.reports.campaign_result import CampaignResult
from guanxi.analytics.reports.campaign_result_returns import Returns, measured_effect
from guanxi.analytics.reports.periods import Period
from guanxi.core import money, preferences
from guanxi.core.csv import lines
from guanxi.core.permissions import requires
from guanxi.warehouse.queries import NoSnapshot

YEAR = timedelta(days=365)


class PeriodForm(forms.Form):
    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        if last and last.year > 9000:
            self.add_error("last", _("Choose an earlier day."))
        return values


@requires("marketing.view")
def show(request: HttpRequest) -> HttpResponseBase:
    """The page, or with ``?format=csv`` its table. Without a period: the last 365 days."""
    zone = preferences.time_zone()
    today = timezone.now().astimezone(zone).date()
    asked = {name: request.GET[name] for name in ("first", "last") if name in request.GET}
    form = PeriodForm(asked or _days(today - YEAR + timedelta(days=1), today))
    context: dict[str, Any] = {"form": form, "presets": _presets(today), "currency": preferences.currency()}
    if form.is_valid():
        period = Period(form.cleaned_data["first"], form.cleaned_data["last"] + timedelta(days=1))
        try:
            found = read.returns_between(*period.bounds(zone))
        except NoSnapshot:
            context["empty"] = True
        else:
            if request.GET.get("format") == "csv":
                return _csv(found, context["currency"])
            context |= _shown(found, context["currency"])
            context["csv"] = f"?first={period.start}&last={period.last}&format=csv"
    return render(request, "analytics/campaign_returns.html", context, status=200 if form.is_valid() else 422)


def _days(first: date, last: date) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat()}


def _presets(today: date) -> list[tuple[str, str]]:
    year = today.year
    days = [
        (_("Last 365 days"), today - YEAR + timedelta(days=1), today),
        (_("This year"), date(year, 1, 1), today),
        (_("Last year"), date(year - 1, 1, 1), date(year - 1, 12, 31)),
    ]
    return [(label, f"?first={first}&last={last}") for label, first, last in days]


def _shown(found: Returns, currency: str) -> dict[str, Any]:
    return {
        "returns": found,
        "cost": words.amount(found.cost, currency),
        "earned": words.money_between(found.incremental_revenue, currency),
        "back": words.lift(found.return_on_cost),
        "measured_cost": words.amount(found.measured_cost, currency),
        "answer": _answer(found, currency),
        "rows": [_row(result, currency) for result in found.results],
    }


def _answer(found: Returns, currency: str) -> str:
    """The one sentence that the question deserves."""
    total = found.incremental_revenue
    if not found.results:
        return _("No campaign was launched in this period.")
    if total is None or total.low is None or total.high is None:
        return _(
            "%(cost)s were spent, and none of it can be measured yet: "
            "no campaign had a control group and buyers enough."
        ) % {"cost": words.amount(found.cost, currency)}
    said = {
        "cost": words.amount(found.measured_cost, currency),
        "earned": words.amount(total.value, currency),
        "between": words.between(total, lambda value: words.amount(value, currency)),
    }
    if total.low > found.measured_cost:
        return (
            _("%(cost)s brought %(earned)s that would not have come otherwise (%(between)s): more than it cost.") % said
        )
    if total.high < found.measured_cost:
        return (
            _("%(cost)s brought %(earned)s that would not have come otherwise (%(between)s): less than it cost.") % said
        )
    return (
        _(
            "For %(cost)s it may have brought %(earned)s more, but anything between is possible (%(between)s): "
            "whether it paid for itself cannot be told yet."
        )
        % said
    )


def _row(result: CampaignResult, currency: str) -> dict[str, Any]:
    effect = measured_effect(result)
    back = result.overall.return_on_cost if result.overall and effect and result.cost is not None else None
    return {
        "campaign": result.campaign,
        "href": reverse("analytics:campaign_result", args=[result.campaign.id]),
        "written_to": result.together.totals.customers,
        "cost": "–" if result.cost is None else words.amount(result.cost, currency),
        "earned": words.money_between(effect, currency) if effect else (_("not measurable yet"), ""),
        "back": words.lift(back),
        "complete": result.complete,
    }


def _csv(found: Returns, currency: str) -> StreamingHttpResponse:
    def plain(value: float | None) -> Any:
        return None if value is None else money.to_decimal(round(value), currency)

    heads = [_("Campaign"), _("Launched"), _("Written to"), _("Currency"), _("Cost")]
    heads += [_("Brought"), _("Brought, low"), _("Brought, high")]
    records = [heads]
    for result in found.results:
        effect = measured_effect(result)
        bounds = (effect.value, effect.low, effect.high) if effect else (None, None, None)
        campaign = result.campaign
        first = [campaign.name, campaign.launched_at, result.together.totals.customers, currency, plain(result.cost)]
        records.append([*first, *(plain(bound) for bound in bounds)])
    response = StreamingHttpResponse(lines(records), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="marketing-returns.csv"'
    return response
