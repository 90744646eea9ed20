"""The builder: making and changing a segment, with a count that follows."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.segments import queries, services
from guanxi.segments.definition import EVERYONE, parse, to_json
from guanxi.segments.errors import DefinitionError
from guanxi.segments.models import Segment, SegmentKind
from guanxi.segments.queries import NoSnapshot, UnknownSegment
from guanxi.segments.starters import STARTERS, starter
from guanxi.segments.web import draft as drafts
from guanxi.segments.web.bound import bind, picker

SHOWN_PARTS = 6
SOURCES = ("region", "country", "city", "division", "source", "tag", "category", "product")


@requires("segments.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A new segment: from nothing, from one of the starters, or from a definition in the address."""
    return _builder(request, None)


@requires("segments.edit")
def edit(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Change a segment; a fixed list has a name and a description only."""
    return _builder(request, get_object_or_404(Segment, pk=segment_id))


def _builder(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    names = queries.names()
    if request.method != "POST":
        return _page(request, segment, _first_draft(request, segment), errors=False)
    draft = drafts.read(dict(request.POST.lists()), names)
    order = request.POST.get("do", "")
    if order != "save":
        return _page(request, segment, drafts.change(draft, order), errors=False)
    try:
        number = _save(request, segment, draft)
    except DefinitionError as error:
        said = _("Complete the marked conditions.") if error.path else error.message
        return _page(request, segment, draft, errors=True, problem=said)
    except (services.NameTaken, UnknownSegment) as error:
        return _page(request, segment, draft, errors=True, problem=str(error))
    messages.success(request, _("Saved. Its members are being written now."))
    return redirect("segments:page", number)


def _save(request: HttpRequest, segment: Segment | None, draft: drafts.Draft) -> int:
    texts = {"name": request.POST.get("name", "")[:120], "description": request.POST.get("description", "")[:500]}
    now = timezone.now()
    if segment is None:
        number = services.create_segment(definition=draft, user=actor(request), now=now, **texts)
    else:
        number = segment.pk
        definition = draft if segment.kind == SegmentKind.DYNAMIC else None
        services.update_segment(number, definition=definition, user=actor(request), now=now, **texts)
    if segment is None or segment.kind == SegmentKind.DYNAMIC:
        services.start_refresh(number, user=actor(request))
    return number


def _first_draft(request: HttpRequest, segment: Segment | None) -> drafts.Draft:
    if segment is not None:
        return to_json(parse(segment.definition)) if segment.kind == SegmentKind.DYNAMIC else drafts.empty()
    if chosen := starter(request.GET.get("from", "")):
        return to_json(parse(dict(chosen.definition)))
    if given := request.GET.get("definition", ""):
        try:
            return to_json(parse(given))
        except DefinitionError as error:
            messages.error(request, _("The address holds no usable definition: %(error)s") % {"error": error})
    return drafts.empty()


def _page(
    request: HttpRequest, segment: Segment | None, draft: drafts.Draft, *, errors: bool, problem: str = ""
) -> HttpResponse:
    chosen, names = starter(request.GET.get("from", "")), queries.names()
    named = request.POST if request.method == "POST" else None
    context: dict[str, Any] = {
        "segment": segment,
        "name": named["name"] if named and "name" in named else segment.name if segment else chosen and chosen.name,
        "description": named.get("description", "") if named else segment.description if segment else "",
        "tree": bind(draft, names, errors=errors),
        "picker": picker(),
        "currency": names.currency,
        "problem": problem,
        "starters": STARTERS if segment is None and not draft["of"] else (),
        "by_conditions": segment is None or segment.kind == SegmentKind.DYNAMIC,
    }
    if request.htmx:  # type: ignore[attr-defined]
        response = render(request, "segments/builder/_tree.html", context)
        response["HX-Trigger-After-Swap"] = "segment-changed"
        return response
    context["preview"] = preview_of(draft) if context["by_conditions"] else None
    return render(request, "segments/builder/page.html", context)


@requires("segments.edit")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Count, parts and some members of what the form holds now."""
    draft = drafts.read(dict(request.POST.lists()), queries.names())
    return render(request, "segments/_preview.html", {"preview": preview_of(draft)})


def preview_of(draft: drafts.Draft | dict[str, Any]) -> dict[str, Any]:
    """What the panel beside the builder shows."""
    definition, dropped = drafts.complete(draft)
    now = timezone.now()
    try:
        parts = queries.breakdown(definition, now=now)
        everyone = queries.count(EVERYONE, now=now)
        sample = customers.profiles(queries.sample(definition, now=now)) if parts.total else []
    except NoSnapshot:
        return {"empty_warehouse": True}
    except (DefinitionError, UnknownSegment) as error:
        return {"problem": str(error)}
    divided = [(_("By shop"), parts.shops), (_("By money spent"), parts.spend), (_("By region"), parts.regions)]
    return {
        "total": parts.total,
        "everyone": everyone,
        "dropped": dropped,
        "parts": [(title, shares[:SHOWN_PARTS], len(shares) - SHOWN_PARTS) for title, shares in divided],
        "sample": sample,
    }


@requires("segments.edit")
@require_GET
def suggest(request: HttpRequest, source: str) -> HttpResponse:
    """Values that help typing, as options of a datalist."""
    name = next((name for name in request.GET if name.startswith(drafts.ROOT)), "q")
    text = request.GET.getlist(name)[-1] if name in request.GET else ""
    try:
        values = queries.suggestions(source, text) if source in SOURCES else []
    except NoSnapshot:
        values = []
    return render(request, "segments/fields/_suggestions.html", {"values": values})
