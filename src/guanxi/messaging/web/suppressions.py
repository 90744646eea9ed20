"""The suppression list: search by exact address, add, remove with a reason."""

from django import forms
from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.messaging import suppressions
from guanxi.messaging.models import Suppression
from guanxi.messaging.suppressions import NotAnAddress
from guanxi.messaging.types import SuppressionReason


def _by_address(rows: object, text: str) -> object:
    """Only the whole address finds anything: the list keeps no addresses."""
    try:
        found = suppressions.find(text, "email")
    except NotAnAddress:
        found = None
    return Suppression.objects.filter(pk__in=[found.pk] if found else [])


SUPPRESSIONS = tables.Table(
    name="suppressions",
    columns=[
        tables.Column(key="number", label=gettext_lazy("Entry"), cell=lambda row: f"#{row.pk}"),
        tables.Column(key="reason", label=gettext_lazy("Reason"), cell=lambda row: row.get_reason_display()),
        tables.Column(key="note", label=gettext_lazy("Note")),
        tables.Column(key="message", label=gettext_lazy("Message"), cell=lambda row: row.message_id or ""),
        tables.Column(key="by", label=gettext_lazy("Added by"), cell=lambda row: row.added_by or ""),
        tables.Column(key="at", label=gettext_lazy("When"), cell="at", sort="at"),
        tables.Column(key="remove", label="", template="messaging/cells/remove.html", align="end", exported=False),
    ],
    filters=[tables.ChoiceFilter(key="reason", label=gettext_lazy("Reason"), choices=SuppressionReason.choices)],
    search=_by_address,  # type: ignore[arg-type]  # the kit's type names a QuerySet of any model
    search_label=gettext_lazy("The whole address"),
    search_is_private=True,
    default_sort="-at",
    empty=tables.Empty(
        title=gettext_lazy("Nobody is suppressed"),
        text=gettext_lazy("Addresses that do not exist, and people who reported spam, are put here by themselves."),
        icon="ban",
    ),
)


class AddForm(forms.Form):
    address = forms.CharField(label=gettext_lazy("E-mail address"), max_length=254)
    note = forms.CharField(label=gettext_lazy("Why"), max_length=200)


@requires("messaging.view")
def suppression_list(request: HttpRequest) -> HttpResponseBase:
    rows = Suppression.objects.select_related("added_by")
    context = {"form": AddForm()}
    return tables.respond(request, SUPPRESSIONS, rows, template="messaging/suppressions.html", context=context)


@requires("messaging.suppress")
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    form = AddForm(request.POST)
    if not form.is_valid():
        toasts.error(request, _("Give an address and say why."))
        return redirect("messaging:suppressions")
    values = form.cleaned_data
    try:
        suppressions.add(
            values["address"],
            channel="email",
            note=values["note"],
            actor=actor(request),
            now=timezone.now(),
        )
        toasts.success(request, _("Nobody writes to this address any more."))
    except NotAnAddress:
        toasts.error(request, _("This is not an e-mail address."))
    return redirect("messaging:suppressions")


@requires("messaging.suppress")
@require_POST
def remove(request: HttpRequest, suppression_id: int) -> HttpResponse:
    note = request.POST.get("note", "").strip()
    if not note:
        toasts.error(request, _("Say why messages may go there again."))
    elif suppressions.remove(suppression_id, note=note, actor=actor(request), now=timezone.now()):
        toasts.success(request, _("Messages may go to this address again."))
    return redirect("messaging:suppressions")
