"""The merchant's own fields on a customer's page."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from guanxi.core import audit
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.customers.fields import queries, services
from guanxi.customers.fields.forms import FieldsForm


@requires("customers.edit")
def change(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write what was changed; the form again when something is no value of its field."""
    found = customers.profiles([customer_id])
    if not found or found[0].erased or found[0].merged_into:
        raise Http404
    form = form_of(request, customer_id)
    if request.method == "POST" and form.is_valid():
        save(request, customer_id, form)
        messages.success(request, _("Saved."))
        return redirect("customers:page", customer_id)
    return render(request, "workspace/customer_fields.html", {"card": found[0], "fields_form": form})


def form_of(request: HttpRequest, customer_id: int | None = None) -> FieldsForm:
    """The form with what a customer's fields say now, or an empty one; filled in with what was posted."""
    definitions = queries.definitions()
    shown = queries.values([customer_id], fields=definitions).get(customer_id, {}) if customer_id else {}
    return FieldsForm(request.POST if request.method == "POST" else None, definitions=definitions, shown=shown)


def save(request: HttpRequest, customer_id: int, form: FieldsForm) -> None:
    """Write what a valid form changed."""
    changes = form.changes()
    if not changes:
        return
    with transaction.atomic():
        services.write({customer_id: changes}, source="form", now=timezone.now())
        audit.record(
            "customer.changed",
            actor=actor(request),
            subject=("customer", customer_id),
            detail={"fields": sorted(f"field:{key}" for key in changes)},
            request=request,
        )
