"""Lists: declare columns, filters and actions once; sorting, paging, choice of columns and CSV come with them.

See ../README.md for an example.
"""

from guanxi.core.web.tables.columns import Column
from guanxi.core.web.tables.filters import ChoiceFilter, DateFilter, Filter, NumberFilter, TextFilter
from guanxi.core.web.tables.responses import respond
from guanxi.core.web.tables.sources import Query, QuerySetSource, Source
from guanxi.core.web.tables.spec import BulkAction, Empty, Selection, Table

__all__ = [
    "BulkAction",
    "ChoiceFilter",
    "Column",
    "DateFilter",
    "Empty",
    "Filter",
    "NumberFilter",
    "Query",
    "QuerySetSource",
    "Selection",
    "Source",
    "Table",
    "TextFilter",
    "respond",
]
