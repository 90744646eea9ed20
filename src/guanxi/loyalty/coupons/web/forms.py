"""The designer's form: what people type, as a plan; and the basket they try it on."""

import re
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce import queries as commerce
from guanxi.core import money
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.kinds.fields import MOST_STEPS, Amount, Steps
from guanxi.loyalty.coupons.plans import CouponPlan
from guanxi.loyalty.coupons.types import Basket, BasketLine
from guanxi.loyalty.models.coupons import CodeStyle, Coupon, GiveBack

PARAM = "p_"
"""Before the names of the kind's own inputs."""
TRY_LINES = 3
LISTS = ("products", "categories", "tiers")
MOMENT = "%Y-%m-%dT%H:%M"
MIN_SPEND = Amount(name="min_spend", label=gettext_lazy("Spend at least"), required=False)


class MomentField(forms.DateTimeField):
    """A moment in the zone of whoever types it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
        super().__init__(required=False, input_formats=[MOMENT, "%Y-%m-%d %H:%M"], widget=widget, **options)


class CouponForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    products = forms.CharField(
        label=gettext_lazy("Only these products"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy("Product codes, separated by commas."),
    )
    categories = forms.CharField(
        label=gettext_lazy("Only these categories"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy("Separated by commas. Goods of either list count."),
    )
    shops = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Only in these shops"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    tiers = forms.CharField(
        label=gettext_lazy("Only for these tiers"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Codes of tiers, separated by commas."),
    )
    first_order = forms.BooleanField(label=gettext_lazy("Only on a customer's first order"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Only on these days"),
        required=False,
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = MomentField(label=gettext_lazy("Holds from"))
    valid_until = MomentField(label=gettext_lazy("Holds until"))
    valid_days = forms.IntegerField(
        label=gettext_lazy("Days to use it, once given"), required=False, min_value=1, max_value=3650
    )
    limit_total = forms.IntegerField(label=gettext_lazy("Uses in all"), required=False, min_value=1, max_value=10**9)
    limit_per_customer = forms.IntegerField(
        label=gettext_lazy("Uses for each customer"), required=False, min_value=1, max_value=10_000
    )
    exclusive = forms.BooleanField(label=gettext_lazy("Goes with no other coupon"), required=False)
    stack_group = forms.CharField(
        label=gettext_lazy("Group"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Of coupons with the same group only one is used on a basket."),
    )
    code_style = forms.ChoiceField(
        label=gettext_lazy("Codes"), choices=CodeStyle.choices, initial=CodeStyle.SHARED, widget=forms.RadioSelect
    )
    shared_code = forms.CharField(
        label=gettext_lazy("The code"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Letters and digits; capitals, spaces and hyphens do not matter."),
    )
    holders_only = forms.BooleanField(
        label=gettext_lazy("Only for customers it was given to, once each"), required=False
    )
    begins_with = forms.CharField(
        label=gettext_lazy("Codes begin with"),
        required=False,
        max_length=12,
        help_text=gettext_lazy("Up to 8 letters and digits before the twelve of the code; may be left empty."),
    )
    give_back = forms.ChoiceField(
        label=gettext_lazy("A used coupon comes back"), choices=GiveBack.choices, initial=GiveBack.FULL
    )

    def __init__(self, *arguments: Any, kind: str, currency: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.kind, self.currency = KINDS.get(kind), currency
        for field in self.kind.fields:
            for name, one in field.inputs(currency).items():
                self.fields[PARAM + name] = one
        self.fields.update(MIN_SPEND.inputs(currency))
        self.fields["shops"].choices = [(shop.id, shop.name) for shop in commerce.shops()]  # type: ignore[attr-defined]

    def kind_rows(self) -> list[dict[str, Any]]:
        """The kind's inputs as they are laid out: a title for steps, and rows of fields."""
        return [
            {
                "title": field.label if isinstance(field, Steps) else "",
                "rows": self._steps(field) if isinstance(field, Steps) else [self._bound(field.inputs(self.currency))],
            }
            for field in self.kind.fields
        ]

    def _steps(self, field: Steps) -> list[list[BoundField]]:
        names = [name for column in field.columns for name in column.inputs(self.currency)]
        return [[self[f"{PARAM}{field.name}_{n}_{name}"] for name in names] for n in range(1, MOST_STEPS + 1)]

    def _bound(self, inputs: dict[str, forms.Field]) -> list[BoundField]:
        return [self[PARAM + name] for name in inputs]

    def plan(self) -> CouponPlan:
        """What the valid form asks for."""
        values = self.cleaned_data
        own = {name.removeprefix(PARAM): value for name, value in values.items() if name.startswith(PARAM)}
        params = {field.name: field.read(own, self.currency) for field in self.kind.fields}
        asked = {
            "min_spend": MIN_SPEND.read(values, self.currency) or 0,
            **{name: listed(values[name]) for name in LISTS},
            "shops": values["shops"],
            "first_order": values["first_order"],
            "weekdays": values["weekdays"],
        }
        copied = (
            "name",
            "code_style",
            "shared_code",
            "holders_only",
            "exclusive",
            "stack_group",
            "limit_total",
            "limit_per_customer",
            "valid_from",
            "valid_until",
            "valid_days",
            "give_back",
        )
        return CouponPlan(
            kind=self.kind.name,
            currency=self.currency,
            params={name: value for name, value in params.items() if value not in (None, "")},
            conditions={name: value for name, value in asked.items() if value},
            prefix=values["begins_with"],
            **{name: values[name] for name in copied},
        )

    def place_of(self, problem: str) -> str | None:
        """The input that a problem of the plan belongs to."""
        where, _dot, name = problem.rpartition(".")
        candidate = PARAM + name if where == "params" else {"prefix": "begins_with"}.get(name, name)
        if candidate in self.fields:
            return candidate
        return next((one for one in self.fields if one.startswith(f"{PARAM}{name}_")), None)


