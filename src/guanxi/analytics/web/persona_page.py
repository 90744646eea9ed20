"""The page of a persona: a segment side by side with everyone or with another, and its tables as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics import queries
from guanxi.analytics.persona import DIMENSIONS
from guanxi.analytics.persona.comparing import MIN_COUNT, MIN_PEOPLE, Part, Persona, Side, Value
from guanxi.analytics.queries import NoSnapshot
from guanxi.analytics.reports.base import COUNT, SHARE
from guanxi.analytics.reports.words import percent, shown
from guanxi.analytics.web.report_page import csv_response
from guanxi.analytics.web.rfm_view import builder_href
from guanxi.core.permissions import actor, requires
from guanxi.core.web.charts import unit
from guanxi.segments import queries as segments
from guanxi.segments.errors import DefinitionError
from guanxi.segments.queries import UnknownSegment
from guanxi.segments.types import SegmentSummary

SHOWN = 12
"""Values of a dimension on the page; its CSV has all."""
STANDOUTS = 12
EVERYONE = gettext_lazy("Everyone")


@dataclass(frozen=True, slots=True)
class ShownValue:
    label: str
    share: str
    between: str
    other: str
    other_between: str
    index: str
    people: str
    color: str
    """Green for more, red for less, empty where it may be chance."""
    href: str
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class ShownPart:
    part: Part
    known: str
    rows: list[ShownValue]
    more: int
    chart: dict[str, Any] | None
    csv: str


@requires("analytics.view")
def show(request: HttpRequest) -> HttpResponse:
    """A segment in every dimension against everyone, or against another segment."""
    choices = segments.summaries()
    chosen, other = _number(request, "segment"), _number(request, "other")
    context: dict[str, Any] = {"choices": choices, "chosen": chosen, "other_id": other, "everyone": EVERYONE}
    if chosen is None:
        return render(request, "analytics/persona.html", context)
    found, against = _find(chosen), _find(other) if other else None
    try:
        made = queries.persona(chosen, other, now=timezone.now())
    except NoSnapshot:
        return render(request, "analytics/persona.html", {**context, "problem": _("There are no data yet.")})
    except DefinitionError as error:
        return render(request, "analytics/persona.html", {**context, "problem": str(error)})
    linked = chosen if actor(request).may("segments.edit") else None
    name = found.name
    other_name = against.name if against else str(EVERYONE)
    context |= {
        "segment": found,
        "against": against,
        "names": (name, other_name),
        "persona": made,
        "size": shown(made.size, COUNT, ""),
        "other_size": shown(made.other_size, COUNT, ""),
        "shared": shown(made.shared, COUNT, "") if against and made.shared else "",
        "standouts": [_row(value, linked, str(part.dimension.label)) for part, value in made.standouts(STANDOUTS)],
        "parts": [_part(part, (name, other_name), linked, request) for part in made.parts if not part.thin],
        "thin": [part.dimension.label for part in made.parts if part.thin],
        "least": {"people": MIN_PEOPLE, "count": MIN_COUNT},
        "csv": _csv_href(request, "all"),
    }
    return render(request, "analytics/persona.html", context)


@requires("analytics.view")
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """One dimension as CSV, or ``all`` of them."""
    chosen, other = _number(request, "segment"), _number(request, "other")
    if chosen is None or (name != "all" and name not in DIMENSIONS):
        raise Http404
    _find(chosen)
    try:
        made = queries.persona(chosen, other, now=timezone.now())
    except (NoSnapshot, UnknownSegment, DefinitionError):
        raise Http404 from None
    return csv_response(_records(made, name), f"persona-{chosen}-{name}")


def _records(made: Persona, name: str) -> Iterator[list[str]]:
    yield [
        str(head)
        for head in (
            _("Dimension"),
            _("Value"),
            _("Customers"),
            _("Share (%)"),
            _("Share from (%)"),
            _("Share to (%)"),
            _("Compared with: customers"),
            _("Compared with: share (%)"),
            _("Compared with: share from (%)"),
            _("Compared with: share to (%)"),
            _("Index"),
            _("What sets apart (signed G²)"),
            _("Clear"),
        )
    ]
    for part in made.parts:
        if name in ("all", part.dimension.name):
            for value in part.values:
                yield [
                    str(part.dimension.label),
                    value.label,
                    *_cells(value.group),
                    *_cells(value.other),
                    "" if value.index is None else str(round(100 * value.index)),
                    f"{value.g2:.2f}",
                    _("yes") if value.clear else _("no"),
                ]


def _cells(side: Side) -> list[str]:
    return [str(side.count), *(str(percent(share)) for share in (side.share, side.low, side.high))]


def _number(request: HttpRequest, name: str) -> int | None:
    """A segment's number; None for none. Raises Http404 for what is no number."""
    raw = request.GET.get(name, "").strip()
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) < 19 and int(raw) > 0):
        raise Http404
    return int(raw)


def _find(number: int) -> SegmentSummary:
    try:
        return segments.summary(number)
    except UnknownSegment:
        raise Http404 from None


def _csv_href(request: HttpRequest, name: str) -> str:
    query = {key: request.GET[key] for key in ("segment", "other") if request.GET.get(key)}
    return f"{reverse('analytics:persona_csv', args=[name])}?{urlencode(query)}"


def _part(part: Part, names: tuple[str, str], linked: int | None, request: HttpRequest) -> ShownPart:
    values = part.values if part.dimension.ordered else part.values[:SHOWN]
    known = _("known of %(group)s and %(other)s customers") % {
        "group": shown(part.group_size, COUNT, ""),
        "other": shown(part.other_size, COUNT, ""),
    }
    return ShownPart(
        part,
        known,
        [_row(value, linked) for value in values],
        len(part.values) - len(values),
        _chart(values, names, linked) if values else None,
        _csv_href(request, part.dimension.name),
    )


def _row(value: Value, linked: int | None, dimension: str = "") -> ShownValue:
    return ShownValue(
        value.label,
        shown(value.group.share, SHARE, ""),
        _between(value.group),
        shown(value.other.share, SHARE, ""),
        _between(value.other),
        "–" if value.index is None else str(round(100 * value.index)),
        shown(value.group.count, COUNT, ""),
        ("green" if value.g2 > 0 else "red") if value.clear else "",
        _href(value, linked),
        dimension,
    )


def _between(side: Side) -> str:
    return f"{percent(side.low)}–{percent(side.high)} %"


def _href(value: Value, linked: int | None) -> str:
    """The builder with the people of the segment who have this value; empty where nobody may or can."""
    if linked is None or value.definition is None or not value.group.count:
        return ""
    inside = {"condition": "segment", "segments": [linked]}
    return builder_href({"match": "all", "of": [inside, value.definition]})


def _chart(values: Any, names: tuple[str, str], linked: int | None) -> dict[str, Any]:
    group = [
        {"value": value.group.share, **({"href": href} if (href := _href(value, linked)) else {})} for value in values
    ]
    return {
        "guanxi": unit("percent"),
        "xAxis": {"type": "value", "min": 0},
        "yAxis": {
            "type": "category",
            "data": [value.label for value in values],
            "inverse": True,
            "axisLabel": {"width": 90, "overflow": "truncate"},
        },
        "series": [
            {"type": "bar", "name": names[0], "data": group},
            {"type": "bar", "name": names[1], "data": [value.other.share for value in values]},
        ],
    }
