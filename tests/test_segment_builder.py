"""Building a segment in a browser: the count follows, groups nest, and the page tells why someone is in."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from guanxi.segments import queries
from guanxi.segments.models import Segment
from guanxi.segments.tests import people
from guanxi.segments.tests.people import NOW
from guanxi.warehouse.testing import given

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def warehouse() -> Iterator[people.World]:
    world = people.world()
    with given(world.tables, now=NOW):
        yield world


def shot(page: Page, name: str) -> None:
    """A picture for people, where GUANXI_SHOTS names a folder."""
    if folder := os.environ.get("GUANXI_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def add(page: Page, condition: str, *, group: int = 0) -> None:
    picker = page.locator("[data-picker]").nth(group)
    picker.locator("summary").click()
    picker.get_by_placeholder("Search conditions").fill(condition.lower())
    picker.get_by_role("button", name=condition, exact=True).click()


def test_the_count_follows(page_as: Callable[..., Page], warehouse: people.World) -> None:
    page = page_as("marketer")
    page.goto("/segments/new/")
    total = page.locator(".gx-segment-total")
    everyone = queries.count({}, now=timezone.now())
    expect(total).to_have_text(str(everyone))
    shot(page, "segments-new")
    add(page, "Has an e-mail address")
    with_email = queries.count({"condition": "has_email"}, now=timezone.now())
    expect(total).to_have_text(str(with_email))
    page.get_by_label("Which of these conditions must hold").first.select_option("none")
    expect(total).to_have_text(str(everyone - with_email))

    page.get_by_role("button", name="Group", exact=True).click()
    expect(page.locator(".gx-group")).to_have_count(2)
    add(page, "Province or state", group=0)
    expect(page.get_by_text("One part is not complete yet")).to_be_visible()
    page.get_by_placeholder("Type to add").fill("Bayern")
    page.get_by_placeholder("Type to add").blur()
    expect(page.get_by_role("checkbox", name="Bayern")).to_be_checked()
    add(page, "Orders", group=1)
    expect(page.locator(".gx-leaf")).to_have_count(3)
    page.get_by_label("When").select_option("last_days")
    page.get_by_label("Number of days").fill("90")
    shot(page, "segments-builder")
    page.get_by_label("Name", exact=True).fill("Reachable otherwise")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Reachable otherwise")).to_be_visible()
    (email, group, orders) = Segment.objects.get().definition["of"]
    assert (email["condition"], [part["condition"] for part in group["of"]]) == ("has_email", ["region"])
    assert orders == {"condition": "orders", "times": {"at_least": 1}, "within": {"last_days": 90}}
    page.get_by_label("Customer no.").fill("3")
    page.get_by_role("button", name="Explain").click()
    expect(page.locator(".gx-reasons").first).to_be_visible()
    shot(page, "segments-page")


def test_on_a_phone_and_in_the_dark(page_as: Callable[..., Page], warehouse: people.World) -> None:
    page = page_as("marketer", width=375, height=720, dark=True)
    page.goto("/segments/new/?from=mothers_day")
    expect(page.locator(".gx-segment-total")).to_be_visible()
    shot(page, "segments-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_without_scripts(page_as: Callable[..., Page], warehouse: people.World) -> None:
    page = page_as("marketer", scripts=False)
    page.goto("/segments/new/")
    page.locator("[data-picker] summary").click()
    page.get_by_role("button", name="Has a phone number", exact=True).click()
    with_phone = queries.count({"condition": "has_phone"}, now=timezone.now())
    expect(page.locator(".gx-segment-total")).to_have_text(str(with_phone))
    page.get_by_label("Name", exact=True).fill("By phone")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="By phone")).to_be_visible()
