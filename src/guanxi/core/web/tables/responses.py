"""What a list answers: the page, its table alone for htmx, a CSV file, or an action done."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from guanxi.core import audit, preferences
from guanxi.core.csv import lines
from guanxi.core.web.tables.bound import LONGEST_SEARCH, BoundTable, preference_name
from guanxi.core.web.tables.sealing import seal_text
from guanxi.core.web.tables.sources import Source
from guanxi.core.web.tables.spec import BulkAction, Selection, Table


def respond(
    request: HttpRequest,
    table: Table,
    rows: QuerySet[Any] | Source,
    *,
    template: str,
    context: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """Everything a list page has to answer. ``template`` shows it by ``{% include "core/table/table.html" %}``."""
    bound = BoundTable(request, table, table.source(rows))
    if request.method == "POST":
        return _posted(bound, {**(context or {}), "table": bound})
    if request.GET.get("format") == "csv":
        return _export(bound)
    alone = request.htmx and request.htmx.target == f"table-{table.name}"  # type: ignore[attr-defined]
    alone = alone and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    page = "core/table/table.html" if alone else template
    response = render(request, page, {**(context or {}), "table": bound})
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _posted(bound: BoundTable, context: dict[str, Any]) -> HttpResponseBase:
    posted = bound.request.POST
    if "_search" in posted:
        text = posted["_search"].strip()[:LONGEST_SEARCH]
        return redirect(bound.href(q=seal_text(text, bound.name) or None, page=None))
    if "_columns" in posted:
        known = [column.key for column in bound.table.columns]
        preferences.put(preference_name(bound.table, bound.user), [k for k in known if k in posted.getlist("column")])
        return redirect(bound.current_href)
    action = next((one for one in bound.table.actions if one.key == posted.get("_action")), None)
    if action is None:
        return redirect(bound.current_href)
    if action not in bound.actions:
        raise PermissionDenied(action.permission)
    return _act(bound, action, context)


def _act(bound: BoundTable, action: BulkAction, context: dict[str, Any]) -> HttpResponseBase:
    posted = bound.request.POST
    everything = posted.get("_all") == "yes"
    ids = tuple(posted.getlist("ids"))
    selection = Selection(bound.source, bound.query, None if everything else ids, bound.table.row_id)
    if not everything and not ids:
        messages.warning(bound.request, _("Choose some rows first."))
        return redirect(bound.current_href)
    if (action.confirm or everything) and "_confirmed" not in posted:
        count = selection.count(most=1_000_000)
        return render(
            bound.request,
            "core/table/confirm.html",
            {**context, "action": action, "ids": () if everything else ids, "everything": everything, "count": count},
        )
    outcome = action.run(bound.request, selection)
    if isinstance(outcome, HttpResponseBase):
        return outcome
    messages.success(bound.request, str(outcome))
    return redirect(bound.current_href)


def _export(bound: BoundTable) -> HttpResponseBase:
    if not bound.exportable:
        raise PermissionDenied(bound.table.export_permission)
    narrowed = [*bound.filter_values, *(["search"] if bound.search else [])]
    audit.record(
        "list.exported",
        actor=bound.user,
        detail={"list": bound.name, "narrowed_by": narrowed},
        request=bound.request,
    )
    response = StreamingHttpResponse(_as_here(lambda: lines(_records(bound))), content_type="text/csv; charset=utf-8")
    name = f"{bound.name}-{timezone.localdate():%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _records(bound: BoundTable) -> Iterator[list[Any]]:
    columns = [column for column in bound.columns if column.exported]
    yield [str(column.label) for column in columns]
    for row in bound.source.iterate(bound.query):
        yield [column.plain(row) for column in columns]


def _as_here(make: Callable[[], Iterator[str]]) -> Iterator[str]:
    """Stream in the language and time zone of this request, which are gone by the time the server reads."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def stream() -> Iterator[str]:
        with translation.override(language), timezone.override(zone):
            yield from make()

    return stream()
