"""The list of segments."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import requires
from guanxi.core.web import tables
from guanxi.segments.models import Segment, SegmentCount, SegmentKind

STATES = (("current", _("In use")), ("archived", _("Archived")))


def _in_state(rows: QuerySet[Segment], value: list[str]) -> QuerySet[Segment]:
    if len(value) != 1:
        return rows
    return rows.filter(archived_at__isnull=value == ["current"])


SEGMENTS = tables.Table(
    name="segments",
    columns=[
        tables.Column(
            key="name",
            label=_("Segment"),
            cell="name",
            sort="name",
            template="segments/cells/name.html",
            csv="name",
        ),
        tables.Column(key="kind", label=_("Kind"), cell="get_kind_display"),
        tables.Column(key="count", label=_("Members"), cell="count", sort="count", align="end"),
        tables.Column(
            key="change",
            label=_("Last change"),
            template="segments/cells/change.html",
            align="end",
            csv=lambda row: (row.last_entered or 0) - (row.last_left or 0),
        ),
        tables.Column(key="counted", label=_("Counted"), cell="counted_at", sort="counted_at"),
        tables.Column(key="updated", label=_("Changed"), cell="updated_at", sort="updated_at", shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="kind", label=_("Kind"), choices=SegmentKind.choices),
        tables.ChoiceFilter(key="state", label=_("State"), choices=STATES, apply=_in_state),
    ],
    search=["name", "description"],
    default_sort="name",
    empty=tables.Empty(
        title=_("No segments yet"),
        text=_("A segment is a set of customers you want to write to or to follow: begin with a ready-made one."),
        icon="chart-pie",
        action_label=_("New segment"),
        action_url_name="segments:new",
        action_permission="segments.edit",
    ),
)


@requires("segments.view")
def segments(request: HttpRequest) -> HttpResponseBase:
    """Segments in use, unless the state is asked for."""
    newest = SegmentCount.objects.filter(segment=OuterRef("pk")).order_by("-at", "-pk")
    rows = Segment.objects.annotate(
        last_entered=Subquery(newest.values("entered")[:1]), last_left=Subquery(newest.values("left")[:1])
    )
    if "state" not in request.GET:
        rows = rows.filter(archived_at=None)
    return tables.respond(request, SEGMENTS, rows, template="segments/list.html")
