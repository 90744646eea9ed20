"""Two groups of customers side by side in every dimension: a handful of queries, however many dimensions there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guanxi.analytics.models.contrast import Contrast, contrast, index
from guanxi.analytics.models.intervals import Proportion, holm, wilson
from guanxi.analytics.persona import DIMENSIONS
from guanxi.analytics.persona.base import Context, Dimension, Names, Table
from guanxi.segments import queries as segments

MIN_PEOPLE = 30
"""Customers of whom something must be known in each group, before shares of it are shown."""
MIN_COUNT = 5
"""Customers with a value, seen or expected, before two shares of it are compared."""
MOST_VALUES = 500
"""Of a dimension, those of the most people."""
CERTAIN = 0.05
"""A difference is called clear when chance makes one like it in fewer of all comparisons together than this."""


@dataclass(frozen=True, slots=True)
class Side:
    """How many of a group have a value."""

    count: int
    share: float
    low: float
    high: float
    """Wilson's interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Value:
    key: str
    label: str
    group: Side
    other: Side
    index: float | None
    """The group's share as a multiple of the other's; None where too few people are behind it."""
    g2: float
    """Signed log-likelihood ratio; above 0 the group has more of it. Zero where too few people are behind it."""
    clear: bool
    """The difference is not chance: Holm's correction over everything that is compared."""
    definition: dict[str, Any] | None
    """Of a segment of these people."""


@dataclass(frozen=True, slots=True)
class Part:
    """One dimension."""

    dimension: Dimension
    group_size: int
    other_size: int
    """Of whom something is known."""
    values: Sequence[Value]
    """In their own order, or those first that set the group apart most."""
    thin: bool
    """Too few people are known; there are no values then."""

    @property
    def strength(self) -> float:
        """How far this dimension alone sets the group apart."""
        return max((abs(value.g2) for value in self.values), default=0.0)


@dataclass(frozen=True, slots=True)
class Persona:
    """A group of customers against another, or against everyone."""

    size: int
    other_size: int
    shared: int
    """Customers who are in both."""
    parts: Sequence[Part]
    """Those first that set the group apart most; then those with too few people."""

    def standouts(self, limit: int) -> list[tuple[Part, Value]]:
        """The clear differences, the strongest first."""
        clear = [(part, value) for part in self.parts for value in part.values if value.clear]
        return sorted(clear, key=lambda one: -abs(one[1].g2))[:limit]


def compare(segment: int, other: int | None, *, context: Context, names: Names) -> Persona:
    """What sets a segment apart from another, or from everyone (None). Raises UnknownSegment and DefinitionError.

    Against everyone, shares are compared with everyone's, and whether a difference is chance is asked against those
    who are not in the segment. Customers in both of two segments count in both, which can hide a difference and never
    makes one.
    """
    import ibis

    people = _people(segment, other, context)
    sizes = people.aggregate(
        group=people.count(where=people.in_group),
        other=people.count(where=people.in_other),
        shared=people.count(where=people.in_group & people.in_other),
    )
    whole = context.fetch(sizes)[0]
    pairs = ibis.union(*(_labelled(dimension, context) for dimension in DIMENSIONS), distinct=False)
    marked = pairs.join(people, "customer_id")
    once = ibis.row_number().over(ibis.window(group_by=["dimension", "customer_id"], order_by="value")) == 0
    marked = marked.mutate(once=once)
    per_value = marked.group_by("dimension", "value").aggregate(
        group=marked.count(where=marked.in_group),
        other=marked.count(where=marked.in_other),
        group_people=marked.count(where=marked.in_group & marked.once),
        other_people=marked.count(where=marked.in_other & marked.once),
    )
    counts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in context.fetch(per_value.order_by(ibis.desc(per_value.group + per_value.other), "value")):
        counts[row["dimension"]].append(row)
    found = [_counted(dimension, counts[dimension.name]) for dimension in DIMENSIONS]
    parts = _judge(found, names, against_rest=other is None)
    return Persona(whole["group"], whole["other"], whole["shared"], parts)


