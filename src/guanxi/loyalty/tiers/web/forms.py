"""Forms of tier programmes and of tiers set by hand."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from guanxi.commerce import queries as commerce
from guanxi.core.money import minor_digits, to_decimal, to_minor
from guanxi.loyalty.models.tiers import Downgrade, Match, Tier, TierProgramme, WindowKind
from guanxi.loyalty.tiers.checks import COLORS, LARGEST, MOST_DAYS, MOST_TIERS
from guanxi.loyalty.tiers.types import ProgrammeDraft, TierDraft

COLOR_LABELS = (
    _("grey"),
    _("blue"),
    _("light blue"),
    _("cyan"),
    _("teal"),
    _("green"),
    _("lime"),
    _("yellow"),
    _("orange"),
    _("red"),
    _("pink"),
    _("purple"),
)


class ProgrammeForm(forms.Form):
    """Everything of a programme but its tiers."""

    name = forms.CharField(label=_("Name"), max_length=80)
    shop = forms.TypedChoiceField(
        label=_("Orders of"), required=False, coerce=int, empty_value=None, help_text=_("One programme each.")
    )
    window = forms.ChoiceField(label=_("Orders placed in"), choices=WindowKind.choices)
    window_days = forms.IntegerField(
        label=_("Days of the window"), min_value=1, max_value=MOST_DAYS, help_text=_("When it is counted in days.")
    )
    downgrade = forms.ChoiceField(label=_("Who no longer meets a tier loses it"), choices=Downgrade.choices)
    grace_days = forms.IntegerField(label=_("Days of grace"), min_value=0, max_value=MOST_DAYS)
    fall_month = forms.TypedChoiceField(label=_("Fixed day: month"), coerce=int, choices=list(MONTHS.items()))
    fall_day = forms.IntegerField(label=_("Fixed day: day"), min_value=1, max_value=31)
    warn_days = forms.IntegerField(
        label=_("Warn so many days before"), min_value=0, max_value=MOST_DAYS, help_text=_("0 for no warning.")
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        shops = [(str(shop.id), shop.name) for shop in commerce.shops()]
        self.fields["shop"].choices = [("", _("All shops")), *shops]  # type: ignore[attr-defined]


class TierForm(forms.Form):
    """One tier."""

    tier_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(label=_("Place"), min_value=1, max_value=999, help_text=_("1 is the lowest."))
    name = forms.CharField(label=_("Name of the tier"), max_length=60, required=False)
    color = forms.ChoiceField(label=_("Colour"), choices=list(zip(COLORS, COLOR_LABELS, strict=True)))
    min_spend = forms.DecimalField(label=_("Spend at least"), required=False)
    min_orders = forms.IntegerField(
        label=_("Orders at least"), required=False, min_value=1, max_value=LARGEST["min_orders"]
    )
    min_points = forms.IntegerField(
        label=_("Points at least"),
        required=False,
        min_value=1,
        max_value=LARGEST["min_points"],
        help_text=_("Earned in that time, not given by hand."),
    )
    match = forms.ChoiceField(label=_("When more than one is asked"), choices=Match.choices)
    discount_percent = forms.DecimalField(
        label=_("Discount in percent"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    points_multiplier = forms.DecimalField(
        label=_("Points times"), required=False, min_value=1, max_value=100, decimal_places=2
    )
    free_shipping = forms.BooleanField(label=_("Free shipping"), required=False)
    birthday_gift = forms.CharField(label=_("Birthday gift"), required=False, max_length=200)
    service_priority = forms.IntegerField(
        label=_("Service priority"), required=False, min_value=0, max_value=9, help_text=_("0 is the usual.")
    )
    benefits = forms.CharField(
        label=_("Further benefits"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In words, one a line."),
    )

    def __init__(self, *arguments: Any, currency: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.currency = currency
        digits = minor_digits(currency)
        self.fields["min_spend"] = forms.DecimalField(
            label=_("Spend at least"),
            required=False,
            min_value=Decimal(1).scaleb(-digits),
            max_value=to_decimal(LARGEST["min_spend"], currency),
            decimal_places=digits,
            help_text=_("%(currency)s, less refunds") % {"currency": currency},
        )

    def says_something(self) -> bool:
        """Not the row that someone added and left empty."""
        return any(self.cleaned_data.get(name) for name in ("name", *LARGEST))

    def draft(self) -> TierDraft:
        said = self.cleaned_data
        spend = said["min_spend"]
        return TierDraft(
            tier_id=said["tier_id"],
            name=said["name"].strip(),
            color=said["color"],
            min_spend=None if spend is None else to_minor(spend, self.currency),
            min_orders=said["min_orders"],
            min_points=said["min_points"],
            match=Match(said["match"]),
            discount_percent=said["discount_percent"] or Decimal(0),
            points_multiplier=said["points_multiplier"] or Decimal(1),
            free_shipping=said["free_shipping"],
            birthday_gift=said["birthday_gift"].strip(),
            service_priority=said["service_priority"] or 0,
            benefits=said["benefits"].strip(),
        )


class Tiers(forms.BaseFormSet):
    """The tiers of a programme, in the order of their places."""

    def drafts(self) -> list[TierDraft]:
        kept = [form for form in self.forms if not form.cleaned_data.get("DELETE") and form.says_something()]
        return [form.draft() for form in sorted(kept, key=lambda form: form.cleaned_data["place"])]


def tier_forms(extra: int = 0) -> type[Tiers]:
    made = forms.formset_factory(
        TierForm, formset=Tiers, extra=extra, can_delete=True, max_num=MOST_TIERS, absolute_max=MOST_TIERS + 5
    )
    return cast(type[Tiers], made)


def programme_draft(form: ProgrammeForm, rows: Tiers) -> ProgrammeDraft:
    said = form.cleaned_data
    return ProgrammeDraft(
        name=said["name"],
        tiers=rows.drafts(),
        shop_id=said["shop"],
        window=WindowKind(said["window"]),
        window_days=said["window_days"],
        downgrade=Downgrade(said["downgrade"]),
        grace_days=said["grace_days"],
        fall_month=said["fall_month"],
        fall_day=said["fall_day"],
        warn_days=said["warn_days"],
    )


def initial_of(programme: TierProgramme | ProgrammeDraft) -> dict[str, Any]:
    """What the form shows of a programme."""
    names = ("name", "window", "window_days", "downgrade", "grace_days", "fall_month", "fall_day", "warn_days")
    return {"shop": programme.shop_id, **{name: getattr(programme, name) for name in names}}


def tier_initials(tiers: Sequence[Tier | TierDraft], currency: str) -> list[dict[str, Any]]:
    """What the rows show of tiers, lowest first."""
    names = (
        "name",
        "color",
        "min_orders",
        "min_points",
        "match",
        "discount_percent",
        "points_multiplier",
        "free_shipping",
    )
    more = ("birthday_gift", "service_priority", "benefits")
    return [
        {
            "tier_id": tier.pk if isinstance(tier, Tier) else tier.tier_id,
            "place": place,
            "min_spend": None if tier.min_spend is None else to_decimal(tier.min_spend, currency),
            **{name: getattr(tier, name) for name in (*names, *more)},
        }
        for place, tier in enumerate(tiers, start=1)
    ]


class GrantForm(forms.Form):
    """A tier set by hand."""

    tier = forms.TypedChoiceField(label=_("Tier"), coerce=int)
    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day on which they cannot fall below it."),
    )
    note = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Stays in the history."))

    def __init__(self, *arguments: Any, tiers: Sequence[tuple[int, str]], today: date, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["tier"].choices = tiers  # type: ignore[attr-defined]
        self.initial.setdefault("until", today + timedelta(days=365))
