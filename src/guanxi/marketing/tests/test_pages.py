"""The pages of campaigns: what people see, what they can do, and who may not."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.core import jobs
from guanxi.core.models import Job
from guanxi.core.testing import signed_in
from guanxi.marketing import queries, services
from guanxi.marketing.models import Campaign, CampaignStatus, CostEntry
from guanxi.marketing.testing import NOW, a_campaign, a_list, a_template_version, people
from guanxi.marketing.web import running
from guanxi.messaging.models import Message
from guanxi.segments.definition import parse
from guanxi.segments.services import create_segment

pytestmark = pytest.mark.django_db

PAGES = ["campaign", "edit", "review"]
ACTIONS = ["delete", "launch", "schedule", "unschedule", "pause", "resume", "cancel", "add_cost"]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock; here it stands still."""
    monkeypatch.setattr(running.timezone, "now", lambda: NOW)


def address(name: str, campaign_id: int) -> str:
    return reverse(f"marketing:{name}", args=[campaign_id])


def filled(segment_id: int, **changes: Any) -> dict[str, Any]:
    values = {
        "name": "Mother's Day",
        "segment": segment_id,
        "purpose": "marketing",
        "control_share": "12.5",
        "window_days": "21",
        "tracking": "on",
        "fixed_cost": "150.50",
        "cost_per_thousand": "45",
        "variants-TOTAL_FORMS": "3",
        "variants-INITIAL_FORMS": "0",
        "variants-0-name": "A",
        "variants-0-share": "66.67",
        "variants-0-template": a_template_version(),
        "variants-1-name": "B",
        "variants-1-share": "33.33",
        "variants-1-template": a_template_version(),
    }
    return {**values, **changes}


def test_a_new_campaign_is_saved_and_shown_for_review(client: Client) -> None:
    signed_in(client, role="marketer")
    assert client.get(reverse("marketing:new")).status_code == 200
    response = client.post(reverse("marketing:new"), filled(a_list(people(20))))
    campaign = Campaign.objects.get()
    assert response.headers["Location"] == address("review", campaign.pk)
    view = queries.campaign(campaign.pk)
    assert (view.control_share, view.window_days, view.fixed_cost, view.cost_per_thousand) == (1250, 21, 15_050, 4_500)
    assert [(one.name, one.share) for one in view.variants] == [("A", 6667), ("B", 3333)]


def test_the_form_says_when_a_segment_is_not_counted_yet(client: Client) -> None:
    signed_in(client, role="marketer")
    a_list(people(3))
    create_segment(name="Saved just now", definition=parse({"condition": "birthday", "months": ["this"]}), now=NOW)
    page = client.get(reverse("marketing:new")).content.decode()
    assert "Saved just now (not counted yet)" in page
    assert " (3)</option>" in page


def test_a_draft_is_changed(client: Client) -> None:
    signed_in(client, role="marketer")
    campaign_id = a_campaign(people(2))
    page = client.get(address("edit", campaign_id)).content.decode()
    assert 'value="Mother&#x27;s Day"' in page
    client.post(address("edit", campaign_id), filled(a_list(people(2)), name="Spring"))
    assert queries.campaign(campaign_id).name == "Spring"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"variants-1-share": "30"}, "The shares of the variants must add up to 100 %; they add up to 96.67 %."),
        ({"variants-1-name": "a"}, "Two variants have the same name."),
        ({"segment": ""}, "This field is required."),
        ({"control_share": "51"}, "Ensure this value is less than or equal to 50."),
        ({"window_days": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"fixed_cost": "-1"}, "Ensure this value is greater than or equal to 0."),
    ],
)
def test_a_form_with_a_mistake_says_so_and_saves_nothing(
    client: Client, changes: dict[str, Any], sentence: str
) -> None:
    signed_in(client, role="marketer")
    response = client.post(reverse("marketing:new"), filled(a_list([]), **changes))
    assert (response.status_code, Campaign.objects.count()) == (422, 0)
    assert sentence in response.content.decode()


def test_the_review_shows_who_is_left_out_and_why(client: Client) -> None:
    signed_in(client, role="marketer")
    campaign_id = a_campaign([*people(30), *people(4, consent=False)], control_share=0)
    page = client.get(address("review", campaign_id)).content.decode()
    assert "No consent" in page and "B*** " in page
    assert [int(number) for number in re.findall(r'gx-stat-value"><span>\s*(\d+)', page)] == [34, 30, 0, 30]
    assert "Nobody is held out: what the campaign earned cannot be told." in page
    assert "Launch now" in page


def test_who_may_not_see_customers_sees_numbers_only(client: Client) -> None:
    signed_in(client, permissions=["marketing.view"])
    campaign_id = a_campaign(people(5))
    page = client.get(address("review", campaign_id)).content.decode()
    assert "B*** " not in page and "Launch now" not in page


