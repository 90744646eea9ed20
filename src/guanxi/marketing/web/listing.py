"""The list of campaigns."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import requires
from guanxi.core.web import tables
from guanxi.marketing.models import Campaign, CampaignStatus
from guanxi.marketing.services import SOURCE
from guanxi.marketing.web.shared import status_badge
from guanxi.messaging import queries as messaging
from guanxi.messaging.types import MessageState

ACTIVE = frozenset({CampaignStatus.LAUNCHING, CampaignStatus.SENDING, CampaignStatus.PAUSED})


def _status(row: Campaign) -> SafeString:
    """With a bar while it is under way: there are few such campaigns at a time, so each may ask for its numbers."""
    context: dict[str, Any] = {"badge": status_badge(row.status)}
    if row.status in ACTIVE:
        states = messaging.states(SOURCE, row.pk)
        waiting = states.counts.get(MessageState.QUEUED, 0) + states.counts.get(MessageState.SENDING, 0)
        context |= {"total": states.total, "done": states.total - waiting}
    return SafeString(render_to_string("marketing/cells/status.html", context))


CAMPAIGNS = tables.Table(
    name="campaigns",
    columns=[
        tables.Column(
            key="name",
            label=_("Campaign"),
            sort="name",
            link=lambda row: reverse("marketing:campaign", args=[row.pk]),
        ),
        tables.Column(key="status", label=_("State"), cell=_status, csv="get_status_display", sort="status"),
        tables.Column(key="segment", label=_("Segment"), cell="segment.name"),
        tables.Column(key="audience", label=_("Audience"), align="end", sort="audience"),
        tables.Column(key="scheduled", label=_("Scheduled for"), cell="scheduled_at", sort="scheduled_at", shown=False),
        tables.Column(key="launched", label=_("Launched"), cell="launched_at", sort="launched_at"),
        tables.Column(key="created", label=_("Created"), cell="created_at", sort="created_at", shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="status", label=_("State"), choices=CampaignStatus.choices),
        tables.DateFilter(key="launched", label=_("Launched"), field="launched_at"),
    ],
    search=["name"],
    default_sort="-created",
    empty=tables.Empty(
        title=_("No campaigns yet"),
        text=_("A campaign sends a message to a segment, holds some customers back, and measures what it earned."),
        icon="speakerphone",
        action_label=_("New campaign"),
        action_url_name="marketing:new",
        action_permission="marketing.edit",
    ),
)


@requires("marketing.view")
def campaigns(request: HttpRequest) -> HttpResponseBase:
    """All campaigns, newest first."""
    rows = Campaign.objects.select_related("segment")
    return tables.respond(request, CAMPAIGNS, rows, template="marketing/campaigns.html")
