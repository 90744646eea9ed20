"""Endpoint of personas: what sets a segment apart."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from guanxi.analytics import queries
from guanxi.analytics.persona.comparing import Part
from guanxi.core.api.access import Scope
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.segments.errors import DefinitionError
from guanxi.segments.queries import UnknownSegment
from guanxi.warehouse.queries import NoSnapshot

router = Router(tags=["personas"])

SegmentId = Annotated[int, Query(gt=0, lt=2**63)]
OtherId = Annotated[int | None, Query(gt=0, lt=2**63)]


class SideOut(Schema):
    """``low`` and ``high`` are Wilson's interval of 95 % of the share."""

    count: int
    share: float
    low: float
    high: float


class ValueOut(Schema):
    """``index`` is the group's share as a multiple of the other's. ``g2`` is a log-likelihood ratio, above 0 where the
    group has more. ``definition`` is that of a segment of everyone with this value, where there is one."""

    key: str
    label: str
    group: SideOut
    other: SideOut
    index: float | None
    g2: float
    clear: bool
    definition: dict[str, Any] | None


class PartOut(Schema):
    """The sizes are the customers of whom something is known; with too few (``thin``) there are no values."""

    dimension: str
    label: str
    group_size: int
    other_size: int
    thin: bool
    values: list[ValueOut]


class PersonaOut(Schema):
    size: int
    other_size: int
    shared: int
    parts: list[PartOut]


@router.get("", response={200: PersonaOut, **PROBLEMS}, auth=Scope("analytics.view"))
def persona(request: HttpRequest, segment: SegmentId, other: OtherId = None) -> dict[str, Any]:
    """What sets a segment apart from another, or from everyone; what does most comes first."""
    try:
        made = queries.persona(segment, other, now=timezone.now())
    except UnknownSegment:
        raise ApiProblem(404, "not-found", "There is no such segment.") from None
    except DefinitionError as error:
        raise ApiProblem(409, "bad-definition", f"The segment's definition cannot be read: {error}") from None
    except NoSnapshot:
        raise ApiProblem(409, "warehouse-empty", "The warehouse is still empty; try again in a minute.") from None
    sizes = {"size": made.size, "other_size": made.other_size, "shared": made.shared}
    return {**sizes, "parts": [_part(part) for part in made.parts]}


def _part(part: Part) -> dict[str, Any]:
    return {
        "dimension": part.dimension.name,
        "label": str(part.dimension.label),
        "group_size": part.group_size,
        "other_size": part.other_size,
        "thin": part.thin,
        "values": part.values,
    }
