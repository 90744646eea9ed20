"""Settings → Customer fields: the merchant's own fields, in order, with their choices."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core.permissions import actor, requires
from guanxi.customers.fields import defining, queries
from guanxi.customers.fields.defining import BadDefinition, ChoicesInUse
from guanxi.customers.fields.kinds import KINDS
from guanxi.customers.fields.types import Definition


class FieldForm(forms.Form):
    """What of a field can change."""

    label = forms.CharField(label=gettext_lazy("Name"), max_length=defining.LONGEST_LABEL)
    help_text = forms.CharField(
        label=gettext_lazy("Help for those who fill it in"), max_length=defining.LONGEST_HELP, required=False
    )
    new_choices = forms.CharField(
        label=gettext_lazy("Choices, one a line"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class NewFieldForm(FieldForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    personal = forms.BooleanField(
        label=gettext_lazy("Personal: encrypted, shown masked, never in reports or templates (texts only)"),
        required=False,
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "How templates, imports and the API call it. It cannot be changed later; left empty, it follows the name."
        ),
    )
    field_order = ("label", "kind", "new_choices", "personal", "help_text", "key")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind.name, kind.label) for kind in KINDS]  # type: ignore[attr-defined]
        self.fields["new_choices"].label = _("Choices, one a line (for the kind Choice)")


@requires("customers.fields")
def fields(request: HttpRequest) -> HttpResponse:
    """Fields in their order, then those in the archive."""
    counts = queries.filled_counts()
    every = [
        {"field": one, "kind": KINDS.get(one.kind).label, "filled": counts.get(one.id, 0)}
        for one in queries.definitions(archived=True)
    ]
    context = {
        "used": [row for row in every if not _of(row).archived],
        "put_away": [row for row in every if _of(row).archived],
    }
    return render(request, "customers/fields/list.html", context)


def _of(row: dict[str, Any]) -> Definition:
    field = row["field"]
    assert isinstance(field, Definition)
    return field


@requires("customers.fields")
def new(request: HttpRequest) -> HttpResponse:
    form = NewFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            defining.define(
                key=given["key"].strip() or _free_key(given["label"]),
                label=given["label"],
                kind=given["kind"],
                help_text=given["help_text"],
                personal=given["personal"],
                choices=given["new_choices"].splitlines(),
                user=actor(request),
                now=timezone.now(),
            )
        except BadDefinition as error:
            _explain(form, error)
        else:
            messages.success(request, _("The field is on every customer's page now."))
            return redirect("customer_settings:fields")
    return render(request, "customers/fields/edit.html", {"form": form, "field": None})


@requires("customers.fields")
def edit(request: HttpRequest, field_id: int) -> HttpResponse:
    field = _field(field_id)
    form = FieldForm(request.POST or None, initial={"label": field.label, "help_text": field.help_text})
    form.fields["new_choices"].label = _("More choices, one a line")
    in_use: ChoicesInUse | None = None
    if request.method == "POST" and form.is_valid():
        try:
            defining.change(
                field_id,
                label=form.cleaned_data["label"],
                help_text=form.cleaned_data["help_text"],
                choices=_named(request, field),
                new_choices=form.cleaned_data["new_choices"].splitlines(),
                drop_in_use="drop_in_use" in request.POST,
                user=actor(request),
                now=timezone.now(),
            )
        except BadDefinition as error:
            _explain(form, error)
        except ChoicesInUse as error:
            in_use = error
        else:
            messages.success(request, _("Saved."))
            return redirect("customer_settings:fields")
    counts = queries.option_counts(field_id) if field.kind == "choice" else {}
    named = _named(request, field) if request.method == "POST" else {}
    context = {
        "form": form,
        "field": field,
        "kind": KINDS.get(field.kind).label,
        "in_use": in_use,
        "options": [(one, named.get(one.id, one.label), counts.get(one.id, 0)) for one in field.current_options],
        "dropped": [(one, counts.get(one.id, 0)) for one in field.options if one.dropped],
    }
    return render(request, "customers/fields/edit.html", context)


@requires("customers.fields")
@require_POST
def move(request: HttpRequest, field_id: int) -> HttpResponse:
    defining.move(_field(field_id).id, up=request.POST.get("to") == "up")
    return redirect("customer_settings:fields")


@requires("customers.fields")
@require_POST
def archive(request: HttpRequest, field_id: int) -> HttpResponse:
    defining.archive(_field(field_id).id, now=timezone.now(), user=actor(request))
    messages.success(request, _("Archived: it shows nowhere. What customers have there is kept."))
    return redirect("customer_settings:fields")


@requires("customers.fields")
@require_POST
def restore(request: HttpRequest, field_id: int) -> HttpResponse:
    defining.bring_back(_field(field_id).id, now=timezone.now(), user=actor(request))
    messages.success(request, _("It is in use again, with what customers had there."))
    return redirect("customer_settings:fields")


def _field(field_id: int) -> Definition:
    for one in queries.definitions(archived=True):
        if one.id == field_id:
            return one
    raise Http404


def _named(request: HttpRequest, field: Definition) -> dict[int, str]:
    """The names of choices as the form sent them."""
    sent = {one.id: request.POST.get(f"choice_{one.id}") for one in field.current_options}
    return {number: text for number, text in sent.items() if text is not None}


def _free_key(label: str) -> str:
    """A key like the name; numbered where that is taken or has no Latin letters."""
    base = re.sub(r"^[^a-z]+", "", slugify(label).replace("-", "_"))[:36] or "field"
    base = f"their_{base}" if base in defining.RESERVED else base
    taken = {one.key for one in queries.definitions(archived=True)}
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def _explain(form: forms.Form, error: BadDefinition) -> None:
    part = {"choices": "new_choices"}.get(error.part, error.part)
    form.add_error(part if part in form.fields else None, str(error))
