"""A list as one person sees it on one request: read from the address, ready for the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guanxi.core import preferences
from guanxi.core.models import User
from guanxi.core.web.tables import sealing
from guanxi.core.web.tables.columns import Column, resolve
from guanxi.core.web.tables.filters import Filter
from guanxi.core.web.tables.sources import Query, Source
from guanxi.core.web.tables.spec import BulkAction, Table, Text

PER_PAGE = (25, 50, 100, 200)
COUNTED = 1000
DEEPEST_ROW = 10_000
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Head:
    column: Column
    href: str
    direction: str
    """``ascending``, ``descending`` or empty."""


@dataclass(frozen=True, slots=True)
class BoundRow:
    id: str
    cells: SafeString
    """Its ``<td>`` elements; joined in Python, because a template takes several times as long for a page of cells."""


@dataclass(frozen=True, slots=True)
class Chip:
    label: Text
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class BoundFilter:
    filter: Filter
    value: Any
    low: str
    high: str


def preference_name(table: Table, user: User) -> str:
    return f"columns.{user.pk}.{table.name}"


class BoundTable:
    def __init__(self, request: HttpRequest, table: Table, source: Source) -> None:
        assert isinstance(request.user, User)
        self.request = request
        self.table = table
        self.source = source
        self.user = request.user
        self.name = table.name
        self.parameters = self._known(request.GET)
        self.search = self._search()
        self.sort_key = self._sort_key()
        self.filter_values = {
            one.key: value for one in table.filters if (value := one.read(self.parameters)) is not None
        }
        per = self.parameters.get("per", "")
        self.per_page = int(per) if per in map(str, PER_PAGE) else table.per_page
        self.page = self._page_number()

    def _known(self, given: QueryDict) -> QueryDict:
        names = {
            "q",
            "sort",
            "page",
            "per",
            *self.table.keep,
            *(name for one in self.table.filters for name in one.names),
        }
        known = QueryDict(mutable=True)
        for name in given:
            if name in names and (values := [value for value in given.getlist(name) if value]):
                known.setlist(name, values)
        return known

    def _search(self) -> str:
        text = self.parameters.get("q", "")
        if self.table.search_is_private:
            text = sealing.open_text(text, self.name)
        return text.strip()[:LONGEST_SEARCH].replace("\0", "") if self.searchable else ""

    def _sort_key(self) -> str:
        asked = self.parameters.get("sort", "")
        sortable = {column.key for column in self.table.columns if column.sort}
        return asked if asked.removeprefix("-") in sortable else self.table.default_sort

    def _page_number(self) -> int:
        asked = self.parameters.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        return max(1, min(number, DEEPEST_ROW // self.per_page))

    @cached_property
    def query(self) -> Query:
        by_key = {column.key: column.sort for column in self.table.columns}
        field = by_key.get(self.sort_key.removeprefix("-"), "")
        descending = self.sort_key.startswith("-") != field.startswith("-")
        sort = f"{'-' if descending else ''}{field.removeprefix('-')}" if field else ""
        return Query(sort=sort, filters=self.filter_values, search=self.search)

    # The rows of this page

    @cached_property
    def _fetched(self) -> Sequence[Any]:
        offset = (self.page - 1) * self.per_page
        return self.source.page(self.query, offset=offset, limit=self.per_page + 1)

    @cached_property
    def rows(self) -> list[BoundRow]:
        lead = {self.columns[0].key: " gx-lead"}
        columns = [
            (column, f'<td class="text-{column.align}{lead.get(column.key, "")}" data-label="{escape(column.label)}">')
            for column in self.columns
        ]
        return [
            BoundRow(
                str(resolve(row, self.table.row_id)),
                SafeString("".join(f"{opening}{column.html(row)}</td>" for column, opening in columns)),
            )
            for row in self._fetched[: self.per_page]
        ]

    @cached_property
    def counted(self) -> int:
        if self.page == 1 and len(self._fetched) <= self.per_page:
            return len(self._fetched)
        return self.source.count(self.query, most=COUNTED + 1)

    @property
    def count_label(self) -> str:
        """``137``, or ``1,000+`` where counting stopped."""
        return f"{COUNTED:,}+" if self.counted > COUNTED else f"{self.counted:,}"

    # Columns and head

    @cached_property
    def chosen(self) -> list[str] | None:
        return preferences.get(preference_name(self.table, self.user), None)

    @cached_property
    def columns(self) -> list[Column]:
        if self.chosen is None:
            return [column for column in self.table.columns if column.shown]
        kept = [column for column in self.table.columns if column.key in self.chosen]
        return kept or list(self.table.columns[:1])

    @property
    def column_choices(self) -> list[tuple[Column, bool]]:
        shown = {column.key for column in self.columns}
        return [(column, column.key in shown) for column in self.table.columns]

    @property
    def heads(self) -> list[Head]:
        heads = []
        for column in self.columns:
            direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort_key, "")
            after = f"-{column.key}" if direction == "ascending" else column.key
            heads.append(Head(column, self.href(sort=after, page=None) if column.sort else "", direction))
        return heads

    # Addresses

    def href(self, **changes: str | int | None) -> str:
        parameters = self.parameters.copy()
        for name, value in changes.items():
            if value is None:
                parameters.pop(name, None)
            else:
                parameters[name] = str(value)
        return f"{self.request.path}?{parameters.urlencode()}" if parameters else self.request.path

    @property
    def current_href(self) -> str:
        return self.href()

    @property
    def csv_href(self) -> str:
        return self.href(format="csv", page=None)

    @property
    def clear_href(self) -> str:
        kept = {name: None for one in self.table.filters for name in one.names}
        return self.href(q=None, page=None, **kept)

    @property
    def previous_href(self) -> str:
        return self.href(page=self.page - 1 if self.page > 2 else None) if self.page > 1 else ""

    @property
    def next_href(self) -> str:
        more = len(self._fetched) > self.per_page and not self.at_the_end
        return self.href(page=self.page + 1) if more else ""

    @property
    def at_the_end(self) -> bool:
        """Paging goes no deeper than this; a filter, or the CSV, reaches the rest."""
        return self.page >= DEEPEST_ROW // self.per_page and len(self._fetched) > self.per_page

    @property
    def per_page_choices(self) -> list[tuple[int, str]]:
        return [(number, self.href(per=number, page=None)) for number in PER_PAGE]

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """The address's parameters as hidden inputs of a form, without those that the form itself sets."""
        return [(name, value) for name, values in self.parameters.lists() if name not in without for value in values]

    @property
    def hidden_for_search(self) -> list[tuple[str, str]]:
        return self.hidden("q", "page")

    @property
    def hidden_for_filters(self) -> list[tuple[str, str]]:
        return self.hidden("page", *(name for one in self.table.filters for name in one.names))

    # Filters

    @property
    def searchable(self) -> bool:
        return bool(self.table.search)

    @property
    def filters(self) -> list[BoundFilter]:
        bound = []
        for one in self.table.filters:
            low, high = (self.parameters.get(name, "") for name in (one.names[0], one.names[-1]))
            bound.append(BoundFilter(one, self.filter_values.get(one.key), low, high))
        return bound

    @property
    def chips(self) -> list[Chip]:
        chips = [Chip(_("Search"), self.search, self.href(q=None, page=None))] if self.search else []
        for one in self.table.filters:
            if (value := self.filter_values.get(one.key)) is not None:
                without = dict.fromkeys((*one.names, "page"))
                chips.append(Chip(one.label, one.describe(value), self.href(**without)))
        return chips

    # What the person may do

    @cached_property
    def actions(self) -> list[BulkAction]:
        return [one for one in self.table.actions if not one.permission or self.user.may(one.permission)]

    @property
    def exportable(self) -> bool:
        return self.table.csv and (not self.table.export_permission or self.user.may(self.table.export_permission))

    @property
    def empty_href(self) -> str:
        empty = self.table.empty
        if not empty or not empty.action_url_name:
            return ""
        allowed = not empty.action_permission or self.user.may(empty.action_permission)
        return reverse(empty.action_url_name) if allowed else ""
