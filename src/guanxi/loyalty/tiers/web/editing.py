"""Writing a programme: the form, the preview of who would move where, and saving what was previewed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from guanxi.core import preferences
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.loyalty.models.tiers import TierProgramme
from guanxi.loyalty.tiers import preview, queries, services
from guanxi.loyalty.tiers.checks import BadProgramme, starting_set
from guanxi.loyalty.tiers.types import Preview, ProgrammeDraft
from guanxi.loyalty.tiers.web.forms import (
    ProgrammeForm,
    Tiers,
    initial_of,
    programme_draft,
    tier_forms,
    tier_initials,
)


@requires("loyalty.tiers_edit")
def new(request: HttpRequest) -> HttpResponse:
    """A new programme; it begins with silver, gold, platinum and diamond."""
    if request.method == "POST":
        return _take(request, None)
    draft = ProgrammeDraft(name=_("Member tiers"), tiers=starting_set())
    return _show(request, None, ProgrammeForm(initial=initial_of(draft)), _rows(draft.tiers))


@requires("loyalty.tiers_edit")
def edit(request: HttpRequest, programme_id: int) -> HttpResponse:
    """The form of a programme in use."""
    programme = get_object_or_404(TierProgramme, pk=programme_id, closed_at=None)
    if request.method == "POST":
        return _take(request, programme)
    form = ProgrammeForm(initial=initial_of(programme))
    return _show(request, programme, form, _rows(queries.ladder(programme_id)))


def _rows(tiers: Any) -> Tiers:
    currency = preferences.currency()
    return tier_forms()(initial=tier_initials(tiers, currency), form_kwargs={"currency": currency})


def _take(request: HttpRequest, programme: TierProgramme | None) -> HttpResponse:
    """One more row, a preview, the form again, or save: as the button says."""
    form = ProgrammeForm(request.POST)
    rows = tier_forms()(request.POST, form_kwargs={"currency": preferences.currency()})
    if "add" in request.POST:
        return _show(request, programme, form, _with_one_more(request))
    if "change" in request.POST or not (form.is_valid() and rows.is_valid()):
        return _show(request, programme, form, rows)
    number = programme.pk if programme else None
    try:
        draft, now = programme_draft(form, rows), timezone.now()
        if "save" in request.POST:
            _number, result = services.save_programme(draft, programme_id=number, now=now, user=actor(request))
            said = {"raised": result.raised, "lowered": result.lowered}
            messages.success(request, _("Saved: %(raised)d customers rose, %(lowered)d went down.") % said)
            return redirect("loyalty:tiers")
        found = preview.preview(draft, programme_id=number, now=now)
    except BadProgramme as problem:
        form.add_error(None, str(problem))
        return _show(request, programme, form, rows)
    except services.UnknownProgramme as problem:
        raise PermissionDenied(str(problem)) from None
    context = {
        "programme": programme,
        "draft": draft,
        "preview": found,
        "matrix": _matrix(found),
        "cells": _cells(found),
        "sent": [
            (name, value) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "preview")
        ],
    }
    return render(request, "loyalty/tiers/preview.html", context)


def _with_one_more(request: HttpRequest) -> Tiers:
    data = request.POST.copy()
    count = int(data.get("form-TOTAL_FORMS") or 0) if str(data.get("form-TOTAL_FORMS")).isdecimal() else 0
    data["form-TOTAL_FORMS"] = str(count + 1)
    data.setdefault(f"form-{count}-place", str(count + 1))
    data.setdefault(f"form-{count}-points_multiplier", "1")
    return tier_forms()(data, form_kwargs={"currency": preferences.currency()})


def _show(request: HttpRequest, programme: TierProgramme | None, form: ProgrammeForm, rows: Tiers) -> HttpResponse:
    wrong = request.method == "POST" and not {"add", "change"} & set(request.POST)
    context = {"programme": programme, "form": form, "rows": rows, "currency": preferences.currency()}
    return render(request, "loyalty/tiers/edit.html", context, status=422 if wrong else 200)


def _matrix(found: Preview) -> list[dict[str, Any]]:
    """Rows of the page: a tier of now, and what becomes of those who hold it."""
    return [
        {
            "name": found.names.get(source, ""),
            "cells": [
                {
                    "cell": found.cells.get((source, target)),
                    "staying": found.staying.get(source, 0) if source is not None and source == target else None,
                    "number": f"{source or 0}-{target or 0}",
                }
                for target in found.after
            ],
        }
        for source in found.before
    ]


def _cells(found: Preview) -> list[dict[str, Any]]:
    """Who moves, each cell with the cards of its first customers."""
    ids = {one for cell in found.cells.values() for one in cell.customer_ids}
    cards = {card.id: card for card in customers.profiles(sorted(ids))}
    return [
        {
            "cell": cell,
            "number": f"{source or 0}-{target or 0}",
            "source": found.names.get(source, ""),
            "target": found.names.get(target, ""),
            "people": [cards[one] for one in cell.customer_ids if one in cards],
        }
        for source in found.before
        for target in found.after
        if (cell := found.cells.get((source, target)))
    ]
