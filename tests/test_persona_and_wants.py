"""A segment's persona and the models of what customers want, in a browser: charts, tables and phone width."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guanxi.analytics import services
from guanxi.analytics.tests.forecasts.tastes import tasteful
from guanxi.analytics.tests.persona.crowd import LISTED, NOW, OTHERS, crowd
from guanxi.segments.models import Segment, SegmentKind
from guanxi.warehouse.testing import given

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MODELS = ("next_products", "next_orders", "category_chances")


def shot(page: Page, name: str) -> None:
    """A picture for people, where GUANXI_SHOTS names a folder."""
    if folder := os.environ.get("GUANXI_SHOTS"):
        page.wait_for_timeout(600)  # charts grow into place
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture
def filled(transactional_db: None) -> Iterator[None]:
    for number, name in ((LISTED, "Spring fair"), (OTHERS, "Newsletter")):
        Segment.objects.create(pk=number, name=name, kind=SegmentKind.STATIC, created_at=NOW, updated_at=NOW)
    with given(crowd(600), now=NOW):
        yield


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_persona_side_by_side(page_as: Callable[..., Page], filled: None, width: int, dark: bool) -> None:
    page = page_as("marketer", width=width, dark=dark)
    page.goto("/insights/persona/")
    page.locator("[name=segment]").select_option("Spring fair")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="What sets them apart most")).to_be_visible()
    expect(page.locator(".gx-chart canvas").first).to_be_visible()
    shot(page, f"persona-{width}")
    assert fits(page)
    page.locator("[name=other]").select_option("Newsletter")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("are in both and count in both")).to_be_visible()
    page.locator("table a[href*='/segments/new/']").first.click()
    expect(page.locator(".gx-segment-total")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_customers_want(page_as: Callable[..., Page], transactional_db: None, width: int) -> None:
    with given(tasteful(900), now=NOW):
        page = page_as("marketer", width=width)
        for name in MODELS:
            services.run_forecast(name, now=NOW, progress=lambda *_: None)
            page.goto(f"/insights/models/{name}/")
            expect(page.locator(".gx-chart canvas").first).to_be_visible()
            shot(page, f"{name}-{width}")
            assert fits(page)
        page.goto("/insights/models/")
        expect(page.get_by_text("with what is popular alone")).to_be_visible()
        shot(page, f"models-{width}")
        assert fits(page)
