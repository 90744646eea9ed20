"""Where a list's rows come from: a QuerySet, or anything that can page, count and iterate."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from guanxi.core.web.tables.filters import Filter

Search = list[str] | tuple[str, ...] | Callable[[QuerySet[Any], str], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asked of a list."""

    sort: str = ""
    """A column's ``sort``, with a minus in front for descending; empty for the source's own order."""
    filters: Mapping[str, Any] = field(default_factory=dict)
    """Filter's key to its value (see each filter)."""
    search: str = ""

    @property
    def narrowed(self) -> bool:
        return bool(self.filters or self.search)


class Source(Protocol):
    """Rows that a list can show. Rows are any objects; their ``id`` (or the table's ``row_id``) names them."""

    def page(self, query: Query, *, offset: int, limit: int) -> Sequence[Any]: ...

    def count(self, query: Query, *, most: int) -> int:
        """How many match, counting no further than ``most``."""
        ...

    def iterate(self, query: Query) -> Iterator[Any]:
        """All that match, in order, without holding them in memory."""
        ...

    def pick(self, ids: Sequence[str]) -> Iterable[Any]:
        """The rows with these names, for actions on chosen rows. Names it does not know are passed over."""
        ...


class QuerySetSource:
    """Rows of the database. The QuerySet given bounds what a person can reach, by actions too."""

    def __init__(self, rows: QuerySet[Any], *, filters: Sequence[Filter] = (), search: Search = ()) -> None:
        self.rows = rows
        self.filters = {one.key: one for one in filters}
        self.search = search

    def matching(self, query: Query) -> QuerySet[Any]:
        rows = self.rows
        for key, value in query.filters.items():
            rows = self.filters[key].narrow(rows, value)
        if not query.search:
            return rows
        if callable(self.search):
            return self.search(rows, query.search)
        anywhere = [Q(**{f"{name}__icontains": query.search}) for name in self.search]
        return rows.filter(reduce(or_, anywhere, Q()))

    def ordered(self, query: Query) -> QuerySet[Any]:
        rows = self.matching(query)
        if not query.sort:
            return rows
        return rows.order_by(query.sort, "-pk" if query.sort.startswith("-") else "pk")

    def page(self, query: Query, *, offset: int, limit: int) -> list[Any]:
        return list(self.ordered(query)[offset : offset + limit])

    def count(self, query: Query, *, most: int) -> int:
        return self.matching(query).order_by()[:most].count()

    def iterate(self, query: Query) -> Iterator[Any]:
        return self.ordered(query).iterator(chunk_size=2000)

    def pick(self, ids: Sequence[str]) -> QuerySet[Any]:
        key = self.rows.model._meta.pk
        known = []
        for name in ids:
            with suppress(ValidationError):
                known.append(key.to_python(name))
        return self.rows.filter(pk__in=known)
