"""A report's page, and its tables as CSV."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from guanxi.analytics import queries
from guanxi.analytics.queries import BadParameters, NoSnapshot, NoSuchCell, Run, UnknownKind
from guanxi.analytics.reports import REPORTS
from guanxi.analytics.reports.base import Report, ReportTable
from guanxi.analytics.reports.parameters import BY, PERIODS
from guanxi.analytics.reports.periods import GRAINS
from guanxi.analytics.reports.words import heading, period_words, plain
from guanxi.analytics.web.shown import charts_of, notes_of, numbers_of, query_of, table_of
from guanxi.core import csv
from guanxi.core.permissions import actor, requires
from guanxi.warehouse import services as warehouse

STALE_AFTER = timedelta(minutes=10)
"""The worker copies changes within a minute; when some wait longer than this, it is not running."""


@requires("analytics.view")
def show(request: HttpRequest, name: str) -> HttpResponse:
    report = find(name)
    context: dict[str, Any] = {"report": report, "tabs": _tabs(request)}
    now = timezone.now()
    try:
        run = queries.run_report(name, request.GET, now=now, user=actor(request))
    except NoSnapshot:
        return render(request, "analytics/nothing_yet.html", context)
    except BadParameters as error:
        return render(request, "analytics/bad_parameters.html", {**context, "error": error}, status=400)
    tables = [table_of(run, table) for table in run.result.tables]
    context |= {
        "run": run,
        "result": run.result,
        "currency": run.currency,
        "numbers": numbers_of(run),
        "table_list": tables,
        "tables": {table.name: table for table in tables},
        "charts": charts_of(run),
        "notes": notes_of(run),
        "stale": now - run.refreshed_at > STALE_AFTER and warehouse.stale(),
        "nothing": not any(table.data.num_rows for table in run.result.tables),
        **_choices(run),
    }
    return render(request, report.template, context)


@requires("analytics.view")
def download(request: HttpRequest, name: str, table: str) -> HttpResponseBase:
    """One table of a report: the rows and columns of the page, numbers plain."""
    find(name)
    try:
        run = queries.run_report(name, request.GET, now=timezone.now(), user=actor(request))
        found = run.result.table(table)
    except (NoSnapshot, NoSuchCell):
        raise Http404 from None
    except BadParameters as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    return csv_response(records(found, run.currency), f"{name}-{table}")


def csv_response(lines: Iterator[list[str]], name: str) -> StreamingHttpResponse:
    """Lines as a file with today's date in its name."""
    response = StreamingHttpResponse(csv.lines(list(lines)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.csv"'
    return response


def records(table: ReportTable, currency: str) -> Iterator[list[str]]:
    """The lines of a table's CSV, headings first."""
    columns = [column for column in table.columns if column.shown]
    yield [heading(column, currency) for column in columns]
    for row in table.rows():
        yield [plain(row[column.name], column.unit, currency) for column in columns]


def find(name: str) -> Report:
    try:
        return REPORTS.get(name)
    except UnknownKind:
        raise Http404 from None


def _tabs(request: HttpRequest) -> list[tuple[str, Report]]:
    """The reports this person may open. The period and the shop come along from one to the next."""
    kept = {name: request.GET[name] for name in ("period", "from", "to", "shop") if request.GET.get(name)}
    tabs = []
    for report in REPORTS:
        query = urlencode({name: value for name, value in kept.items() if "period" in report.parameters})
        address = reverse(f"analytics:{report.name}")
        if actor(request).may(report.permission):
            tabs.append((f"{address}?{query}" if query else address, report))
    return tabs


def _choices(run: Run) -> dict[str, Any]:
    """What the bar above a report offers."""
    chosen = query_of(run)
    params = run.params
    without_dates = {name: value for name, value in chosen.items() if name not in ("period", "from", "to", "grain")}
    presets = [(f"?{urlencode({**without_dates, 'period': name})}", name, label) for name, label in PERIODS.items()]
    return {
        "parameters": run.report.parameters,
        "presets": [preset for preset in presets if preset[1] != "custom"],
        "chosen": chosen,
        "params": params,
        "period": period_words(params.period),
        "shops": queries.shops() if "shop" in run.report.parameters else {},
        "grains": GRAINS,
        "bys": BY,
    }
