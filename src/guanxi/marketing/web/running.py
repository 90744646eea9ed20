"""One campaign: the review before launch, how far it is, and what people can do to it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core import money
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.marketing import queries, services
from guanxi.marketing.checks import readable
from guanxi.marketing.models import CampaignStatus
from guanxi.marketing.plans import BadPlan
from guanxi.marketing.problems import LaunchRefused, WrongStatus
from guanxi.marketing.services import SOURCE
from guanxi.marketing.types import CONTROL_ARM, CampaignView
from guanxi.marketing.web.forms import CostForm, ScheduleForm
from guanxi.marketing.web.shared import find, problem_sentence, status_badge
from guanxi.messaging import queries as messaging
from guanxi.messaging.types import Eligibility, MessageState, Reason
from guanxi.segments import queries as segments

ACTIVE = frozenset({CampaignStatus.LAUNCHING, CampaignStatus.SENDING})
WAITING = frozenset({CampaignStatus.DRAFT, CampaignStatus.SCHEDULED})


@requires("marketing.view")
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """How far a campaign is; a draft's page is its review."""
    found = find(campaign_id)
    if found.status == CampaignStatus.DRAFT:
        return redirect("marketing:review", campaign_id)
    template = "marketing/campaign.html"
    if request.htmx and request.htmx.target == "campaign-progress":  # type: ignore[attr-defined]
        template = "marketing/_progress.html"
    return render(request, template, _progress(found))


