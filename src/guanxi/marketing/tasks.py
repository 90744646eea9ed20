"""Launching campaigns in the worker, starting those whose time has come, and noticing those that are out."""

import logging

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.core.jobs import JobFailed, Run
from guanxi.marketing import coupon_tasks, launching, queries, services  # noqa: F401 (registers its job)
from guanxi.marketing.problems import LaunchRefused, WrongStatus
from guanxi.marketing.types import CONTROL_ARM

log = logging.getLogger("guanxi.marketing")


WORDS = {
    "messages": _("Customers written to"),
    "control": _("Held out as control group"),
    "left_out": _("Left out"),
}


def campaign_page(*, campaign_id: int) -> str:
    return reverse("marketing:campaign", args=[campaign_id])


@jobs.job("campaigns.launch", label=_("Launch a campaign"), words=WORDS, page=campaign_page)
def launch_campaign(run: Run, *, campaign_id: int) -> dict[str, object]:
    """Freeze the audience once, then queue what is not queued yet. Cut off, it carries on when it runs again."""
    now = timezone.now()
    try:
        launching.freeze(campaign_id, now=now)
        total = launching.still_to_queue(campaign_id)
        launching.queue(campaign_id, now=now, report=lambda queued: run.progress(queued, total=total))
    except LaunchRefused as refusal:
        raise JobFailed(str(refusal)) from refusal
    except Exception:
        # Cancelled on the Jobs page, or failed: without a job nothing would go on, so the campaign must say so.
        launching.interrupted(campaign_id, now=now)
        raise
    counts = queries.arm_counts(campaign_id)
    control = counts.pop(CONTROL_ARM, 0)
    left_out = queries.left_out_counts(campaign_id)
    return {"messages": sum(counts.values()), "control": control, "left_out": sum(left_out.values())}


@jobs.every(10, name="campaigns.due")
def launch_due() -> None:
    """Launch scheduled campaigns whose time has come; one that cannot be launched becomes a draft that says why."""
    now = timezone.now()
    for campaign_id in queries.due(now):
        try:
            services.launch_scheduled(campaign_id, now=now)
        except (LaunchRefused, WrongStatus) as refusal:
            log.warning("campaign %s was not launched: %s", campaign_id, refusal)


@jobs.every(5, name="campaigns.finish")
def finish_sent() -> None:
    """Mark campaigns done whose last message is out."""
    for campaign_id in queries.unfinished():
        services.finish_if_sent(campaign_id, now=timezone.now())
