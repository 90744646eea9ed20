"""Making a tier programme in a browser: rules, who would move, and saving what was seen."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from guanxi.loyalty.models import TierProgramme
from guanxi.loyalty.tests.tiers.shopping import buy
from guanxi.loyalty.tiers.testing import tier_names

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page: Page, name: str) -> None:
    """A picture for people, where GUANXI_SHOTS names a folder."""
    if folder := os.environ.get("GUANXI_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_who_moves_is_seen_before_it_is_saved(page_as: Callable[..., Page]) -> None:
    now = timezone.now()
    silver, gold = buy(1, 120_000, now - timedelta(days=3)), buy(2, 600_000, now - timedelta(days=2))
    page = page_as("marketer", width=390)
    page.goto("/loyalty/tiers/")
    page.get_by_role("link", name="Begin with silver, gold, platinum and diamond").click()
    shot(page, "tiers-edit")
    page.get_by_role("button", name="See who moves").click()
    expect(page.get_by_text("2 customers move if you save now.")).to_be_visible()
    shot(page, "tiers-preview")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Back to the rules").click()
    page.get_by_label("Spend at least").nth(1).fill("6000.01")
    page.get_by_role("button", name="See who moves").click()
    expect(page.get_by_text("2 at once")).to_be_visible()
    assert TierProgramme.objects.count() == 0
    page.get_by_role("button", name="Save and move them").click()
    expect(page.get_by_text("Saved: 2 customers rose, 0 went down.")).to_be_visible()
    shot(page, "tiers")
    assert tier_names(TierProgramme.objects.get().pk) == {silver: "Silver", gold: "Silver"}
    page.goto(f"/customers/{silver}/")
    expect(page.get_by_text("¥4,800.01 more until Gold by")).to_be_visible()
    shot(page, "tiers-customer")
