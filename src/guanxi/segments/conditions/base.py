"""What a condition is: one question about a customer, as an Ibis expression that runs on DuckDB and on Spark.

To add one: subclass Condition (or Measured, for "how many, how much"), add its dotted path to the dict in this folder's
``__init__.py``, and give the conformance suite an example of its parameters in ``tests/examples.py``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.fields import Field, Form, Json
from guanxi.segments.conditions.measures import amount_words, bounds, compare
from guanxi.segments.conditions.names import Names
from guanxi.segments.errors import BadValue, DefinitionError

Expression = Any
"""An Ibis column expression."""
Table = Any
"""An Ibis table expression."""
Params = dict[str, Json]
Row = Mapping[str, Any]

EXISTENCE = ({"at_least": 1}, {"exactly": 0}, {"at_most": 0})
"""Comparisons of a count that ask no more than whether there is anything."""

GROUPS: dict[str, Promise] = {
    "profile": gettext_lazy("Who they are"),
    "contact": gettext_lazy("How they may be reached"),
    "orders": gettext_lazy("What they bought"),
    "expected": gettext_lazy("What they are likely to do"),
    "messages": gettext_lazy("Messages they got"),
    "other": gettext_lazy("Events and segments"),
}


@dataclass(frozen=True, slots=True)
class FixedList:
    """A segment that is a list; its members are in the warehouse table ``segment_members``."""

    segment_id: int


@dataclass(frozen=True, slots=True)
class Context:
    """What a condition may look at."""

    tables: Mapping[str, Table]
    now: datetime
    """Aware. Every "last 30 days" counts back from here and becomes a literal."""
    zone: ZoneInfo
    """The merchant's, in which calendar days and months begin."""
    segment: Callable[[int], Any]
    """Gives a segment's definition (a node of guanxi.segments.definition) or FixedList. Raises UnknownSegment."""
    path: tuple[int, ...] = field(default=())
    """Segments whose definitions are being read now, outermost first; to notice a circle."""

    @property
    def facts(self) -> Table:
        return self.tables["customer_facts"]

    def among(self, rows: Table) -> Expression:
        """Whether a row of ``rows`` (with ``customer_id``) is this customer's. Never null."""
        return self.facts.customer_id.isin(rows.filter(rows.customer_id.notnull()).customer_id)

    def during(self, moment: Expression, period: Json) -> list[Expression]:
        """Filters that keep rows whose ``moment`` lies in the period."""
        start, end = bounds(period, now=self.now, zone=self.zone)
        return [*([moment >= start] if start else []), *([moment < end] if end else [])]


class Condition:
    """Base of all conditions. Instances hold nothing; parameters come with each call, already clean."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    icon: ClassVar[str]
    group: ClassVar[str]
    fields: ClassVar[Sequence[Field]]
    keywords: ClassVar[str] = ""
    """More words that find it in the builder's search."""

    def predicate(self, params: Params, context: Context) -> Expression:
        """Who is in, over the rows of ``context.facts``: true or false, never null."""
        raise NotImplementedError

    def own(self, params: Params, context: Context) -> Table:
        """What the condition looks at: rows with ``customer_id`` and whatever ``own_words`` reads."""
        raise NotImplementedError

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        """One customer's own value, from their rows of ``own`` (there may be none)."""
        raise NotImplementedError

    def describe(self, params: Params, names: Names) -> str:
        """The condition in words: ``Orders: at least 2, in the last 90 days``."""
        pieces = [said for one in self.fields if (said := one.words(params[one.name], names))]
        if not pieces:
            return str(self.label)
        return _("%(label)s: %(value)s") % {"label": self.label, "value": _(", ").join(pieces)}

    def clean(self, raw: Mapping[str, Json], path: str) -> Params:
        """Parameters as they are kept, in the order of the fields. Raises DefinitionError."""
        if unknown := sorted(raw.keys() - {one.name for one in self.fields}):
            said = {"condition": self.name, "names": ", ".join(unknown)}
            raise DefinitionError(path, _("“%(condition)s” has no parameter %(names)s") % said)
        params = {}
        for one in self.fields:
            try:
                params[one.name] = one.clean(raw.get(one.name, one.initial))
            except BadValue as error:
                raise DefinitionError(f"{path}.{one.name}" if path else one.name, str(error)) from None
        return params

    def read(self, form: Form, prefix: str, names: Names) -> Params:
        """Raw parameters from a form; they still need ``clean``."""
        return {one.name: one.read(form, f"{prefix}.{one.name}", names) for one in self.fields}


class Measured(Condition):
    """A condition that compares a number of each customer: how many, how much.

    The parameter ``times`` or ``amount`` (see ``compared``) holds the comparison, ``within`` the period if any.
    """

    compared: ClassVar[str] = "times"
    empty: ClassVar[int | None] = 0
    """The number of a customer without rows; None when such a customer never qualifies."""
    counts: ClassVar[bool] = True
    """The number is that of the rows."""

    def fact(self, params: Params, context: Context) -> Expression | None:
        """The number as a column of the facts, when they hold it for these parameters."""
        return None

    def rows(self, params: Params, context: Context) -> Table:
        """The rows that are counted, with ``customer_id``."""
        raise NotImplementedError

    def measure(self, rows: Table) -> Expression:
        return rows.count()

    def predicate(self, params: Params, context: Context) -> Expression:
        wanted = params[self.compared]
        column = self.fact(params, context)
        if column is not None:
            return compare(column if self.empty is None else column.fill_null(self.empty), wanted).fill_null(False)
        customer = context.facts.customer_id
        if self.counts and wanted in EXISTENCE:  # no need to count
            there = customer.isin(self._known(params, context).customer_id)
            return there if wanted == EXISTENCE[0] else ~there
        measured = self._measured(params, context)
        holds = compare(measured.measured, wanted)
        if self.empty is not None and compare(self.empty, wanted):
            return ~customer.isin(measured.filter(~holds).customer_id)
        return customer.isin(measured.filter(holds).customer_id)

    def own(self, params: Params, context: Context) -> Table:
        column = self.fact(params, context)
        if column is None:
            return self._measured(params, context)
        return context.facts.select("customer_id", measured=column)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        number = rows[0]["measured"] if rows else None
        number = self.empty if number is None else number
        return _("none") if number is None else self.shown(number, names)

    def shown(self, number: float, names: Names) -> str:
        return number_format(number, use_l10n=True)

    def _known(self, params: Params, context: Context) -> Table:
        rows = self.rows(params, context)
        return rows.filter(rows.customer_id.notnull())

    def _measured(self, params: Params, context: Context) -> Table:
        rows = self._known(params, context)
        measure = self.measure(rows)
        if not self.counts and self.empty is not None:
            measure = measure.fill_null(self.empty)
        return rows.group_by("customer_id").aggregate(measured=measure)


class MeasuredMoney(Measured):
    """A condition that compares an amount in minor units of the merchant's currency."""

    compared = "amount"
    counts = False

    def shown(self, number: float, names: Names) -> str:
        return amount_words(number, names.currency)


def moment_words(moment: datetime | None) -> str:
    """A time of the warehouse for people, in their zone."""
    return date_format(localtime(moment), "Y-m-d H:i") if moment else _("never")
