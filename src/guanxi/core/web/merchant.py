"""The merchant: name, currency, time zone, and what other currencies are worth."""

from babel.numbers import is_currency
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core import audit, jobs, preferences
from guanxi.core.models import ExchangeRate
from guanxi.core.permissions import requires
from guanxi.core.web.profile import time_zones
from guanxi.core.web.users import actor


class CurrencyField(forms.CharField):
    def clean(self, value: str | None) -> str:
        code = str(super().clean(value)).upper()
        if code and not is_currency(code):
            raise forms.ValidationError(_("There is no currency with this code; it has three letters, such as CNY."))
        return code


class MerchantForm(forms.Form):
    merchant_name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    currency = CurrencyField(
        label=gettext_lazy("Currency"), max_length=3, help_text=gettext_lazy("Reports are read in it.")
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("In which a day begins and messages keep to the night.")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        zones = dict(time_zones()) | {settings.TIME_ZONE: settings.TIME_ZONE}
        self.fields["time_zone"].choices = list(zones.items())  # type: ignore[attr-defined]


class RateForm(forms.Form):
    code = CurrencyField(label=gettext_lazy("Currency"), max_length=3)
    rate = forms.DecimalField(
        label=gettext_lazy("Worth of one unit"), max_digits=18, decimal_places=8, min_value=0.00000001
    )


@requires("core.settings")
def merchant(request: HttpRequest) -> HttpResponse:
    current = {
        "merchant_name": preferences.merchant_name(),
        "currency": preferences.currency(),
        "time_zone": str(preferences.time_zone()),
    }
    form = MerchantForm(request.POST or None, initial=current)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for name in form.changed_data:
                preferences.put(name, form.cleaned_data[name])
            if form.changed_data:
                detail = {name: form.cleaned_data[name] for name in form.changed_data}
                audit.record("settings.changed", actor=actor(request), detail=detail, request=request)
            if "currency" in form.changed_data:
                _value_amounts_anew()
        messages.success(request, _("The settings are saved."))
        return redirect("core:merchant")
    rates = ExchangeRate.objects.order_by("currency")
    context = {"form": form, "rates": rates, "rate_form": RateForm(), "currency": current["currency"]}
    return render(request, "core/merchant.html", context)


@requires("core.settings")
@require_POST
def rate_set(request: HttpRequest) -> HttpResponse:
    form = RateForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("core:merchant")
    code, rate = form.cleaned_data["code"], form.cleaned_data["rate"]
    if code == preferences.currency():
        messages.error(request, _("This is the currency of the reports; it is worth 1."))
        return redirect("core:merchant")
    with transaction.atomic():
        ExchangeRate.objects.update_or_create(currency=code, defaults={"rate": rate})
        _record_rate(request, code, str(rate))
    messages.success(request, _("The rate is saved."))
    return redirect("core:merchant")


@requires("core.settings")
@require_POST
def rate_delete(request: HttpRequest, code: str) -> HttpResponse:
    with transaction.atomic():
        ExchangeRate.objects.filter(currency=code).delete()
        _record_rate(request, code, None)
    messages.success(request, _("The rate is deleted; amounts in this currency are left out of reports."))
    return redirect("core:merchant")


def _record_rate(request: HttpRequest, code: str, rate: str | None) -> None:
    audit.record("settings.changed", actor=actor(request), detail={"rate": {code: rate}}, request=request)
    _value_amounts_anew()


def _value_amounts_anew() -> None:
    """The warehouse keeps amounts in the merchant's currency, so all of them are read again."""
    jobs.start("warehouse.fill", full=True, lock="warehouse.fill")
