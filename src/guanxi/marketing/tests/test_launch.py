"""From draft to the last message queued, whatever happens between."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError

from guanxi.core import jobs
from guanxi.core.models import Event, Job
from guanxi.core.models.jobs import JobState
from guanxi.customers import services as customers
from guanxi.customers.types import Channel, Purpose
from guanxi.marketing import launching, queries, services, tasks
from guanxi.marketing.models import Campaign, CampaignMember, CampaignStatus, CostEntry
from guanxi.marketing.plans import BadPlan, VariantPlan
from guanxi.marketing.problems import LaunchRefused, Problem, WrongStatus
from guanxi.marketing.testing import NOW, a_campaign, a_list, a_plan, a_template_version, people
from guanxi.marketing.types import CONTROL_ARM
from guanxi.messaging.models import Message
from guanxi.segments import services as segments

pytestmark = pytest.mark.django_db


def launched(campaign_id: int) -> Job:
    """Launch and let the job run, as the worker would."""
    job_id = services.launch(campaign_id, user=None, now=NOW)
    jobs.run(job_id)
    return Job.objects.get(pk=job_id)


def status(campaign_id: int) -> str:
    return Campaign.objects.get(pk=campaign_id).status


def messages(campaign_id: int) -> Any:
    return Message.objects.filter(source_kind="campaign", source_id=campaign_id)


def test_everyone_is_divided_once_and_who_is_not_held_out_gets_one_message() -> None:
    willing, silent, refusing, phones = (
        people(60),
        people(5, consent=None),
        people(4, consent=False),
        people(3, address=False),
    )
    customers.record_consent(
        phones, channel=Channel.EMAIL, purpose=Purpose.MARKETING, granted=True, source="form", at=NOW, now=NOW
    )
    campaign_id = a_campaign([*willing, *silent, *refusing, *phones], control_share=2000)
    seen = queries.review(campaign_id, now=NOW)
    job = launched(campaign_id)
    assert job.state == JobState.SUCCEEDED

    members = CampaignMember.objects.filter(campaign=campaign_id)
    assert set(members.filter(excluded="").values_list("customer_id", flat=True)) == set(willing)
    assert queries.left_out_counts(campaign_id) == {"no_address": 3, "no_consent": 9}
    held_out = set(members.filter(excluded="", variant=None).values_list("customer_id", flat=True))
    written_to = dict(messages(campaign_id).values_list("customer_id", "variant_id"))
    assert set(written_to) == set(willing) - held_out
    assert written_to == dict(members.filter(variant__isnull=False).values_list("customer_id", "variant_id"))
    templates = {v.id: v.template_version_id for v in seen.campaign.variants}
    assert all(templates[m.variant_id] == m.template_version_id for m in messages(campaign_id))

    arms = queries.arm_counts(campaign_id)
    assert (seen.audience, seen.eligible) == (72, 60)
    assert {group.variant.id: group.count for group in seen.variants if group.variant} | {
        CONTROL_ARM: seen.control.count
    } == arms
    assert [(one.reason, one.count) for one in seen.left_out] == [("no_address", 3), ("no_consent", 9)]
    view = queries.campaign(campaign_id)
    assert (view.status, view.audience, view.spent) == (CampaignStatus.SENDING, 72, 10_000)


def test_each_customer_in_an_arm_has_an_event() -> None:
    campaign_id = a_campaign(people(20))
    launched(campaign_id)
    events = Event.objects.filter(kind="campaign.assigned", subject_id=campaign_id)
    arms = Counter(event.data["variant_id"] or CONTROL_ARM for event in events)
    assert dict(arms) == queries.arm_counts(campaign_id)
    steps = Event.objects.filter(kind="campaign.changed", subject_id=campaign_id).order_by("id")
    assert [event.data["status"] for event in steps] == ["launching", "sending"]


def test_the_job_of_a_launch_says_how_many_are_written_to_held_out_and_left_out() -> None:
    campaign_id = a_campaign([*people(40), *people(3, consent=False)], control_share=2500)
    job = launched(campaign_id)
    held_out = CampaignMember.objects.filter(excluded="", variant=None).count()
    assert messages(campaign_id).count() == 40 - held_out
    assert job.result == {"messages": 40 - held_out, "control": held_out, "left_out": 3}


def test_cut_off_between_batches_it_carries_on_and_nobody_is_written_to_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "BATCH", 7)
    campaign_id = a_campaign(people(40), control_share=0)
    services.launch(campaign_id, user=None, now=NOW)
    launching.freeze(campaign_id, now=NOW)
    launching._queue_batch(campaign_id, now=NOW)
    launching._queue_batch(campaign_id, now=NOW)
    assert messages(campaign_id).count() == 14

    arms = dict(CampaignMember.objects.values_list("customer_id", "variant_id"))
    tasks.launch_campaign(jobs.Run(Job.objects.get()), campaign_id=campaign_id)
    assert dict(CampaignMember.objects.values_list("customer_id", "variant_id")) == arms
    assert dict(messages(campaign_id).values_list("customer_id", "variant_id")) == arms
    assert messages(campaign_id).count() == 40


def test_run_again_when_all_is_queued_it_changes_nothing() -> None:
    campaign_id = a_campaign(people(15))
    job = launched(campaign_id)
    before = (
        messages(campaign_id).count(),
        CampaignMember.objects.count(),
        Event.objects.count(),
        CostEntry.objects.count(),
    )
    tasks.launch_campaign(jobs.Run(job), campaign_id=campaign_id)
    after = (
        messages(campaign_id).count(),
        CampaignMember.objects.count(),
        Event.objects.count(),
        CostEntry.objects.count(),
    )
    assert after == before


def test_a_message_queued_before_its_mark_was_written_is_not_queued_again() -> None:
    campaign_id = a_campaign(people(10), control_share=0)
    launched(campaign_id)
    Campaign.objects.filter(pk=campaign_id).update(queued_through=0, queued_at=None, status=CampaignStatus.LAUNCHING)
    launching.queue(campaign_id, now=NOW)
    assert messages(campaign_id).count() == 10


def test_a_failure_pauses_the_campaign_until_someone_resumes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = a_campaign(people(10), control_share=0)

    def broken(*_arguments: object, **_named: object) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(launching.messaging, "queue_messages", broken)
        assert launched(campaign_id).state == JobState.FAILED
    view = queries.campaign(campaign_id)
    assert (view.status, view.problem) == (CampaignStatus.PAUSED, Problem.INTERRUPTED)

    services.resume(campaign_id, user=None, now=NOW)
    jobs.run(Job.objects.latest("id").pk)
    assert (status(campaign_id), messages(campaign_id).count()) == (CampaignStatus.SENDING, 10)


def test_an_empty_segment_is_refused() -> None:
    campaign_id = a_campaign([])
    with pytest.raises(LaunchRefused, match="The segment has no members now, so nothing was sent"):
        services.launch(campaign_id, user=None, now=NOW)
    assert status(campaign_id) == CampaignStatus.DRAFT


def test_a_segment_that_empties_after_the_click_is_refused_by_the_job() -> None:
    customer_ids = people(3)
    campaign_id = a_campaign(customer_ids)
    job_id = services.launch(campaign_id, user=None, now=NOW)
    segment_id = queries.campaign(campaign_id).segment_id
    segments.change_list(segment_id, customer_ids=[], replace=True, now=NOW)
    jobs.run(job_id)
    job = Job.objects.get(pk=job_id)
    view = queries.campaign(campaign_id)
    assert (job.state, view.status, view.problem) == (JobState.FAILED, CampaignStatus.DRAFT, Problem.EMPTY_SEGMENT)
    assert job.error.startswith("The segment has no members now")
    assert not CampaignMember.objects.exists()


def test_nobody_with_consent_is_refused() -> None:
    campaign_id = a_campaign(people(3, consent=False))
    job = launched(campaign_id)
    assert (job.state, queries.campaign(campaign_id).problem) == (JobState.FAILED, Problem.NOBODY_ELIGIBLE)


def test_a_segment_that_changed_since_the_review_shows_both_numbers() -> None:
    campaign_id = a_campaign(people(8))
    segment_id = queries.campaign(campaign_id).segment_id
    seen = queries.review(campaign_id, now=NOW).audience
    segments.change_list(segment_id, customer_ids=people(4), now=NOW)
    jobs.run(services.launch(campaign_id, reviewed_audience=seen, user=None, now=NOW))
    view = queries.campaign(campaign_id)
    assert (view.reviewed_audience, view.audience) == (8, 12)


def test_paused_while_queuing_it_stops_and_resumed_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "BATCH", 5)
    campaign_id = a_campaign(people(12), control_share=0)
    services.launch(campaign_id, user=None, now=NOW)
    launching.freeze(campaign_id, now=NOW)
    launching._queue_batch(campaign_id, now=NOW)
    services.pause(campaign_id, user=None, now=NOW)
    launching.queue(campaign_id, now=NOW)
    assert messages(campaign_id).count() == 5
    services.resume(campaign_id, user=None, now=NOW)
    assert status(campaign_id) == CampaignStatus.LAUNCHING
    launching.queue(campaign_id, now=NOW)
    assert (status(campaign_id), messages(campaign_id).count()) == (CampaignStatus.SENDING, 12)


def test_cancelled_before_the_audience_is_frozen_nobody_is_in_it() -> None:
    campaign_id = a_campaign(people(5))
    job_id = services.launch(campaign_id, user=None, now=NOW)
    services.cancel(campaign_id, user=None, now=NOW)
    jobs.run(job_id)
    assert status(campaign_id) == CampaignStatus.CANCELLED
    assert not CampaignMember.objects.exists()


def test_cancelled_while_sending_what_waits_is_never_sent() -> None:
    campaign_id = a_campaign(people(5), control_share=0)
    launched(campaign_id)
    services.cancel(campaign_id, user=None, now=NOW)
    assert set(messages(campaign_id).values_list("state", "reason")) == {("skipped", "cancelled")}
    with pytest.raises(WrongStatus, match="already ended"):
        services.cancel(campaign_id, user=None, now=NOW)


def test_a_scheduled_campaign_is_launched_when_its_time_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = a_campaign(people(5))
    services.schedule(campaign_id, at=NOW + timedelta(hours=1), user=None, now=NOW)
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW + timedelta(minutes=59))
    tasks.launch_due()
    assert status(campaign_id) == CampaignStatus.SCHEDULED
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW + timedelta(hours=1))
    tasks.launch_due()
    tasks.launch_due()
    assert (status(campaign_id), Job.objects.count()) == (CampaignStatus.LAUNCHING, 1)


def test_a_scheduled_campaign_whose_segment_emptied_becomes_a_draft_that_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign_id = a_campaign(people(5))
    services.schedule(campaign_id, at=NOW + timedelta(hours=1), user=None, now=NOW)
    segments.change_list(queries.campaign(campaign_id).segment_id, customer_ids=[], replace=True, now=NOW)
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW + timedelta(hours=2))
    tasks.launch_due()
    view = queries.campaign(campaign_id)
    assert (view.status, view.problem, view.scheduled_at) == (CampaignStatus.DRAFT, Problem.EMPTY_SEGMENT, None)


def test_a_campaign_is_done_when_no_message_waits() -> None:
    campaign_id = a_campaign(people(5))
    launched(campaign_id)
    assert not services.finish_if_sent(campaign_id, now=NOW)
    messages(campaign_id).update(state="sent", sent_at=NOW)
    assert services.finish_if_sent(campaign_id, now=NOW)
    assert queries.campaign(campaign_id).finished_at == NOW


def test_a_time_that_is_past_is_no_schedule() -> None:
    campaign_id = a_campaign(people(1))
    with pytest.raises(BadPlan, match="still to come"):
        services.schedule(campaign_id, at=NOW, user=None, now=NOW)


def test_only_drafts_change() -> None:
    campaign_id = a_campaign(people(2))
    services.schedule(campaign_id, at=NOW + timedelta(days=1), user=None, now=NOW)
    plan = a_plan(queries.campaign(campaign_id).segment_id, name="Other")
    with pytest.raises(WrongStatus):
        services.update_campaign(campaign_id, plan, user=None, now=NOW)
    services.unschedule(campaign_id, user=None, now=NOW)
    services.update_campaign(campaign_id, plan, user=None, now=NOW)
    assert queries.campaign(campaign_id).name == "Other"


def test_a_template_for_another_purpose_is_refused() -> None:
    variants = [VariantPlan(name="A", share=10_000, template_version_id=a_template_version(purpose="service"))]
    with pytest.raises(BadPlan, match="is for another purpose"):
        services.create_campaign(a_plan(a_list([]), variants=variants), user=None, now=NOW)


def test_a_template_or_segment_that_is_not_there_is_refused() -> None:
    plan = a_plan(10**6, variants=[VariantPlan(name="A", share=10_000, template_version_id=10**6)])
    with pytest.raises(BadPlan) as caught:
        services.create_campaign(plan, user=None, now=NOW)
    assert caught.value.problems == {"segment": "Choose a segment.", "variants": "A: Choose a template."}


def test_costs_are_entered_once_for_each_key() -> None:
    campaign_id = a_campaign(people(3))
    launched(campaign_id)
    entry = {"amount": 2_500, "note": "Photos", "idempotency_key": "photos", "user": None, "now": NOW}
    assert services.record_cost(campaign_id, **entry)
    assert not services.record_cost(campaign_id, **entry)
    assert queries.campaign(campaign_id).spent == 12_500


def test_members_cannot_be_in_one_campaign_twice() -> None:
    campaign_id = a_campaign(people(20))
    launched(campaign_id)
    first = CampaignMember.objects.earliest("pk")
    with pytest.raises(IntegrityError, match="campaign_member_once"):
        CampaignMember.objects.create(campaign_id=campaign_id, customer_id=first.customer_id, assigned_at=NOW)