def initial_of(coupon: Coupon) -> dict[str, Any]:
    """A coupon as its form shows it."""
    kind, asked = KINDS.get(coupon.kind), coupon.conditions
    shown = {
        PARAM + name: value
        for field in kind.fields
        for name, value in field.show(coupon.params.get(field.name), coupon.currency).items()
    }
    plain = {name: getattr(coupon, name) for name in CouponForm.base_fields if hasattr(coupon, name)}
    return {
        **plain,
        **shown,
        **MIN_SPEND.show(asked.get("min_spend"), coupon.currency),
        **{name: ", ".join(asked.get(name, ())) for name in LISTS},
        "shops": asked.get("shops", []),
        "weekdays": asked.get("weekdays", []),
        "first_order": asked.get("first_order", False),
        "shared_code": coupon.shared_code or "",
        "begins_with": coupon.prefix,
    }


def first_look(kind: str, currency: str) -> dict[str, Any]:
    """What the form of a new coupon begins with: the kind's example."""
    member = KINDS.get(kind)
    return {
        PARAM + name: value
        for field in member.fields
        for name, value in field.show(member.example.get(field.name, field.initial), currency).items()
    }


def listed(text: str) -> list[str]:
    """Parts between commas, Chinese ones too."""
    return [part.strip() for part in re.split(r"[,，、;；\n]", text) if part.strip()]


class TryForm(forms.Form):
    """A basket to try a coupon on; nothing of it is kept."""

    shipping = forms.DecimalField(label=gettext_lazy("Shipping"), required=False, min_value=0, max_digits=12)
    shop = forms.TypedChoiceField(label=gettext_lazy("Shop"), required=False, coerce=int, empty_value=None)
    tier = forms.CharField(label=gettext_lazy("Tier of the customer"), required=False, max_length=100)
    ordered = forms.ChoiceField(
        label=gettext_lazy("The customer"),
        required=False,
        choices=[
            ("", gettext_lazy("nobody knows who it is")),
            ("no", gettext_lazy("has not bought before")),
            ("yes", gettext_lazy("has bought before")),
        ],
    )
    at = MomentField(label=gettext_lazy("When"))

    def __init__(self, *arguments: Any, currency: str, **named: Any) -> None:
        super().__init__(*arguments, **{"prefix": "try", **named})
        self.currency = currency
        self.fields["shop"].choices = [("", "–"), *((shop.id, shop.name) for shop in commerce.shops())]  # type: ignore[attr-defined]
        for n in range(1, TRY_LINES + 1):
            first = n == 1
            self.fields[f"product_{n}"] = forms.CharField(label=_("Product code"), required=False, max_length=100)
            self.fields[f"category_{n}"] = forms.CharField(label=_("Category"), required=False, max_length=80)
            self.fields[f"quantity_{n}"] = forms.IntegerField(
                label=_("Pieces"), required=False, min_value=1, max_value=9999, initial=2 if first else None
            )
            self.fields[f"price_{n}"] = forms.DecimalField(
                label=_("Price each"), required=False, min_value=0, max_digits=12, initial=200 if first else None
            )

    def rows(self) -> list[list[BoundField]]:
        names = ("product", "category", "quantity", "price")
        return [[self[f"{name}_{n}"] for name in names] for n in range(1, TRY_LINES + 1)]

    def basket(self) -> Basket:
        """Lines without a price are none."""
        values, lines = self.cleaned_data, []
        for n in range(1, TRY_LINES + 1):
            if values.get(f"price_{n}") is None:
                continue
            pieces = values.get(f"quantity_{n}") or 1
            each = money.to_minor(values[f"price_{n}"], self.currency)
            product, category = values.get(f"product_{n}", ""), values.get(f"category_{n}", "")
            lines.append(
                BasketLine(key=str(n), product=product, category=category, quantity=pieces, total=pieces * each)
            )
        shipping = money.to_minor(values.get("shipping") or 0, self.currency)
        return Basket(currency=self.currency, lines=tuple(lines), shipping=shipping, shop_id=values.get("shop"))


class CodesForm(forms.Form):
    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=5_000_000, initial=1000)
