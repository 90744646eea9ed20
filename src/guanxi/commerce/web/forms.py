"""Forms of shops and of uploaded files."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.models import Shop
from guanxi.core import preferences
from guanxi.core.countries import country_choices
from guanxi.core.web.merchant import CurrencyField
from guanxi.core.web.profile import time_zones

NEW_SHOP = "new"


def connector_choices() -> list[tuple[str, str]]:
    return [(connector.name, str(connector.label)) for connector in CONNECTORS]


def zone_choices() -> list[tuple[str, str]]:
    return list((dict(time_zones()) | {settings.TIME_ZONE: settings.TIME_ZONE}).items())


class ShopForm(forms.ModelForm):
    currency = CurrencyField(
        label=gettext_lazy("Currency"),
        max_length=3,
        help_text=gettext_lazy("Of amounts in files that name no currency. Orders that are in keep theirs."),
    )
    connector = forms.ChoiceField(
        label=gettext_lazy("Platform"), help_text=gettext_lazy("Whose export files this shop's orders come in.")
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("Of times in its files that name none.")
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        help_text=gettext_lazy("Where phone numbers without a country code belong."),
    )

    class Meta:
        model = Shop
        fields = ["name", "connector", "currency", "time_zone", "country"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if self.instance.pk is None:
            self.initial.update(currency=preferences.currency(), time_zone=str(preferences.time_zone()))
        zone = self.instance.time_zone
        for name, choices in (
            ("connector", connector_choices()),
            ("time_zone", list((dict(zone_choices()) | {zone: zone}).items())),
            ("country", country_choices()),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if Shop.objects.exclude(pk=self.instance.pk).filter(name=name).exists():
            raise forms.ValidationError(_("There is a shop of this name already."))
        return name


class UploadForm(forms.Form):
    """The shop a file is for: one there is, or a new one by name. The file itself is taken in by uploads.py."""

    shop = forms.ChoiceField(label=gettext_lazy("Shop"))
    name = forms.CharField(label=gettext_lazy("Name of the new shop"), max_length=80, required=False)
    currency = CurrencyField(label=gettext_lazy("Currency"), max_length=3, required=False)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)

    def __init__(self, *arguments: Any, may_make: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        shops: list[tuple[str, str]] = [(str(shop.pk), shop.name) for shop in Shop.objects.order_by("name")]
        self.may_make = may_make
        self.first_shop = not shops
        new = [(NEW_SHOP, _("A new shop"))] if may_make else []
        choose = [("", _("Choose …"))] if len(shops) > 1 else []
        self.fields["shop"].choices = [*choose, *shops, *new]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        self.initial = {
            "currency": preferences.currency(),
            "time_zone": str(preferences.time_zone()),
            "country": "CN",
            **self.initial,
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("shop") != NEW_SHOP:
            return values
        name = values["name"] = " ".join(values.get("name", "").split())
        if not name:
            self.add_error("name", _("Give the new shop a name."))
        elif Shop.objects.filter(name=name).exists():
            self.add_error("name", _("There is a shop of this name already; choose it above."))
        values["currency"] = values.get("currency") or preferences.currency()
        values["time_zone"] = values.get("time_zone") or str(preferences.time_zone())
        return values
