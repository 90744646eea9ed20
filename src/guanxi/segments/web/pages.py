"""One segment: what it asks, how it grows, who is in it, and why."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.customers import queries as customers
from guanxi.segments import queries, services
from guanxi.segments.definition import parse, to_json
from guanxi.segments.errors import DefinitionError
from guanxi.segments.models import Membership, Segment, SegmentCount, SegmentKind
from guanxi.segments.queries import NoSnapshot
from guanxi.segments.types import Explanation
from guanxi.segments.web.building import preview_of

COUNTS_SHOWN = 200


@requires("segments.view")
def page(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The segment's page; with ``customer`` in the address it tells why that customer is in or out."""
    segment = get_object_or_404(Segment, pk=segment_id)
    counts = list(SegmentCount.objects.filter(segment=segment).order_by("-at", "-pk")[:COUNTS_SHOWN])
    context: dict[str, Any] = {
        "segment": segment,
        "by_conditions": segment.kind == SegmentKind.DYNAMIC,
        "newest": counts[0] if counts else None,
        "history": _chart(counts[::-1]) if len(counts) > 1 else None,
        "rules": queries.rules(segment_id=segment.pk),
        "asked": request.GET.get("customer", "").strip(),
    }
    if segment.kind == SegmentKind.DYNAMIC:
        context |= _described(segment)
    else:
        ids = Membership.objects.filter(segment=segment, left_at=None).order_by("-pk")
        context["listed"] = customers.profiles(list(ids.values_list("customer_id", flat=True)[:20]))
    if context["asked"]:
        context["told"] = _explained(segment, context["asked"])
    return render(request, "segments/page.html", context)


def _described(segment: Segment) -> dict[str, Any]:
    try:
        node = parse(segment.definition)
    except DefinitionError as error:
        return {"problem": str(error)}
    from guanxi.segments.explanation import outline

    return {"outline": outline(node, queries.names()), "preview": preview_of(to_json(node))}


def _explained(segment: Segment, asked: str) -> Explanation | None:
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    try:
        return queries.explain(segment.pk, customer_id=int(asked), now=timezone.now())
    except (NoSnapshot, DefinitionError):
        return None


def _chart(counts: list[SegmentCount]) -> dict[str, Any]:
    return {
        "xAxis": {
            "type": "category",
            "data": [timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M") for row in counts],
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "line", "name": _("Members"), "data": [row.count for row in counts], "showSymbol": False}],
        "guanxi": {"unit": "number"},
    }


class Stays(tables.QuerySetSource):
    """Memberships whose rows on a page know the customer's card."""

    def page(self, query: tables.Query, *, offset: int, limit: int) -> list[Any]:
        rows = super().page(query, offset=offset, limit=limit)
        cards = {card.id: card for card in customers.profiles([row.customer_id for row in rows])}
        for row in rows:
            row.card = cards.get(row.customer_id)
        return rows

    def iterate(self, query: tables.Query) -> Iterator[Any]:
        return self.ordered(query).iterator(chunk_size=10_000)


def _link(row: Membership) -> str:
    return reverse("customers:page", args=[row.customer_id])


NUMBER = tables.Column(key="customer_id", label=gettext_lazy("Customer no."), sort="customer_id", link=_link)
NAME = tables.Column(key="name", label=gettext_lazy("Name"), cell="card.name", exported=False)
REGION = tables.Column(key="region", label=gettext_lazy("Region"), cell="card.region", exported=False)
ENTERED = tables.Column(key="entered", label=gettext_lazy("Entered"), cell="entered_at", sort="entered_at")
LEFT = tables.Column(key="left", label=gettext_lazy("Left"), cell="left_at", sort="left_at")
MEMBERS = tables.Table(
    name="segment-members",
    columns=[NUMBER, NAME, REGION, ENTERED],
    default_sort="-entered",
    empty=tables.Empty(title=gettext_lazy("Nobody is in this segment"), icon="users"),
)
MOVES = (("in", gettext_lazy("Still in")), ("out", gettext_lazy("Left")))


def _moved(rows: QuerySet[Membership], value: list[str]) -> QuerySet[Membership]:
    return rows if len(value) != 1 else rows.filter(left_at__isnull=value == ["in"])


HISTORY = tables.Table(
    name="segment-history",
    columns=[NUMBER, NAME, ENTERED, LEFT],
    filters=[
        tables.ChoiceFilter(key="state", label=gettext_lazy("State"), choices=MOVES, apply=_moved),
        tables.DateFilter(key="entered", label=gettext_lazy("Entered"), field="entered_at"),
        tables.DateFilter(key="left", label=gettext_lazy("Left"), field="left_at"),
    ],
    default_sort="-entered",
    empty=tables.Empty(title=gettext_lazy("Nobody has come or left yet"), icon="history"),
)


@requires("segments.view")
def members(request: HttpRequest, segment_id: int) -> HttpResponseBase:
    """Who is in the segment since its last refresh; the CSV has their numbers."""
    segment = get_object_or_404(Segment, pk=segment_id)
    rows = Stays(Membership.objects.filter(segment=segment, left_at=None), filters=(), search=())
    return tables.respond(request, MEMBERS, rows, template="segments/members.html", context={"segment": segment})


@requires("segments.view")
def history(request: HttpRequest, segment_id: int) -> HttpResponseBase:
    """Who came and who left."""
    segment = get_object_or_404(Segment, pk=segment_id)
    rows = Stays(Membership.objects.filter(segment=segment), filters=HISTORY.filters, search=())
    return tables.respond(request, HISTORY, rows, template="segments/history.html", context={"segment": segment})


@requires("segments.edit")
@require_POST
def refresh(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Let the worker write who is in it now."""
    services.start_refresh(get_object_or_404(Segment, pk=segment_id).pk, user=actor(request))
    messages.success(request, _("Its members are being written now."))
    return redirect("segments:page", segment_id)


@requires("segments.edit")
@require_POST
def duplicate(request: HttpRequest, segment_id: int) -> HttpResponse:
    """A copy to change."""
    segment = get_object_or_404(Segment, pk=segment_id)
    number = services.duplicate_segment(segment_id, now=timezone.now(), user=actor(request))
    if segment.kind == SegmentKind.DYNAMIC:
        services.start_refresh(number, user=actor(request))
    messages.success(request, _("This is the copy."))
    return redirect("segments:edit", number)


@requires("segments.edit")
@require_POST
def archive(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Put it away."""
    services.archive_segment(get_object_or_404(Segment, pk=segment_id).pk, now=timezone.now(), user=actor(request))
    messages.success(request, _("Archived. What uses it still works."))
    return redirect("segments:list")


@requires("segments.edit")
@require_POST
def restore(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Take it back."""
    services.restore_segment(get_object_or_404(Segment, pk=segment_id).pk, now=timezone.now(), user=actor(request))
    messages.success(request, _("It is in use again."))
    return redirect("segments:page", segment_id)
