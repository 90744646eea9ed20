"""Adding a customer by hand, and changing one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core import audit
from guanxi.core.countries import country_choices
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.customers.parties import services as parties
from guanxi.customers.parties.kinds import Party, Role
from guanxi.customers.services import AlreadyKnown, BadField
from guanxi.customers.types import (
    Channel,
    IdentifierKind,
    IncomingConsent,
    IncomingIdentifier,
    IncomingProfile,
    Purpose,
)
from guanxi.workspace.web import customer_fields

GENDERS = [("", gettext_lazy("Not said")), ("female", gettext_lazy("Female")), ("male", gettext_lazy("Male"))]


def _say_party(form: "CustomerForm", customer_id: int, request: HttpRequest) -> None:
    if not form.cleaned_data["party"]:
        return
    now, user = timezone.now(), actor(request)
    parties.set_party(customer_id, Party(form.cleaned_data["party"]), user=user, now=now)
    parties.set_roles(customer_id, [Role(one) for one in form.cleaned_data["roles"]], user=user, now=now)


class CustomerForm(forms.Form):
    """Fields of a profile. Personal fields are never filled in with what is stored: empty means "leave as it is"."""

    party = forms.ChoiceField(
        label=gettext_lazy("Kind of customer"), choices=Party.choices, initial=Party.PERSON, required=False
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("What they are to us"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None means consumer."),
    )
    name = forms.CharField(label=gettext_lazy("Full name"), required=False, max_length=200)
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=40)
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False, max_length=200)
    gender = forms.ChoiceField(label=gettext_lazy("Gender"), choices=GENDERS, required=False)
    birth_date = forms.DateField(
        label=gettext_lazy("Birthday"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False, initial="CN")
    region = forms.CharField(label=gettext_lazy("Province or state"), required=False, max_length=60)
    city = forms.CharField(label=gettext_lazy("City"), required=False, max_length=60)
    address = forms.CharField(label=gettext_lazy("Street address"), required=False, max_length=500)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        known = self.get_initial_for_field(self.fields["country"], "country")
        self.fields["country"].choices = country_choices(known)  # type: ignore[attr-defined]


class NewCustomerForm(CustomerForm):
    email_consent = forms.BooleanField(
        label=gettext_lazy("Agreed to marketing by e-mail (they said so to us, just now)"), required=False
    )


PLAIN = ("gender", "country", "region", "city")
"""Fields that are no personal data and are shown as stored; clearing one empties it."""


def _explain(form: forms.Form, error: Exception, request: HttpRequest) -> None:
    if isinstance(error, AlreadyKnown):
        address = reverse("customers:page", args=[error.customer_id])
        form.add_error(
            None,
            format_html(
                '{} <a href="{}">{}</a>',
                _("A customer with this phone or e-mail is there already."),
                address,
                _("Open"),
            ),
        )
    elif isinstance(error, BadField):
        form.add_error(error.field if error.field in form.fields else None, str(error))


@requires("customers.edit")
def new(request: HttpRequest) -> HttpResponseBase:
    form, more = NewCustomerForm(request.POST or None), customer_fields.form_of(request)
    if request.method == "POST" and all([form.is_valid(), more.is_valid()]):
        try:
            with transaction.atomic():
                customer_id = services.create_customer(
                    _profile(form.cleaned_data), source="form", country=form.cleaned_data["country"], now=timezone.now()
                )
                customer_fields.save(request, customer_id, more)
                _say_party(form, customer_id, request)
        except (AlreadyKnown, BadField) as error:
            _explain(form, error, request)
        else:
            audit.record("customer.created", actor=actor(request), subject=("customer", customer_id), request=request)
            messages.success(request, _("Customer added."))
            return redirect("customers:page", customer_id)
    return render(request, "workspace/customer_form.html", {"form": form, "fields_form": more, "card": None})


@requires("customers.edit")
def edit(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    found = customers.profiles([customer_id])
    if not found or found[0].erased:
        raise Http404
    card = found[0]
    shown = ("party", "roles", *PLAIN)
    form = CustomerForm(request.POST or None, initial={name: getattr(card, name) for name in shown})
    for name in ("name", "phone", "email", "address"):
        form.fields[name].widget.attrs["placeholder"] = getattr(card, name)
    more = customer_fields.form_of(request, customer_id)
    if request.method == "POST" and all([form.is_valid(), more.is_valid()]):
        said = {name: value for name, value in form.cleaned_data.items() if name not in ("party", "roles")}
        given = {name: "" if value is None else str(value) for name, value in said.items()}
        changes = {name: value for name, value in given.items() if name in PLAIN or value}
        try:
            with transaction.atomic():
                services.update_customer(
                    customer_id, changes=changes, source="form", country=given["country"], now=timezone.now()
                )
                customer_fields.save(request, customer_id, more)
                _say_party(form, customer_id, request)
        except (AlreadyKnown, BadField) as error:
            _explain(form, error, request)
        else:
            audit.record(
                "customer.changed",
                actor=actor(request),
                subject=("customer", customer_id),
                detail={"fields": sorted(changes)},
                request=request,
            )
            messages.success(request, _("Saved."))
            return redirect("customers:page", customer_id)
    return render(request, "workspace/customer_form.html", {"form": form, "fields_form": more, "card": card})


def _profile(data: dict[str, Any]) -> IncomingProfile:
    identifiers = [
        IncomingIdentifier(kind, data[kind.value])
        for kind in (IdentifierKind.PHONE, IdentifierKind.EMAIL)
        if data[kind.value]
    ]
    consents = []
    if data["email_consent"] and data["email"]:
        consents = [IncomingConsent(Channel.EMAIL, Purpose.MARKETING, granted=True, at=timezone.now())]
    return IncomingProfile(
        identifiers=identifiers,
        name=data["name"],
        gender=data["gender"],
        birth_date=data["birth_date"],
        country=data["country"],
        region=data["region"],
        city=data["city"],
        address=data["address"],
        consents=consents,
    )
