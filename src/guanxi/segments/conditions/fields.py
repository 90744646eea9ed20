"""Parameters of conditions: what a value may be, how it is said in words, and how a form gives it.

A parameter's value is plain JSON. ``clean`` takes what came from outside and gives the one form in which it is kept;
``read`` gathers the same from the inputs of a form. Each field brings the template that draws its inputs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from guanxi.segments.conditions.names import Names
from guanxi.segments.errors import BadValue

Json = Any
Form = Mapping[str, Sequence[str]]
"""Inputs by name, each with all the values sent for it."""
Text = str | Promise


def one(form: Form, name: str) -> str:
    """The last value of an input, without blanks around it; empty when it was not sent."""
    values = form.get(name) or [""]
    return str(values[-1]).strip()


def listed(parts: Sequence[str], *, limit: int = 6) -> str:
    """``A, B or C``; long lists end in how many more there are."""
    shown = [str(part) for part in parts[:limit]]
    if len(parts) > limit:
        return _("%(names)s or %(number)d more") % {"names": ", ".join(shown), "number": len(parts) - limit}
    if len(shown) < 2:
        return "".join(shown)
    return _("%(names)s or %(last)s") % {"names": ", ".join(shown[:-1]), "last": shown[-1]}


@dataclass(frozen=True, kw_only=True)
class Field:
    """Base of all parameters."""

    template: ClassVar[str]
    name: str
    label: Text = ""
    help: Text = ""
    initial: Json = None

    def clean(self, raw: Json) -> Json:
        """The value as it is kept. Raises BadValue."""
        raise NotImplementedError

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        """The raw value from a form whose inputs for this field are called ``prefix`` or begin with ``prefix.``."""
        raise NotImplementedError

    def options(self, value: Json, names: Names) -> Sequence[tuple[str, Text, bool]]:
        """What can be picked: value, label, whether it is picked now."""
        return ()

    def inputs(self, value: Json, names: Names) -> Any:
        """The value as the template's inputs hold it."""
        return value

    def words(self, value: Json, names: Names) -> str:
        """The value for people; empty when it adds nothing."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a few fixed words."""

    template: ClassVar[str] = "segments/fields/choice.html"
    choices: Sequence[tuple[str, Text]]

    def clean(self, raw: Json) -> str:
        if raw not in (known := [value for value, _label in self.choices]):
            raise BadValue(_("must be one of %(choices)s") % {"choices": ", ".join(known)})
        return str(raw)

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        return one(form, prefix) or self.initial

    def options(self, value: Json, names: Names) -> Sequence[tuple[str, Text, bool]]:
        return [(known, label, known == value) for known, label in self.choices]

    def words(self, value: str, names: Names) -> str:
        return str(dict(self.choices)[value])


@dataclass(frozen=True, kw_only=True)
class Choices(Field):
    """One or more of a few fixed words."""

    template: ClassVar[str] = "segments/fields/choices.html"
    choices: Sequence[tuple[str, Text]]
    initial: Json = ()

    def clean(self, raw: Json) -> list[str]:
        known = [value for value, _label in self.choices]
        if not isinstance(raw, list | tuple) or not raw:
            raise BadValue(_("choose at least one"))
        for value in raw:
            if value not in known:
                raise BadValue(_("must be among %(choices)s") % {"choices": ", ".join(known)})
        return [value for value in known if value in raw]

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        return list(form.get(prefix) or [])

    def options(self, value: Json, names: Names) -> Sequence[tuple[str, Text, bool]]:
        return [(known, label, known in (value or ())) for known, label in self.choices]

    def words(self, value: Sequence[str], names: Names) -> str:
        return listed([str(label) for known, label in self.choices if known in value], limit=12)


@dataclass(frozen=True, kw_only=True)
class Values(Field):
    """One or more texts that occur in the warehouse; ``source`` names the list that helps typing."""

    template: ClassVar[str] = "segments/fields/values.html"
    source: str
    initial: Json = ()
    LIMIT: ClassVar[int] = 500

    def clean(self, raw: Json) -> list[str]:
        if not isinstance(raw, list | tuple) or not all(isinstance(value, str) for value in raw):
            raise BadValue(_("must be a list of texts"))
        values = list(dict.fromkeys(value.strip() for value in raw if value.strip()))
        if not values:
            raise BadValue(_("choose at least one"))
        if len(values) > self.LIMIT or any(len(value) > 300 for value in values):
            raise BadValue(_("at most %(limit)d values of 300 characters") % {"limit": self.LIMIT})
        return values

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        return list(dict.fromkeys(v.strip() for v in form.get(prefix) or [] if v.strip()))

    def words(self, value: Sequence[str], names: Names) -> str:
        return listed([_("“%(text)s”") % {"text": text} for text in value])


@dataclass(frozen=True, kw_only=True)
class Picks(Field):
    """One or more of the merchant's shops, segments or tiers, kept by number."""

    template: ClassVar[str] = "segments/fields/choices.html"
    source: str
    initial: Json = ()

    def clean(self, raw: Json) -> list[int]:
        if not isinstance(raw, list | tuple) or not all(isinstance(n, int) and not isinstance(n, bool) for n in raw):
            raise BadValue(_("must be a list of whole numbers"))
        if not raw:
            raise BadValue(_("choose at least one"))
        return sorted(set(raw))

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        return [int(value) for value in form.get(prefix) or [] if value.isdecimal()]

    def options(self, value: Json, names: Names) -> Sequence[tuple[str, Text, bool]]:
        chosen = set(value or ())
        known = names.of(self.source)
        return [(str(n), names.label(self.source, n), n in chosen) for n in [*known, *(chosen - known.keys())]]

    def words(self, value: Sequence[int], names: Names) -> str:
        return listed([names.label(self.source, number) for number in value])


@dataclass(frozen=True, kw_only=True)
class Switch(Field):
    """Yes or no."""

    template: ClassVar[str] = "segments/fields/switch.html"
    initial: Json = False

    def clean(self, raw: Json) -> bool:
        if not isinstance(raw, bool):
            raise BadValue(_("must be true or false"))
        return raw

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        return bool(one(form, prefix))

    def words(self, value: bool, names: Names) -> str:
        return str(self.label) if value else ""


@dataclass(frozen=True, kw_only=True)
class Range(Field):
    """From one whole number to another, both included, within fixed limits: ``[1, 5]``."""

    template: ClassVar[str] = "segments/fields/range.html"
    low: int
    high: int
    initial: Json = None

    def __post_init__(self) -> None:
        if self.initial is None:
            object.__setattr__(self, "initial", [self.low, self.high])

    def clean(self, raw: Json) -> list[int]:
        if not isinstance(raw, list | tuple) or len(raw) != 2 or not all(type(number) is int for number in raw):
            raise BadValue(_("must be two whole numbers, the lowest and the highest"))
        if not self.low <= raw[0] <= raw[1] <= self.high:
            raise BadValue(_("must go up, between %(low)d and %(high)d") % {"low": self.low, "high": self.high})
        return list(raw)

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        ends = [one(form, f"{prefix}.low"), one(form, f"{prefix}.high")]
        if not any(ends):
            return self.initial
        return [int(end) if end.isdecimal() else None for end in ends]

    def covers_all(self, value: Sequence[int]) -> bool:
        return list(value) == [self.low, self.high]

    def words(self, value: Sequence[int], names: Names) -> str:
        if self.covers_all(value):
            return ""
        shown = str(value[0]) if value[0] == value[1] else f"{value[0]}–{value[1]}"
        return _("%(label)s %(range)s") % {"label": self.label, "range": shown}
