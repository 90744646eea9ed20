"""The pages of models: what each says, how well, of which data, and running it now."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.analytics import services
from guanxi.analytics.forecasts import FORECASTS
from guanxi.analytics.forecasts.base import Forecast
from guanxi.analytics.models.stored import ModelRun, RunState
from guanxi.analytics.reports.base import ReportTable
from guanxi.analytics.services import UnknownKind
from guanxi.analytics.web.report_page import csv_response, records
from guanxi.analytics.web.rfm_view import builder_href
from guanxi.analytics.web.shown import ShownTable, plain_table
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables

RUNS = tables.Table(
    name="model-runs",
    columns=[
        tables.Column(key="finished", label=gettext_lazy("Finished"), cell="finished_at", sort="finished_at"),
        tables.Column(key="state", label=gettext_lazy("State"), cell="get_state_display", sort="state"),
        tables.Column(key="first", label=gettext_lazy("Data from"), cell="first_day"),
        tables.Column(key="last", label=gettext_lazy("Data until"), cell="last_day", sort="last_day"),
        tables.Column(
            key="customers", label=gettext_lazy("Customers"), cell="customers", align="end", sort="customers"
        ),
        tables.Column(key="quality", label=gettext_lazy("Quality"), cell="quality_words"),
        tables.Column(key="seconds", label=gettext_lazy("Seconds"), cell="seconds", align="end", sort="seconds"),
        tables.Column(key="version", label=gettext_lazy("Version"), cell="version", align="end"),
    ],
    filters=[
        tables.ChoiceFilter(key="state", label=gettext_lazy("State"), choices=RunState.choices),
        tables.DateFilter(key="finished", label=gettext_lazy("Finished"), field="finished_at"),
    ],
    default_sort="-finished",
    export_permission="analytics.view",
    empty=tables.Empty(title=gettext_lazy("This model has not run yet"), icon="crystal-ball"),
)


class Runs(tables.QuerySetSource):
    """Runs that say how well they did."""

    def page(self, query: tables.Query, *, offset: int, limit: int) -> list[Any]:
        return [_worded(row) for row in super().page(query, offset=offset, limit=limit)]

    def iterate(self, query: tables.Query) -> Any:
        return (_worded(row) for row in super().iterate(query))


def _worded(run: ModelRun) -> ModelRun:
    said = why(run) if run.state == RunState.NOT_ENOUGH else FORECASTS.get(run.model).quality_words(run)
    run.quality_words = said  # type: ignore[attr-defined]  # for the cell
    return run


@requires("analytics.view")
def overview(request: HttpRequest) -> HttpResponse:
    """All models with their last run."""
    rows = []
    for forecast in FORECASTS:
        last = newest(forecast.name)
        said = "" if last is None else why(last) if last.state == RunState.NOT_ENOUGH else forecast.quality_words(last)
        rows.append({"forecast": forecast, "run": last, "said": said, "job": unfinished(forecast.name)})
    return render(request, "analytics/models.html", {"rows": rows})


@requires("analytics.view")
def show(request: HttpRequest, name: str) -> HttpResponse:
    """What a model says, from its last run that had enough data."""
    forecast = find(name)
    last, job = newest(name), services.newest_job(name)
    running, user = unfinished(name), actor(request)
    context: dict[str, Any] = {
        "forecast": forecast,
        "run": last,
        "job": running,
        "job_is_open": running is not None and (user.may("core.jobs") or running.created_by_id == user.pk),
    }
    if job is not None and job.state == JobState.FAILED and (last is None or job.created_at > last.finished_at):
        context["failed"] = job
    if last is not None and last.state == RunState.DONE:
        segments = user.may("segments.edit")
        context |= forecast.page(last, segments=segments)
        context["table_list"] = [_table(name, table, last.currency) for table in forecast.tables(last)]
        suggested = context["segments"]
        context["segments"] = [{**one, "href": builder_href(one["definition"])} for one in suggested]
    elif last is not None:
        context["why"] = why(last)
    return render(request, forecast.template, context)


@requires("analytics.run")
@require_POST
def run(request: HttpRequest, name: str) -> HttpResponse:
    """Let the worker run it."""
    find(name)
    if services.start_forecast(name, user=actor(request), now=timezone.now()) is None:
        messages.info(request, _("It is running already."))
    else:
        messages.success(request, _("Started; the page shows the new numbers when it is done."))
    return redirect("analytics:model", name)


@requires("analytics.view")
def runs(request: HttpRequest, name: str) -> HttpResponseBase:
    """Every run that is kept."""
    forecast = find(name)
    source = Runs(ModelRun.objects.filter(model=name), filters=RUNS.filters)
    return tables.respond(request, RUNS, source, template="analytics/model_runs.html", context={"forecast": forecast})


@requires("analytics.view")
def download(request: HttpRequest, name: str, table: str) -> HttpResponseBase:
    """One table of a model's page as CSV."""
    forecast, last = find(name), newest(name)
    if last is None or last.state != RunState.DONE:
        raise Http404
    found = next((one for one in forecast.tables(last) if one.name == table), None)
    if found is None:
        raise Http404
    return csv_response(records(found, last.currency), f"{name}-{table}")


def _table(name: str, table: ReportTable, currency: str) -> ShownTable:
    return plain_table(table, reverse("analytics:model_csv", args=[name, table.name]), currency)


def find(name: str) -> Forecast:
    try:
        return FORECASTS.get(name)
    except UnknownKind:
        raise Http404 from None


def newest(name: str) -> ModelRun | None:
    return ModelRun.objects.filter(model=name).order_by("-finished_at", "-pk").first()


def unfinished(name: str) -> Job | None:
    job = services.newest_job(name)
    return job if job is not None and not job.finished else None


def why(run: ModelRun) -> str:
    """Why there was not enough, in words."""
    return str(FORECASTS.get(run.model).reasons.get(run.message, run.message))