def test_launching_from_the_page_keeps_what_was_seen(client: Client) -> None:
    signed_in(client, role="marketer")
    campaign_id = a_campaign(people(6))
    response = client.post(address("launch", campaign_id), {"audience": "5"})
    assert response.headers["Location"] == address("campaign", campaign_id)
    jobs.run(Job.objects.get().pk)
    page = client.get(address("campaign", campaign_id)).content.decode()
    assert "The segment had 5 members at the review and 6 at the launch." in page
    assert 'hx-trigger="every 3s"' in page


def test_progress_ends_its_polling_when_all_is_out(client: Client) -> None:
    signed_in(client, role="marketer")
    campaign_id = a_campaign(people(6), control_share=0)
    jobs.run(services.launch(campaign_id, user=None, now=NOW))
    Message.objects.update(state="sent", sent_at=NOW)
    services.finish_if_sent(campaign_id, now=NOW)
    part = client.get(
        address("campaign", campaign_id), headers={"HX-Request": "true", "HX-Target": "campaign-progress"}
    )
    page = part.content.decode()
    assert "6 of 6 messages are out" in page and "hx-trigger" not in page and "<html" not in page


def test_pause_resume_and_cancel(client: Client) -> None:
    signed_in(client, role="marketer")
    campaign_id = a_campaign(people(6))
    jobs.run(services.launch(campaign_id, user=None, now=NOW))
    for action, status in [("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")]:
        assert client.post(address(action, campaign_id)).status_code == 302
        assert queries.campaign(campaign_id).status == status
    page = client.post(address("pause", campaign_id), follow=True).content.decode()
    assert "Only a campaign that is being sent can be paused." in page


def test_a_time_is_read_in_the_zone_of_the_person(client: Client) -> None:
    user = signed_in(client, role="marketer")
    user.time_zone = "America/New_York"
    user.save()
    campaign_id = a_campaign(people(3))
    client.post(address("schedule", campaign_id), {"at": "2026-07-01T09:00", "audience": "3"})
    view = queries.campaign(campaign_id)
    assert (view.status, view.scheduled_at) == (CampaignStatus.SCHEDULED, datetime(2026, 7, 1, 13, tzinfo=UTC))
    page = client.get(address("review", campaign_id)).content.decode()
    assert "2026-07-01 09:00" in page and "America/New_York" in page
    client.post(address("unschedule", campaign_id))
    assert queries.campaign(campaign_id).status == CampaignStatus.DRAFT


def test_an_empty_segment_cannot_be_launched_from_the_page(client: Client) -> None:
    signed_in(client, role="marketer")
    campaign_id = a_campaign([])
    assert "Launch now" not in client.get(address("review", campaign_id)).content.decode()
    page = client.post(address("launch", campaign_id), follow=True).content.decode()
    assert "The segment has no members now, so nothing was sent." in page


def test_a_cost_sent_twice_is_entered_once(client: Client) -> None:
    signed_in(client, role="marketer")
    campaign_id = a_campaign(people(3), fixed_cost=0)
    jobs.run(services.launch(campaign_id, user=None, now=NOW))
    for _ in range(2):
        client.post(address("add_cost", campaign_id), {"amount": "12.34", "note": "Photos", "key": "k1"})
    assert list(CostEntry.objects.values_list("amount", "note")) == [(1_234, "Photos")]
    assert "Photos" in client.get(address("campaign", campaign_id)).content.decode()


def test_the_list_shows_state_and_progress_in_a_fixed_number_of_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    signed_in(client, role="marketer")
    for number in range(5):
        services.schedule(a_campaign(people(1), name=f"C{number}"), at=NOW + timedelta(days=1), user=None, now=NOW)
    jobs.run(services.launch(a_campaign(people(4), control_share=0, name="Running"), user=None, now=NOW))
    with django_assert_max_num_queries(14):
        page = client.get(reverse("marketing:campaigns")).content.decode()
    assert "C4" in page and "Scheduled" in page and "Sending" in page and "0 %" in page


def test_before_the_first_campaign_the_list_says_how_to_begin(client: Client) -> None:
    signed_in(client, role="marketer")
    assert "No campaigns yet" in client.get(reverse("marketing:campaigns")).content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_those_with_the_right(client: Client, name: str) -> None:
    campaign_id = a_campaign([])
    assert client.get(address(name, campaign_id)).headers["Location"].startswith("/account/login/")
    signed_in(client, permissions=["customers.view"])
    assert client.get(address(name, campaign_id)).status_code == 403


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_are_for_those_with_the_right_and_change_nothing_for_others(client: Client, name: str) -> None:
    campaign_id = a_campaign(people(2))
    signed_in(client, permissions=["marketing.view"])
    assert client.post(address(name, campaign_id)).status_code == 403
    assert queries.campaign(campaign_id).status == CampaignStatus.DRAFT
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_are_not_done_by_following_a_link(client: Client, name: str) -> None:
    signed_in(client)
    assert client.get(address(name, a_campaign([]))).status_code == 405


@pytest.mark.parametrize("name", [*PAGES, "launch"])
def test_a_campaign_that_is_not_there_is_not_found(client: Client, name: str) -> None:
    signed_in(client)
    ask = client.post if name == "launch" else client.get
    assert ask(address(name, 10**6)).status_code == 404
