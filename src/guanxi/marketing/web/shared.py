"""What the pages of this room share."""

from django.http import Http404

from guanxi.marketing import queries
from guanxi.marketing.models import CampaignStatus
from guanxi.marketing.problems import SENTENCES, NoCampaign, Problem
from guanxi.marketing.types import CampaignView

COLOURS = {
    CampaignStatus.DRAFT: "secondary",
    CampaignStatus.SCHEDULED: "azure",
    CampaignStatus.LAUNCHING: "blue",
    CampaignStatus.SENDING: "blue",
    CampaignStatus.PAUSED: "yellow",
    CampaignStatus.DONE: "green",
    CampaignStatus.CANCELLED: "red",
}


def find(campaign_id: int) -> CampaignView:
    """Raises Http404."""
    try:
        return queries.campaign(campaign_id)
    except NoCampaign:
        raise Http404 from None


def status_badge(status: str) -> dict[str, str]:
    """Label and colour of a status."""
    known = CampaignStatus(status)
    return {"label": str(known.label), "color": COLOURS[known]}


def problem_sentence(campaign: CampaignView) -> str:
    """Why the last launch was refused or broke off; empty when it did not."""
    return str(SENTENCES[Problem(campaign.problem)]) if campaign.problem else ""
