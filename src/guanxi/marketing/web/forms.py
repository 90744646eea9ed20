"""Forms of campaigns: what people type, in percent and whole currency, to a plan in hundredths and minor units."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core import money
from guanxi.customers.types import Channel, Purpose
from guanxi.marketing.plans import LARGEST_AMOUNT, LONGEST_WINDOW, MOST_VARIANTS, CampaignPlan, VariantPlan
from guanxi.marketing.types import CampaignView
from guanxi.messaging import queries as messaging
from guanxi.segments import queries as segments

PURPOSES = [
    (Purpose.MARKETING.value, gettext_lazy("Marketing: only to customers who agreed to it")),
    (Purpose.SERVICE.value, gettext_lazy("Service: about something the customer ordered")),
]


class CampaignForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    segment = forms.TypedChoiceField(label=gettext_lazy("Segment"), coerce=int, empty_value=None)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=PURPOSES, initial=Purpose.MARKETING.value)
    control_share = forms.DecimalField(
        label=gettext_lazy("Control group"),
        min_value=0,
        max_value=50,
        decimal_places=2,
        initial=10,
        widget=forms.NumberInput(attrs={"type": "range", "step": "1", "class": "form-range", "data-control-share": ""}),
    )
    window_days = forms.IntegerField(
        label=gettext_lazy("Days whose orders count"),
        min_value=1,
        max_value=LONGEST_WINDOW,
        initial=14,
        help_text=gettext_lazy(
            "From the launch on. Fixed once it is launched, so that nobody picks the window that looks best."
        ),
    )
    tracking = forms.BooleanField(
        label=gettext_lazy("Record who opens and clicks"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Orders are measured without it, too."),
    )
    fixed_cost = forms.DecimalField(
        label=gettext_lazy("Fixed cost"),
        min_value=0,
        max_digits=15,
        decimal_places=3,
        initial=0,
        help_text=gettext_lazy("Design, text, the discount budget: counted at launch. More can be entered later."),
    )
    cost_per_thousand = forms.DecimalField(
        label=gettext_lazy("Cost of 1,000 messages"), min_value=0, max_digits=15, decimal_places=3, initial=0
    )

    def __init__(self, *arguments: Any, currency: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.currency = currency
        self.fields["segment"].choices = [("", _("Choose …")), *segment_choices()]  # type: ignore[attr-defined]
        for name in ("fixed_cost", "cost_per_thousand"):
            field = self.fields[name]
            field.label = _("%(label)s (%(currency)s)") % {"label": field.label, "currency": currency}

    def plan(self, variants: "VariantForms") -> CampaignPlan:
        """What the two valid forms ask for. Raises nothing; see plans.check_plan."""
        values = self.cleaned_data
        return CampaignPlan(
            name=values["name"],
            segment_id=values["segment"],
            channel=Channel.EMAIL,
            purpose=values["purpose"],
            variants=variants.plans(),
            control_share=_hundredths(values["control_share"]),
            window_days=values["window_days"],
            tracking=values["tracking"],
            fixed_cost=min(money.to_minor(values["fixed_cost"], self.currency), LARGEST_AMOUNT),
            cost_per_thousand=min(money.to_minor(values["cost_per_thousand"], self.currency), LARGEST_AMOUNT),
            currency=self.currency,
        )


class VariantForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    share = forms.DecimalField(
        label=gettext_lazy("Share in percent"), min_value=Decimal("0.01"), max_value=100, decimal_places=2
    )
    template = forms.TypedChoiceField(label=gettext_lazy("Template"), coerce=int)

    def __init__(self, *arguments: Any, templates: list[tuple[int | str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["template"].choices = [("", _("Choose …")), *templates]  # type: ignore[attr-defined]


class VariantForms(BaseFormSet):
    """The variants of one campaign; rows left empty are none."""

    def __init__(self, data: Any = None, *, kept: tuple[int, ...] = (), **named: Any) -> None:
        """``kept`` are template versions the campaign has now, offered though a newer one may exist."""
        super().__init__(data, form_kwargs={"templates": template_choices(kept)}, prefix="variants", **named)

    def filled(self) -> list[dict[str, Any]]:
        return [row.cleaned_data for row in self.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]

    def plans(self) -> list[VariantPlan]:
        return [
            VariantPlan(name=row["name"], share=_hundredths(row["share"]), template_version_id=row["template"])
            for row in self.filled()
        ]


def variant_forms(*, extra: int) -> type[VariantForms]:
    made = formset_factory(
        VariantForm, formset=VariantForms, extra=extra, max_num=MOST_VARIANTS, validate_max=True, can_delete=True
    )
    return cast(type[VariantForms], made)


def template_choices(kept: tuple[int, ...] = ()) -> list[tuple[int | str, str]]:
    """Newest version of each e-mail template, and older ones that are in use here."""
    offered: list[tuple[int | str, str]] = [(one.version_id, one.name) for one in messaging.templates(channel="email")]
    newest = {version for version, _name in offered}
    for version_id in kept:
        template = messaging.template_version(version_id)
        if template is not None and version_id not in newest:
            label = _("%(name)s (earlier version %(number)s)")
            offered.append((version_id, label % {"name": template.name, "number": template.version_number}))
    return offered


def initial_of(campaign: CampaignView) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A draft as its two forms show it."""
    values = {
        "name": campaign.name,
        "segment": campaign.segment_id,
        "purpose": campaign.purpose,
        "control_share": _percent(campaign.control_share),
        "window_days": campaign.window_days,
        "tracking": campaign.tracking,
        "fixed_cost": money.to_decimal(campaign.fixed_cost, campaign.currency),
        "cost_per_thousand": money.to_decimal(campaign.cost_per_thousand, campaign.currency),
    }
    rows = [
        {"name": one.name, "share": _percent(one.share), "template": one.template_version_id}
        for one in campaign.variants
    ]
    return values, rows


class ScheduleForm(forms.Form):
    at = forms.DateTimeField(
        label=gettext_lazy("Launch at"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    """In the zone of the person who types it, which the middleware made current."""


class CostForm(forms.Form):
    amount = forms.DecimalField(label=gettext_lazy("Amount"), max_digits=15, decimal_places=3)
    note = forms.CharField(label=gettext_lazy("What for"), max_length=120)
    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    """Made with the page, so that a form sent twice is entered once."""


def segment_choices() -> list[tuple[int, str]]:
    """Each segment with its size; one saved a moment ago has none until the worker counted it."""
    return [
        (
            one.id,
            _("%(name)s (not counted yet)") % {"name": one.name}
            if one.count is None
            else f"{one.name} ({formats.number_format(one.count, force_grouping=True)})",
        )
        for one in segments.summaries()
    ]


def _hundredths(percent: Decimal) -> int:
    return int((percent * 100).to_integral_value())


def _percent(share: int) -> Decimal:
    """10 rather than 10.00, so that the field shows what was typed."""
    value = Decimal(share) / 100
    return value.to_integral_value() if value == value.to_integral_value() else value
