"""Whether the parts a campaign is made of are there and fit: its segment, and a template for each variant."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.marketing.models import Campaign
from guanxi.marketing.plans import BadPlan, CampaignPlan
from guanxi.marketing.problems import LaunchRefused, Problem
from guanxi.messaging import queries as messaging
from guanxi.segments import queries as segments
from guanxi.segments.errors import DefinitionError


def check_parts(plan: CampaignPlan) -> None:
    """Raises BadPlan when the segment or a template is missing, put away or unfit."""
    problems = {}
    try:
        if segments.summary(plan.segment_id).archived:
            problems["segment"] = _("This segment is in the archive; take it back or choose another.")
    except segments.UnknownSegment:
        problems["segment"] = _("Choose a segment.")
    for variant in plan.variants:
        if problem := template_problem(variant.template_version_id, channel=plan.channel, purpose=plan.purpose):
            problems["variants"] = f"{variant.name}: {problem}"
    if problems:
        raise BadPlan(problems)


def check_ready(campaign: Campaign, *, now: datetime) -> None:
    """Raises LaunchRefused when a launch now would find no members, or a template it cannot use."""
    with readable():
        if not len(segments.members(campaign.segment_id, now=now)):
            raise LaunchRefused(Problem.EMPTY_SEGMENT)
    for version_id in campaign.variants.values_list("template_version_id", flat=True):
        if template_problem(version_id, channel=campaign.channel, purpose=campaign.purpose):
            raise LaunchRefused(Problem.TEMPLATE_BROKEN)


@contextmanager
def readable() -> Iterator[None]:
    """Turns what a segment raises when it cannot be read into a refusal that people understand."""
    try:
        yield
    except segments.UnknownSegment as error:
        raise LaunchRefused(Problem.SEGMENT_GONE) from error
    except DefinitionError as error:
        raise LaunchRefused(Problem.SEGMENT_UNREADABLE) from error
    except segments.NoSnapshot as error:
        raise LaunchRefused(Problem.NO_WAREHOUSE) from error


def template_problem(version_id: int, *, channel: str, purpose: str) -> str:
    """What is wrong with a template for this campaign, in a sentence; empty when nothing is.

    A version was compiled when it was saved, and nobody can change it since, so it need not be tried again here.
    """
    template = messaging.template_version(version_id)
    if template is None:
        return _("Choose a template.")
    if template.channel != channel:
        return _("The template “%(name)s” is for another channel.") % {"name": template.name}
    if template.purpose != purpose:
        # Only templates for marketing carry the link to unsubscribe.
        return _("The template “%(name)s” is for another purpose.") % {"name": template.name}
    return ""
