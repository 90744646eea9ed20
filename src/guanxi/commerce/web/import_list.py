"""The list of imports."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guanxi.commerce import queries
from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.models import OrderImport
from guanxi.commerce.web.import_result import STATES, state_of
from guanxi.core.models import Job
from guanxi.core.permissions import requires
from guanxi.core.web import tables


def _shops() -> Iterable[tuple[str, str]]:
    return [(str(shop.id), shop.name) for shop in queries.shops()]


def _platforms() -> Iterable[tuple[str, str]]:
    return [(connector.name, str(connector.label)) for connector in CONNECTORS]


def _platform(row: OrderImport) -> str:
    return str(CONNECTORS.get(row.connector).label) if row.connector in CONNECTORS.names() else row.connector


IMPORTS = tables.Table(
    name="imports",
    columns=[
        tables.Column(
            key="file",
            label=_("File"),
            cell="file_name",
            link=lambda row: reverse("commerce:import_result", args=[row.pk]),
        ),
        tables.Column(key="shop", label=_("Shop"), cell="shop.name"),
        tables.Column(key="connector", label=_("Platform"), cell=_platform),
        tables.Column(
            key="state",
            label=_("State"),
            template="commerce/cells/import_state.html",
            cell=lambda row: str(STATES[row.state].label),
        ),
        tables.Column(key="created", label=_("Uploaded"), cell="created_at", sort="created_at"),
        tables.Column(key="rows", label=_("Rows"), align="end"),
        tables.Column(key="orders_created", label=_("New orders"), align="end"),
        tables.Column(key="orders_updated", label=_("Updated"), align="end", shown=False),
        tables.Column(key="orders_unchanged", label=_("Unchanged"), align="end", shown=False),
        tables.Column(key="rejected", label=_("Rejected"), align="end"),
        tables.Column(key="seconds", label=_("Seconds"), align="end", shown=False),
        tables.Column(key="by", label=_("Started by"), cell="created_by", shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="shop", label=_("Shop"), field="shop_id", choices=_shops),
        tables.ChoiceFilter(key="connector", label=_("Platform"), choices=_platforms),
        tables.DateFilter(key="created", label=_("Uploaded"), field="created_at"),
    ],
    search=["file_name"],
    search_label=_("File name"),
    default_sort="-created",
    export_permission="commerce.export",
    empty=tables.Empty(
        title=_("No imports yet"),
        text=_("Give Guanxi the order exports of your shops; each buyer becomes one customer."),
        icon="upload",
        action_label=_("Import orders"),
        action_url_name="commerce:import",
        action_permission="commerce.import",
    ),
)


class ImportSource(tables.QuerySetSource):
    """Imports with the states of their jobs, asked for once a page."""

    def page(self, query: tables.Query, *, offset: int, limit: int) -> list[Any]:
        return self._with_states(super().page(query, offset=offset, limit=limit))

    def iterate(self, query: tables.Query) -> Iterator[Any]:
        return iter(self._with_states(list(super().iterate(query))))

    def _with_states(self, rows: list[Any]) -> list[Any]:
        found = Job.objects.in_bulk([row.job_id for row in rows if row.job_id])
        for row in rows:
            row.state = state_of(row, found.get(row.job_id))
        return rows


@requires("commerce.view")
def imports(request: HttpRequest) -> HttpResponseBase:
    """All imports, newest first."""
    rows = OrderImport.objects.select_related("shop", "created_by").defer("mapping")
    source = ImportSource(rows, filters=IMPORTS.filters, search=["file_name"])
    return tables.respond(request, IMPORTS, source, template="commerce/imports.html")
