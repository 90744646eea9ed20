"""Parts of a coupon's rule: each is read from a form, checked as it comes through the API, and shown in a form again.

As kept and in the API, money is in minor units and a share in hundredths of a percent; people type money in whole
currency and shares in percent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from guanxi.core import bulk, money
from guanxi.core.money import Minor
from guanxi.loyalty.coupons.splitting import WHOLE

Text = Promise | str
LARGEST_AMOUNT: Minor = 10**12
MOST_STEPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Base of all fields."""

    name: str
    label: Text
    help: Text = ""
    required: bool = True
    initial: Any = None
    """As it is kept."""

    def inputs(self, currency: str) -> dict[str, forms.Field]:
        """Fields of a Django form, by name."""
        raise NotImplementedError

    def read(self, values: Mapping[str, Any], currency: str) -> Any:
        """What is kept, from the cleaned values of the inputs; None when left empty."""
        return values.get(self.name)

    def show(self, value: Any, currency: str) -> dict[str, Any]:
        """Initial values of the inputs."""
        return {self.name: value}

    def problem(self, value: Any) -> str:
        """What is wrong with a value as it would be kept; empty when nothing is."""
        raise NotImplementedError

    def options(self) -> dict[str, Any]:
        return {"label": self.label, "help_text": self.help, "required": self.required}


def whole_number(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Field):
    """Money above zero."""

    def inputs(self, currency: str) -> dict[str, forms.Field]:
        options = self.options()
        options["label"] = _("%(label)s (%(currency)s)") % {"label": self.label, "currency": currency}
        digits = money.minor_digits(currency)
        smallest = Decimal(1).scaleb(-digits)
        return {self.name: forms.DecimalField(min_value=smallest, max_digits=12, decimal_places=digits, **options)}

    def read(self, values: Mapping[str, Any], currency: str) -> Minor | None:
        value = values.get(self.name)
        return None if value is None else money.to_minor(value, currency)

    def show(self, value: Minor | None, currency: str) -> dict[str, Any]:
        return {self.name: None if value is None else plain(money.to_decimal(value, currency))}

    def problem(self, value: Any) -> str:
        return "" if whole_number(value, 1, LARGEST_AMOUNT) else _("Enter an amount above zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Field):
    """From above 0 to 100 percent."""

    def inputs(self, currency: str) -> dict[str, forms.Field]:
        smallest = Decimal("0.01")
        return {self.name: forms.DecimalField(min_value=smallest, max_value=100, decimal_places=2, **self.options())}

    def read(self, values: Mapping[str, Any], currency: str) -> int | None:
        value = values.get(self.name)
        return None if value is None else int((value * 100).to_integral_value())

    def show(self, value: int | None, currency: str) -> dict[str, Any]:
        return {self.name: None if value is None else plain(Decimal(value) / 100)}

    def problem(self, value: Any) -> str:
        return "" if whole_number(value, 1, WHOLE) else _("Enter a share above 0 and up to 100 percent.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A whole number."""

    low: int = 1
    high: int = 1000

    def inputs(self, currency: str) -> dict[str, forms.Field]:
        return {self.name: forms.IntegerField(min_value=self.low, max_value=self.high, **self.options())}

    def problem(self, value: Any) -> str:
        if whole_number(value, self.low, self.high):
            return ""
        return _("Enter a whole number from %(low)d to %(high)d.") % {"low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Field):
    most: int = 120

    def inputs(self, currency: str) -> dict[str, forms.Field]:
        return {self.name: forms.CharField(max_length=self.most, **self.options())}

    def read(self, values: Mapping[str, Any], currency: str) -> str | None:
        return str(values.get(self.name) or "").strip() or None

    def problem(self, value: Any) -> str:
        if isinstance(value, str) and value.strip() and len(value) <= self.most and bulk.storable(value) == value:
            return ""
        return _("Enter a text of at most %(most)d characters.") % {"most": self.most}


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Field):
    required: bool = False

    def inputs(self, currency: str) -> dict[str, forms.Field]:
        return {self.name: forms.BooleanField(**self.options())}

    def read(self, values: Mapping[str, Any], currency: str) -> bool | None:
        return True if values.get(self.name) else None

    def problem(self, value: Any) -> str:
        return "" if isinstance(value, bool) else _("Say yes or no.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps(Field):
    """Rows of the same few fields, the first of which rises from row to row: ``[{"spend": 30000, "off": 3000}, …]``."""

    columns: tuple[Field, ...]

    def inputs(self, currency: str) -> dict[str, forms.Field]:
        made: dict[str, forms.Field] = {}
        for number in range(1, MOST_STEPS + 1):
            for column in self.columns:
                for name, one in column.inputs(currency).items():
                    one.required = number == 1 and column.required
                    made[f"{self.name}_{number}_{name}"] = one
        return made

    def read(self, values: Mapping[str, Any], currency: str) -> list[dict[str, Any]] | None:
        rows = []
        for number in range(1, MOST_STEPS + 1):
            own = {column.name: values.get(f"{self.name}_{number}_{column.name}") for column in self.columns}
            row = {column.name: column.read(own, currency) for column in self.columns}
            if any(value is not None for value in row.values()):
                rows.append({name: value for name, value in row.items() if value is not None})
        return rows or None

    def show(self, value: list[dict[str, Any]] | None, currency: str) -> dict[str, Any]:
        shown = {}
        for number, row in enumerate(value or (), start=1):
            for column in self.columns:
                for name, initial in column.show(row.get(column.name), currency).items():
                    shown[f"{self.name}_{number}_{name}"] = initial
        return shown

    def problem(self, value: Any) -> str:
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_STEPS:
            return _("Give from 1 to %(most)d steps.") % {"most": MOST_STEPS}
        for number, row in enumerate(value, start=1):
            if said := self._problem_of_row(row):
                return _("Step %(number)d: %(problem)s") % {"number": number, "problem": said}
        first = self.columns[0].name
        if any(later[first] <= earlier[first] for earlier, later in pairwise(value)):
            return _("Each step must ask for more than the one before it.")
        return ""

    def _problem_of_row(self, row: Any) -> str:
        if not isinstance(row, dict) or set(row) - {column.name for column in self.columns}:
            return _("This is not a step.")
        for column in self.columns:
            if row.get(column.name) is None:
                if column.required:
                    return _("“%(field)s” is missing.") % {"field": column.label}
            elif said := column.problem(row[column.name]):
                return said
        return ""


def plain(value: Decimal) -> Decimal:
    """10 rather than 10.00, so that the input shows what was typed."""
    return value.to_integral_value() if value == value.to_integral_value() else value
