"""A draft as the builder's templates draw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from guanxi.segments.conditions import CONDITIONS
from guanxi.segments.conditions.base import GROUPS, Condition
from guanxi.segments.conditions.fields import Field, Text
from guanxi.segments.conditions.names import Names
from guanxi.segments.definition import MAX_DEPTH
from guanxi.segments.errors import BadValue
from guanxi.segments.explanation import match_words
from guanxi.segments.web.draft import ROOT, Draft


@dataclass(frozen=True, slots=True)
class BoundField:
    field: Field
    name: str
    value: Any
    options: Sequence[tuple[str, Text, bool]]
    inputs: Any
    error: str

    @property
    def id(self) -> str:
        return "id_" + self.name.replace(".", "_")


@dataclass(frozen=True, slots=True)
class BoundLeaf:
    place: str
    condition: Condition
    fields: list[BoundField]
    error: bool
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class BoundGroup:
    place: str
    match: str
    of: list["BoundGroup | BoundLeaf"]
    root: bool
    may_nest: bool
    first: bool = True
    last: bool = True
    error: bool = False

    @property
    def matches(self) -> list[tuple[str, str, bool]]:
        return [(match, match_words(match), match == self.match) for match in ("all", "any", "none")]


def bind(draft: Draft, names: Names, *, errors: bool) -> BoundGroup:
    """With ``errors``, what is incomplete says so."""
    return _group(draft, ROOT, names, errors, 1, first=True, last=True)


def _group(draft: Draft, place: str, names: Names, errors: bool, depth: int, *, first: bool, last: bool) -> BoundGroup:
    of: list[BoundGroup | BoundLeaf] = []
    for number, child in enumerate(draft["of"]):
        ends = {"first": number == 0, "last": number == len(draft["of"]) - 1}
        here = f"{place}.{number}"
        if "condition" in child:
            of.append(_leaf(child, here, names, errors, **ends))
        else:
            of.append(_group(child, here, names, errors, depth + 1, **ends))
    lacking = errors and depth > 1 and not of
    return BoundGroup(place, draft["match"], of, depth == 1, depth < MAX_DEPTH, first, last, lacking)


def _leaf(draft: Draft, place: str, names: Names, errors: bool, *, first: bool, last: bool) -> BoundLeaf:
    condition = CONDITIONS.get(draft["condition"])
    fields = [_field(field, f"{place}.{field.name}", draft, names, errors) for field in condition.fields]
    return BoundLeaf(place, condition, fields, any(field.error for field in fields), first, last)


def _field(field: Field, name: str, draft: Draft, names: Names, errors: bool) -> BoundField:
    value = draft.get(field.name, field.initial)
    error = ""
    try:
        field.clean(value)
    except BadValue as bad:
        error = str(bad) if errors else ""
    inputs = field.inputs(value, names)
    return BoundField(field, name, value, field.options(value, names), inputs, error)


def picker() -> list[tuple[Text | Promise, list[Condition]]]:
    """All conditions by group, for choosing one."""
    conditions = list(CONDITIONS)
    return [(label, [one for one in conditions if one.group == group]) for group, label in GROUPS.items()]
