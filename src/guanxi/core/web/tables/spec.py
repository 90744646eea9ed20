"""A list as its room declares it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from guanxi.core.web.tables.columns import Column, resolve
from guanxi.core.web.tables.filters import Filter
from guanxi.core.web.tables.sources import Query, QuerySetSource, Search, Source

Text = Promise | str
RESERVED = frozenset({"q", "sort", "page", "per", "format"})


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows an action is for: those chosen, or all that match the query."""

    source: Source
    query: Query
    ids: tuple[str, ...] | None
    """None for all that match."""
    row_id: str

    def rows(self) -> Iterator[Any]:
        return self.source.iterate(self.query) if self.ids is None else iter(self.source.pick(self.ids))

    def keys(self) -> Iterator[str]:
        """Names of the rows that exist and may be reached."""
        return (str(resolve(row, self.row_id)) for row in self.rows())

    @property
    def queryset(self) -> QuerySet[Any]:
        """For actions that work in sets; only of a list over a QuerySet."""
        assert isinstance(self.source, QuerySetSource)
        return self.source.matching(self.query) if self.ids is None else self.source.pick(self.ids)

    def count(self, *, most: int) -> int:
        return self.source.count(self.query, most=most) if self.ids is None else len(list(self.source.pick(self.ids)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """Something done to many rows. ``run`` gives the sentence for a toast, or a response of its own."""

    key: str
    label: Text
    run: Callable[[HttpRequest, Selection], Text | HttpResponse]
    icon: str = ""
    permission: str = ""
    confirm: Text = ""
    """Question asked before; taking all that match is always asked."""
    inputs: str = ""
    """A template with more inputs for the page that asks."""
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """What a list says before it has any rows."""

    title: Text
    text: Text = ""
    icon: str = "inbox"
    action_label: Text = ""
    action_url_name: str = ""
    action_permission: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list. Declare it once at module level and hand it to ``respond`` with its rows."""

    name: str
    """Unique; column choices are kept under it."""
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: Search | bool = ()
    """Fields searched for a part of them, or ``function(queryset, text)``; True for a Source that searches itself."""
    search_label: Text = ""
    search_is_private: bool = False
    """The text may be a phone number or a name: it is posted, and stands encrypted in the address."""
    default_sort: str = ""
    """A column's key, with a minus in front for descending."""
    actions: Sequence[BulkAction] = ()
    empty: Empty | None = None
    csv: bool = True
    export_permission: str = ""
    row_id: str = "pk"
    per_page: int = 50
    keep: Sequence[str] = ()
    """Further parameters of the page's address, which every link and form of the list keeps."""

    def __post_init__(self) -> None:
        taken = [name for one in self.filters for name in one.names]
        if clash := RESERVED.intersection(taken):
            raise ValueError(f"table {self.name}: a filter may not be called {', '.join(sorted(clash))}")

    def source(self, rows: QuerySet[Any] | Source) -> Source:
        if not isinstance(rows, QuerySet):
            return rows
        return QuerySetSource(rows, filters=self.filters, search=() if isinstance(self.search, bool) else self.search)