@requires("marketing.view")
def review(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """What a launch would do now: who is left out and why, who is held out, who gets which variant."""
    found = find(campaign_id)
    if found.status not in WAITING:
        return redirect("marketing:campaign", campaign_id)
    context: dict[str, Any] = {
        **_frame(found),
        "schedule_form": ScheduleForm(),
        "zone": timezone.get_current_timezone_name(),
        "problem": problem_sentence(found),
    }
    try:
        with readable():
            seen = queries.review(campaign_id, now=timezone.now())
        context |= {"review": seen, "can_launch": seen.messages > 0, **_groups(request, seen)}
    except LaunchRefused as refusal:
        context["problem"] = str(refusal)
    return render(request, "marketing/review.html", context)


@requires("marketing.launch")
@require_POST
def launch(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Launch now."""
    seen = _reviewed(request)
    return _act(
        request,
        campaign_id,
        lambda **who: services.launch(campaign_id, reviewed_audience=seen, **who),
        _("The campaign is being launched."),
        on_failure="marketing:review",
    )


@requires("marketing.launch")
@require_POST
def schedule(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Launch at a time, given in the person's own zone."""
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a date and a time."))
        return redirect("marketing:review", campaign_id)
    seen = _reviewed(request)
    return _act(
        request,
        campaign_id,
        lambda **who: services.schedule(campaign_id, at=form.cleaned_data["at"], reviewed_audience=seen, **who),
        _("The campaign is scheduled."),
        on_failure="marketing:review",
    )


@requires("marketing.launch")
@require_POST
def unschedule(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Make a scheduled campaign a draft again."""
    done = _("The campaign is a draft again.")
    return _act(request, campaign_id, lambda **who: services.unschedule(campaign_id, **who), done)


@requires("marketing.launch")
@require_POST
def pause(request: HttpRequest, campaign_id: int) -> HttpResponse:
    done = _("Paused. Messages that are with the mail server already still arrive.")
    return _act(request, campaign_id, lambda **who: services.pause(campaign_id, **who), done)


@requires("marketing.launch")
@require_POST
def resume(request: HttpRequest, campaign_id: int) -> HttpResponse:
    done = _("The campaign goes on.")
    return _act(request, campaign_id, lambda **who: services.resume(campaign_id, **who), done)


@requires("marketing.launch")
@require_POST
def cancel(request: HttpRequest, campaign_id: int) -> HttpResponse:
    done = _("Cancelled. What was sent is still measured.")
    return _act(request, campaign_id, lambda **who: services.cancel(campaign_id, **who), done)


@requires("marketing.edit")
@require_POST
def add_cost(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Enter what was spent on a campaign beside its messages."""
    found, form = find(campaign_id), CostForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter an amount and what it was for."))
        return redirect("marketing:campaign", campaign_id)
    entry = {
        "amount": money.to_minor(form.cleaned_data["amount"], found.currency),
        "note": form.cleaned_data["note"],
        "idempotency_key": f"campaign:{campaign_id}:form:{form.cleaned_data['key']}",
    }
    done = _("The cost is entered.")
    return _act(request, campaign_id, lambda **who: services.record_cost(campaign_id, **entry, **who), done)


def _act(
    request: HttpRequest,
    campaign_id: int,
    action: Callable[..., object],
    done: str,
    *,
    on_failure: str = "marketing:campaign",
) -> HttpResponse:
    find(campaign_id)
    try:
        action(user=request.user, now=timezone.now())
    except (WrongStatus, LaunchRefused, BadPlan) as problem:
        messages.error(request, str(problem))
        return redirect(on_failure, campaign_id)
    messages.success(request, done)
    return redirect("marketing:campaign", campaign_id)


def _reviewed(request: HttpRequest) -> int | None:
    """The segment's size that the person who agreed had before them."""
    text = request.POST.get("audience", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None


def _frame(found: CampaignView) -> dict[str, Any]:
    return {"campaign": found, "badge": status_badge(found.status), "segment": segments.summary(found.segment_id)}


def _groups(request: HttpRequest, seen: queries.Review) -> dict[str, Any]:
    """The groups of a review with some customers of each, by masked name, for those who may see customers."""
    may_see = actor(request).may("customers.view")
    everyone: list[queries.LeftOut | queries.Group] = [*seen.left_out, seen.control, *seen.variants]
    ids = sorted({number for group in everyone for number in group.sample}) if may_see else []
    nameless = _("Customer %(number)s")
    names = {card.id: card.name or nameless % {"number": card.id} for card in customers.profiles(ids)}

    def shown(group: queries.LeftOut | queries.Group) -> dict[str, Any]:
        people = [(number, names[number]) for number in group.sample if number in names]
        return {"group": group, "people": people, "more": bool(people) and group.count > len(group.sample)}

    templates = {one.id: messaging.template_version(one.template_version_id) for one in seen.campaign.variants}
    return {
        "left_out": [shown(group) for group in seen.left_out],
        "control": shown(seen.control),
        "groups": [
            {**shown(group), "template": templates[group.variant.id]} for group in seen.variants if group.variant
        ],
    }


def _progress(found: CampaignView) -> dict[str, Any]:
    states = messaging.states(SOURCE, found.id)
    arms = queries.arm_counts(found.id)
    held_out = arms.pop(CONTROL_ARM, 0)
    waiting = states.counts.get(MessageState.QUEUED, 0) + states.counts.get(MessageState.SENDING, 0)
    state_labels, reasons = dict(MessageState.choices), {**dict(Reason.choices), **dict(Eligibility.choices)}
    left_out = queries.left_out_counts(found.id)
    return {
        **_frame(found),
        "problem": problem_sentence(found),
        "active": found.status in ACTIVE,
        "can_pause": found.status in ACTIVE,
        "can_resume": found.status == CampaignStatus.PAUSED,
        "can_cancel": found.status in {*ACTIVE, CampaignStatus.PAUSED, CampaignStatus.SCHEDULED},
        "states": states,
        "to_send": sum(arms.values()),
        "done": states.total - waiting,
        "held_out": held_out,
        "by_state": [
            (label, states.counts[state]) for state, label in state_labels.items() if states.counts.get(state)
        ],
        "left_out": [(reasons.get(reason, reason), count) for reason, count in left_out.items()],
        "skipped": [(reasons.get(reason, reason), count) for reason, count in states.skipped.items()],
        "changed": found.reviewed_audience is not None and found.audience not in {None, found.reviewed_audience},
        "costs": queries.costs(found.id),
        "cost_form": CostForm(initial={"key": uuid4().hex}),
    }
