"""Merging two customers by hand, side by side, and the log of merges."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.core.web.tables import Column
from guanxi.customers import following, queries, services
from guanxi.customers.merging import suggestions, told
from guanxi.customers.merging.forest import FIELDS, GONE, KEPT
from guanxi.customers.models import Merge
from guanxi.customers.services import CannotMerge, Pair
from guanxi.customers.types import CustomerCard, MergeKind

FIELD_WORDS = {
    "name": gettext_lazy("Full name"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "address": gettext_lazy("Address"),
    "birth_date": gettext_lazy("Birthday"),
    "gender": gettext_lazy("Gender"),
    "country": gettext_lazy("Country"),
    "region": gettext_lazy("Province or state"),
    "city": gettext_lazy("City"),
    "language": gettext_lazy("Language"),
}
KINDS = {
    MergeKind.SUGGESTED.value: gettext_lazy("Suggestion accepted"),
    MergeKind.HAND.value: gettext_lazy("By hand"),
    MergeKind.API.value: gettext_lazy("By the API"),
}


def _page_of(row: Merge) -> str:
    return reverse("customers:page", args=[row.kept_id])


LOG = tables.Table(
    name="merges",
    columns=[
        Column(key="at", label=gettext_lazy("When"), sort="at"),
        Column(key="kept_id", label=gettext_lazy("Stays"), link=_page_of),
        Column(key="gone_id", label=gettext_lazy("Merged into it")),
        Column(key="kind", label=gettext_lazy("How"), cell=lambda row: str(KINDS.get(row.kind, row.kind))),
        Column(key="why", label=gettext_lazy("Why"), cell=lambda row: " ".join(suggestions.words(row.reasons))),
        Column(key="by", label=gettext_lazy("By"), cell=lambda row: str(row.by or "")),
        Column(key="undone_at", label=gettext_lazy("Undone"), sort="undone_at"),
        Column(key="undo", label="", template="customers/undo_cell.html", exported=False),
    ],
    filters=[
        tables.ChoiceFilter(key="kind", label=gettext_lazy("How"), choices=list(KINDS.items())),
        tables.DateFilter(key="at", label=gettext_lazy("When"), field="at"),
    ],
    default_sort="-at",
    export_permission="customers.export",
    empty=tables.Empty(
        title=gettext_lazy("Nobody was merged yet"),
        text=gettext_lazy("When two customers turn out to be one person, merge them on the page of either."),
        icon="arrows-join",
    ),
)


@requires("customers.merge")
def log(request: HttpRequest) -> HttpResponseBase:
    """Every merge there was, each to be undone."""
    return tables.respond(request, LOG, Merge.objects.select_related("by"), template="customers/merges.html")


@requires("customers.merge")
def choose(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """With whom to merge: search for the other. The text is posted, because it may be a phone number."""
    card = _card(customer_id)
    text = request.POST.get("text", "").strip()[:200]
    found = [one for one in queries.search(text) if one != card.id] if text else []
    suggested = [row.high_id if row.low_id == card.id else row.low_id for row in suggestions.waiting_of(card.id)[:20]]
    context = {
        "card": card,
        "text": text,
        "found": queries.profiles(found),
        "suggested": queries.profiles(suggested),
        "searched": bool(text),
    }
    return render(request, "customers/choose.html", context)


@requires("customers.merge")
def review(request: HttpRequest, customer_id: int, other_id: int) -> HttpResponseBase:
    """Both side by side, field by field; merging them."""
    compared = told.compare(customer_id, other_id)
    if compared is None:
        now = queries.current([customer_id, other_id])
        messages.info(request, _("These two cannot be merged: they are one already, or one is gone."))
        return redirect("customers:page", now.get(customer_id, customer_id))
    kept, gone, differences = compared
    if request.method == "POST":
        choices = {one: request.POST[one] for one in FIELDS if request.POST.get(one) in (KEPT, GONE)}
        stands = {one.field: one.stands for one in differences}
        chosen = {field: choice for field, choice in choices.items() if choice != stands[field]}
        return _merge(request, Pair(customer_id, other_id, chosen), now=timezone.now())
    pair = suggestions.of_pair(customer_id, other_id)
    context: dict[str, Any] = {
        "kept": kept,
        "gone": gone,
        "rows": [(FIELD_WORDS[one.field], one) for one in differences if one.kept or one.gone],
        "follows": [
            (one.label, kept.follows[table], gone.follows[table])
            for table, one in following.TABLES.items()
            if one.label and (kept.follows[table] or gone.follows[table])
        ],
        "suggestion": pair,
        "why": suggestions.words(pair.reasons) if pair else [],
    }
    return render(request, "customers/review.html", context)


def _merge(request: HttpRequest, pair: Pair, *, now: datetime) -> HttpResponseBase:
    suggested = suggestions.of_pair(pair.kept_id, pair.gone_id)
    kind = MergeKind.SUGGESTED if suggested else MergeKind.HAND
    if suggested:
        pair = Pair(pair.kept_id, pair.gone_id, pair.choices, suggested.reasons, suggested.certainty)
    try:
        (done,) = services.merge([pair], kind=kind, user=actor(request), now=now, request=request)
    except CannotMerge as error:
        messages.error(request, str(error))
        return redirect("merging:review", pair.kept_id, pair.gone_id)
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>', _("Merged."), reverse("merging:log"), _("It can be undone in the log of merges.")
        ),
    )
    if request.POST.get("then") == "next":
        return redirect("merging:next")
    return redirect("customers:page", done.kept_id)


@requires("customers.merge")
@require_POST
def undo(request: HttpRequest, merge_id: int) -> HttpResponseBase:
    try:
        done = services.undo_merge(merge_id, user=actor(request), now=timezone.now(), request=request)
    except CannotMerge as error:
        messages.error(request, str(error))
        return redirect("merging:log")
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("Undone: they are two customers again."),
            reverse("customers:page", args=[done.gone_id]),
            _("Open the other"),
        ),
    )
    return redirect("customers:page", done.kept_id)


def _card(customer_id: int) -> CustomerCard:
    found = queries.profiles([queries.current([customer_id]).get(customer_id, customer_id)])
    if not found or found[0].erased:
        raise Http404(_("There is no such customer."))
    return found[0]
