"""Forms of points: what people type, in whole currency, to minor units."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce import queries as commerce
from guanxi.core import money, preferences
from guanxi.loyalty.models import PointsProgramme, ProgrammeShop
from guanxi.loyalty.points.adjusting import MOST
from guanxi.loyalty.points.services import RuleTerms
from guanxi.loyalty.points.types import Expiry, RuleKind, Shortfall

LARGEST = 10**13
IN_REACH = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
"""Days that are moments in every time zone."""


class ProgrammeForm(forms.Form):
    """The terms of a programme. Amounts are in the merchant's currency."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    active = forms.BooleanField(label=gettext_lazy("Customers earn and spend points"), required=False)
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Orders count from"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Orders paid before this moment bring no points."),
    )
    shops = forms.MultipleChoiceField(
        label=gettext_lazy("Shops"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Their customers earn and spend points of this programme only."),
    )
    return_days = forms.IntegerField(
        label=gettext_lazy("Return window in days"),
        min_value=0,
        max_value=365,
        help_text=gettext_lazy("Points of an order can be spent so many days after it was paid."),
    )
    expiry = forms.ChoiceField(label=gettext_lazy("Points expire"), choices=Expiry.choices)
    expiry_months = forms.IntegerField(label=gettext_lazy("Months they are valid"), min_value=1, max_value=240)
    notice_days = forms.IntegerField(
        label=gettext_lazy("Days of notice before points expire"),
        min_value=0,
        max_value=365,
        help_text=gettext_lazy("The event “Points expire soon” comes so many days before; 0 for none."),
    )
    spend_points = forms.IntegerField(label=gettext_lazy("So many points"), min_value=1, max_value=1_000_000)
    spend_amount = forms.DecimalField(label=gettext_lazy("take off"), min_value=0, max_digits=12, decimal_places=3)
    spend_minimum = forms.IntegerField(
        label=gettext_lazy("Smallest number of points to spend"), min_value=1, max_value=1_000_000
    )
    spend_share = forms.IntegerField(
        label=gettext_lazy("Largest part of an order in percent"), min_value=1, max_value=100
    )
    hold_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes a till may set points aside"), min_value=1, max_value=1440
    )
    shortfall = forms.ChoiceField(
        label=gettext_lazy("When points of a refunded order are spent already"),
        choices=Shortfall.choices,
        widget=forms.RadioSelect,
    )
    adjust_limit = forms.IntegerField(
        label=gettext_lazy("Points that one person may give or take by hand"),
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("For one customer within a day; what is above waits for a second person."),
    )
    MONEY = ("spend_amount",)

    def __init__(self, data: Any = None, *, programme: PointsProgramme) -> None:
        self.programme = programme
        self.currency = preferences.currency()
        plain = [name for name in self.base_fields if name not in ("shops", *self.MONEY)]
        initial: dict[str, Any] = {name: getattr(programme, name) for name in plain}
        initial |= {name: money.to_decimal(getattr(programme, name), self.currency) for name in self.MONEY}
        super().__init__(data, initial=initial)
        if programme.is_default:
            del self.fields["shops"]
        else:
            own = ProgrammeShop.objects.filter(programme_id=programme.pk or 0).values_list("shop_id", flat=True)
            self.initial["shops"] = [str(shop_id) for shop_id in own]
            taken = ProgrammeShop.objects.exclude(programme_id=programme.pk or 0).values_list("shop_id", flat=True)
            self.fields["shops"].choices = [  # type: ignore[attr-defined]
                (str(shop.id), shop.name) for shop in commerce.shops() if shop.id not in set(taken)
            ]
            self.fields["shops"].required = True
        self.fields["spend_amount"].label = _("take off (%(currency)s)") % {"currency": self.currency}

    def terms(self) -> dict[str, Any]:
        """Fields of the programme. After `is_valid`."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "shops"}
        return {**values, **{name: money.to_minor(values[name], self.currency) for name in self.MONEY}}

    def shop_ids(self) -> list[int]:
        return [int(shop_id) for shop_id in self.cleaned_data.get("shops", ())]


class RuleForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Earned by"), choices=RuleKind.choices)
    points = forms.IntegerField(label=gettext_lazy("Points"), min_value=0, max_value=1_000_000)
    per_amount = forms.DecimalField(
        label=gettext_lazy("for each"),
        required=False,
        max_digits=12,
        decimal_places=3,
        help_text=gettext_lazy("Of money spent; the other kinds need no amount."),
    )
    shop = forms.TypedChoiceField(label=gettext_lazy("Only in the shop"), required=False, coerce=int, empty_value=None)
    category = forms.CharField(
        label=gettext_lazy("Only for the category"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As the list of products calls it."),
    )
    sku = forms.CharField(
        label=gettext_lazy("Only for the product"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Its code (SKU) or exact title. Of several rules the most particular one holds."),
    )

    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=IN_REACH,
        help_text=gettext_lazy(
            "Such as double points for a week, by when orders were paid. It goes before the same without days."
        ),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=IN_REACH,
    )
    cap = forms.IntegerField(
        label=gettext_lazy("At most in 30 days"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=gettext_lazy("Points that one customer gets for reviews."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.currency = preferences.currency()
        shops = [("", _("All shops")), *((str(shop.id), shop.name) for shop in commerce.shops())]
        self.fields["shop"].choices = shops  # type: ignore[attr-defined]
        self.fields["per_amount"].label = _("for each (%(currency)s)") % {"currency": self.currency}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It would end before it begins."))
        if values.get("kind") == RuleKind.AMOUNT and "per_amount" in values:
            amount = money.to_minor(values["per_amount"] or 0, self.currency)
            if not 0 < amount <= LARGEST:
                self.add_error("per_amount", _("Say for which amount of money."))
            values["per_minor"] = amount
        if sku := values.get("sku", "").strip():
            found = commerce.products_named(sku, shop_id=values.get("shop"))
            if len(found) != 1:
                problem = _("No product is called so.") if not found else _("Several are called so; choose a shop.")
                self.add_error("sku", problem)
            else:
                values["product_id"] = found[0]
        return values

    def terms(self) -> RuleTerms:
        values = self.cleaned_data
        return RuleTerms(
            kind=RuleKind(values["kind"]),
            points=values["points"],
            per_amount=values.get("per_minor", 0),
            shop_id=values["shop"],
            category=values["category"].strip(),
            product_id=values.get("product_id"),
            valid_from=_midnight(values["first_day"]),
            valid_until=_midnight(values["last_day"], after=1),
            cap=values["cap"],
        )


def _midnight(day: date | None, *, after: int = 0) -> datetime | None:
    """The beginning of a day of the merchant's zone, or of one so many days later."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=after), time.min, preferences.time_zone())


class AdjustForm(forms.Form):
    programme = forms.TypedChoiceField(label=gettext_lazy("Programme"), coerce=int)
    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        min_value=-MOST,
        max_value=MOST,
        help_text=gettext_lazy("With a minus in front they are taken."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("It stands on the customer's statement.")
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        rows = PointsProgramme.objects.filter(active=True).order_by("-is_default", "name")
        self.limits = {row.pk: row.adjust_limit for row in rows}
        self.fields["programme"].choices = [(row.pk, row.name) for row in rows]  # type: ignore[attr-defined]
