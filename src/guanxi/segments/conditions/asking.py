"""The parameter of the condition on custom fields: which field, and what is asked of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.fields import Field, Form, Json, Text, Values, listed, one
from guanxi.segments.conditions.measures import LONGEST, MOST, Period
from guanxi.segments.conditions.names import Names
from guanxi.segments.errors import BadValue

QUESTIONS: Mapping[str, Text] = {
    "is": gettext_lazy("is one of"),
    "contains": gettext_lazy("contains"),
    "between": gettext_lazy("is between"),
    "within": gettext_lazy("lies"),
    "next_days": gettext_lazy("lies in the next … days"),
    "any_of": gettext_lazy("is one of"),
    "yes": gettext_lazy("is yes"),
    "no": gettext_lazy("is no"),
    "filled": gettext_lazy("is filled in"),
    "empty": gettext_lazy("is empty"),
}
ALWAYS = ("filled", "empty")
BY_KIND: Mapping[str, Sequence[str]] = {
    "text": ("is", "contains", *ALWAYS),
    "number": ("between", *ALWAYS),
    "date": ("within", "next_days", *ALWAYS),
    "choice": ("any_of", *ALWAYS),
    "flag": ("yes", "no", *ALWAYS),
}
WITHIN = Period(name="of", ever=False, initial={"last_days": 30})
TEXTS = Values(name="of", source="")


@dataclass(frozen=True, kw_only=True)
class Asked(Field):
    """``{"field": 3, "asks": "between", "of": [10, null]}``.

    What ``of`` is depends on what is asked: texts for ``is`` and ``contains``, two numbers (null is open) for
    ``between``, a period for ``within``, days for ``next_days``, choices by number for ``any_of``; else null.
    """

    template: ClassVar[str] = "segments/fields/asked.html"

    def clean(self, raw: Json) -> dict[str, Any]:
        if not isinstance(raw, dict) or not raw.keys() <= {"field", "asks", "of"}:
            raise BadValue(_("must be field, asks and of"))
        field, asks = raw.get("field"), raw.get("asks")
        if type(field) is not int or not 0 < field < 2**63:
            raise BadValue(_("choose a field"))
        if asks not in QUESTIONS:
            raise BadValue(_("must ask one of %(known)s") % {"known": ", ".join(QUESTIONS)})
        return {"field": field, "asks": asks, "of": _clean(str(asks), raw.get("of"))}

    def read(self, form: Form, prefix: str, names: Names) -> Json:
        number = one(form, f"{prefix}.field")
        field = int(number) if number.isdecimal() and len(number) < 19 else 0
        asks = one(form, f"{prefix}.asks")
        possible = self._possible(field, names)
        if asks not in possible:
            asks = possible[0]
        return {"field": field, "asks": asks, "of": _read(asks, form, prefix, names)}

    def options(self, value: Json, names: Names) -> Sequence[tuple[str, Text, bool]]:
        """The fields in use, and the one chosen though it was archived."""
        chosen = (value or {}).get("field")
        known = [one for one in names.fields.values() if not one.archived or one.id == chosen]
        found = [(str(one.id), one.label, one.id == chosen) for one in known]
        if chosen and chosen not in names.fields:
            found.append((str(chosen), names.field(chosen), True))
        return found

    def inputs(self, value: Json, names: Names) -> dict[str, Any]:
        """Everything the template draws: the question, and what is asked for in the form of its inputs."""
        value = value or {}
        field, asks, of = value.get("field") or 0, value.get("asks") or "filled", value.get("of")
        low, high = of if asks == "between" and isinstance(of, list) and len(of) == 2 else (None, None)
        period = of if asks == "within" else None
        return {
            "chosen": bool(field),
            "asks": asks,
            "questions": [(name, QUESTIONS[name], name == asks) for name in self._possible(field, names)],
            "texts": of if asks in ("is", "contains") and isinstance(of, list) else [],
            "low": "" if low is None else _plain(low),
            "high": "" if high is None else _plain(high),
            "days": str(of) if asks == "next_days" and of else "",
            "period": WITHIN.inputs(period, names),
            "units": WITHIN.options(period or WITHIN.initial, names),
            "choices": self._choices(field, of if asks == "any_of" and isinstance(of, list) else [], names),
        }

    def words(self, value: dict[str, Any], names: Names) -> str:
        asks, of = value["asks"], value["of"]
        said = {"field": names.field(value["field"]), "asks": str(QUESTIONS[asks])}
        if asks in ("is", "contains"):
            return _("%(field)s %(asks)s %(values)s") % {**said, "values": TEXTS.words(of, names)}
        if asks == "any_of":
            chosen = listed([names.choice(value["field"], number) for number in of])
            return _("%(field)s %(asks)s %(values)s") % {**said, "values": chosen}
        if asks == "between":
            return _("%(field)s is %(range)s") % {**said, "range": _range(*of)}
        if asks == "within":
            return _("%(field)s lies %(period)s") % {**said, "period": WITHIN.words(of, names)}
        if asks == "next_days":
            return _("%(field)s lies in the next %(days)d days") % {**said, "days": of}
        return _("%(field)s %(asks)s") % said

    def _possible(self, field: int, names: Names) -> Sequence[str]:
        known = names.fields.get(field)
        return BY_KIND.get(known.kind, ALWAYS) if known else tuple(QUESTIONS) if field else ALWAYS

    def _choices(self, field: int, chosen: Sequence[int], names: Names) -> list[tuple[str, str, bool]]:
        known = names.fields.get(field)
        options = known.options if known else ()
        found = [(str(o.id), o.label, o.id in chosen) for o in options if not o.dropped or o.id in chosen]
        lost = set(chosen) - {o.id for o in options}
        return [*found, *((str(number), names.choice(field, number), True) for number in sorted(lost))]


def _clean(asks: str, of: Json) -> Json:
    if asks in ("is", "contains"):
        return TEXTS.clean(of)
    if asks == "between":
        return _clean_range(of)
    if asks == "within":
        return WITHIN.clean(of)
    if asks == "next_days":
        if type(of) is not int or not 0 <= of <= LONGEST:
            raise BadValue(_("enter a number of days"))
        return of
    if asks == "any_of":
        if not isinstance(of, list) or not of or not all(type(n) is int and 0 < n < 2**63 for n in of):
            raise BadValue(_("choose at least one"))
        return sorted(set(of))
    return None


def _clean_range(of: Json) -> list[float | None]:
    if not isinstance(of, list) or len(of) != 2 or of == [None, None]:
        raise BadValue(_("enter a number"))
    for end in of:
        if end is not None and (type(end) not in (int, float) or not isfinite(end) or abs(end) > MOST):
            raise BadValue(_("enter a number"))
    if None not in of and of[0] > of[1]:
        raise BadValue(_("the first number must not be the larger"))
    return list(of)


def _read(asks: str, form: Form, prefix: str, names: Names) -> Json:
    if asks in ("is", "contains"):
        return TEXTS.read(form, f"{prefix}.texts", names)
    if asks == "between":
        return [_number(one(form, f"{prefix}.low")), _number(one(form, f"{prefix}.high"))]
    if asks == "within":
        return WITHIN.read(form, f"{prefix}.period", names)
    if asks == "next_days":
        days = one(form, f"{prefix}.days")
        return int(days) if days.isdecimal() and len(days) < 9 else None
    if asks == "any_of":
        return [int(value) for value in form.get(f"{prefix}.choices") or [] if value.isdecimal()]
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _plain(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _range(low: float | None, high: float | None) -> str:
    shown = {
        name: number_format(_plain(end), use_l10n=True)
        for name, end in (("low", low), ("high", high))
        if end is not None
    }
    if low is None:
        return _("at most %(high)s") % shown
    if high is None:
        return _("at least %(low)s") % shown
    return _("between %(low)s and %(high)s") % shown
