"""A marketer writes a campaign, reviews and launches it, and reads its result: in a browser, and without scripts."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from guanxi.analytics.tests.test_campaign_pages import exported, launched, order
from guanxi.core import jobs
from guanxi.core.models import Job
from guanxi.marketing.models import Campaign
from guanxi.marketing.testing import NOW, a_campaign, a_list, a_template_version, people
from guanxi.warehouse.testing import given

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]


def shot(page: Page, name: str) -> None:
    """A picture for people to look at, when they ask for it with GUANXI_SHOTS=folder."""
    if folder := os.environ.get("GUANXI_SHOTS"):
        page.screenshot(path=f"{folder}/campaign-{name}.png", full_page=True)


@pytest.fixture
def measured() -> Iterator[int]:
    campaign_id = launched(people(600), control_share=3000)
    members = exported(campaign_id)
    orders = [
        order(number, row["customer_id"], 10_000 + number, NOW + timedelta(days=1))
        for number, row in enumerate(members, start=1)
        if (number % 5 < 2 if row["arm"] else number % 5 == 0)
    ]
    with given({"campaign_members": members, "orders": orders}, now=NOW + timedelta(days=30)):
        yield campaign_id


def fill(page: Page) -> None:
    page.get_by_label("Name", exact=True).first.fill("Mother's Day")
    page.get_by_label("Segment").select_option(index=1)
    page.get_by_label("Template").first.select_option(index=1)


def test_from_the_form_to_the_launch(page_as: Open) -> None:
    a_list(people(40))
    a_template_version()
    page = page_as("marketer")
    page.goto("/campaigns/new/")
    fill(page)
    page.locator("[name=control_share]").fill("25")
    expect(page.locator("[data-control-words]")).to_have_text(
        "Held out: 25 percent, about 10 of 40 customers if all may be written to"
    )
    shot(page, "form")
    page.get_by_role("button", name="Save and review").click()
    expect(page.get_by_role("heading", name="Who gets what")).to_be_visible()
    shot(page, "review")
    page.get_by_role("button", name="Launch now").click()
    page.locator("#gx-confirm").get_by_role("button", name="Launch now").click()
    expect(page.get_by_text("The audience is being put together.")).to_be_visible()
    jobs.run(Job.objects.get(kind="campaigns.launch").pk)
    expect(page.get_by_text("messages are out")).to_be_visible()
    shot(page, "progress")
    assert Campaign.objects.get().reviewed_audience == 40


def test_without_scripts_a_campaign_can_be_written_and_launched(page_as: Open) -> None:
    a_list(people(10))
    a_template_version()
    page = page_as("marketer", scripts=False)
    page.goto("/campaigns/new/")
    fill(page)
    page.get_by_role("button", name="Save and review").click()
    page.get_by_role("button", name="Launch now").click()
    expect(page.get_by_text("The campaign is being launched.")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (375, True)])
def test_the_result_fits_the_screen(page_as: Open, measured: int, width: int, dark: bool) -> None:
    page = page_as("marketer", width=width, dark=dark)
    page.goto(f"/insights/campaigns/{measured}/", timeout=60_000)  # the first to load the statistics
    expect(page.get_by_text("more than the control group").first).to_be_visible()
    shot(page, f"result-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("row", name="Control group").first.get_by_role("link").first.click()
    expect(page.get_by_text("B*** ").first).to_be_visible()
    shot(page, f"rows-{width}")


@pytest.mark.parametrize("width", [1280, 375])
def test_what_marketing_returned_fits_the_screen(page_as: Open, measured: int, width: int) -> None:
    page = page_as("marketer", width=width)
    page.goto("/insights/marketing/?first=2026-05-01&last=2026-05-31", timeout=60_000)
    expect(page.get_by_text("that would not have come otherwise").first).to_be_visible()
    shot(page, f"returns-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", ["/campaigns/", "/campaigns/new/", "/campaigns/{}/review/"])
def test_pages_fit_a_phone(page_as: Open, address: str) -> None:
    campaign_id = a_campaign([*people(20), *people(3, consent=False)])
    page = page_as("marketer", width=375)
    page.goto(address.format(campaign_id))
    shot(page, "phone" + address.replace("/", "-").replace("{}", "n"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