@dataclass(frozen=True, slots=True)
class _Counted:
    dimension: Dimension
    group: int
    other: int
    """Of whom something is known."""
    rows: Sequence[Mapping[str, Any]]

    @property
    def thin(self) -> bool:
        return min(self.group, self.other) < MIN_PEOPLE


def _counted(dimension: Dimension, rows: Sequence[Mapping[str, Any]]) -> _Counted:
    """Each customer is counted at one of their values, so that the sum is how many they are."""
    group, other = (sum(row[f"{side}_people"] for row in rows) for side in ("group", "other"))
    return _Counted(dimension, group, other, rows[:MOST_VALUES])


def _people(segment: int, other: int | None, context: Context) -> Table:
    """Everyone who is in either group: ``customer_id``, ``in_group`` and ``in_other``."""
    import ibis

    facts = context.tables["customer_facts"]
    everyone = facts.filter(~facts.erased).select("customer_id")
    marks = {"in_group": _members(segment, context), "in_other": _members(other, context) if other else None}
    for name, members in marks.items():
        if members is None:
            everyone = everyone.mutate(**{name: ibis.literal(True)})
            continue
        flagged = members.select(member=members.customer_id, **{name: ibis.literal(True)})
        joined = everyone.left_join(flagged, everyone.customer_id == flagged.member).drop("member")
        everyone = joined.mutate(**{name: joined[name].fill_null(False)})
    return everyone.filter(everyone.in_group | everyone.in_other)


def _members(segment: int, context: Context) -> Table:
    definition = {"condition": "segment", "segments": [segment]}
    return segments.rows(definition, snapshot=context.snapshot, now=context.now)


def _labelled(dimension: Dimension, context: Context) -> Table:
    import ibis

    values = dimension.values(context)
    return values.select("customer_id", "value", dimension=ibis.literal(dimension.name))


def _judge(found: Sequence[_Counted], names: Names, *, against_rest: bool) -> list[Part]:
    """Shares, intervals and what is clear, corrected over all values together."""
    told = [(one, row) for one in found if not one.thin for row in one.rows]
    contrasts = [_contrast(one, row, against_rest=against_rest) for one, row in told]
    compared = [made.p_value for made in contrasts if made is not None]
    adjusted = iter(holm(compared))
    values: dict[str, list[Value]] = defaultdict(list)
    for (one, row), made in zip(told, contrasts, strict=True):
        clear = made is not None and next(adjusted) < CERTAIN
        values[one.dimension.name].append(_value(one, row, made, names, clear=clear))
    parts = [
        Part(
            one.dimension,
            one.group,
            one.other,
            _sorted(one.dimension, values[one.dimension.name]),
            one.thin,
        )
        for one in found
    ]
    return sorted(parts, key=lambda part: (part.thin, -part.strength))


def _shares(one: _Counted, row: Mapping[str, Any]) -> tuple[Proportion, Proportion]:
    return Proportion(row["group"], one.group), Proportion(row["other"], one.other)


def _contrast(one: _Counted, row: Mapping[str, Any], *, against_rest: bool) -> Contrast | None:
    """None where too few people are behind it to say anything."""
    group, other = _shares(one, row)
    if max(group.hits, group.size * other.value) < MIN_COUNT or other.hits < MIN_COUNT:
        return None
    rest = Proportion(other.hits - group.hits, other.size - group.size) if against_rest else other
    return contrast(group, rest)


def _value(one: _Counted, row: Mapping[str, Any], made: Contrast | None, names: Names, *, clear: bool) -> Value:
    group, other = _shares(one, row)
    return Value(
        key=row["value"],
        label=one.dimension.words(row["value"], names),
        group=_side(group),
        other=_side(other),
        index=index(group, other) if made else None,
        g2=made.g2 if made else 0.0,
        clear=clear,
        definition=one.dimension.definition_of(row["value"]),
    )


def _side(proportion: Proportion) -> Side:
    return Side(proportion.hits, proportion.value, *wilson(proportion))


def _sorted(dimension: Dimension, values: Sequence[Value]) -> list[Value]:
    if dimension.ordered:
        return sorted(values, key=lambda value: dimension.place(value.key))
    return sorted(values, key=lambda value: (-abs(value.g2), -value.group.count, value.label))
