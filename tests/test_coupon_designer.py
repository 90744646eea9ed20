"""Designing a coupon in a browser: the rule in words and the basket follow what is typed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guanxi.loyalty.models import Coupon

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page: Page, name: str) -> None:
    """A picture for people, where GUANXI_SHOTS names a folder."""
    if folder := os.environ.get("GUANXI_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_words_and_basket_follow_the_form(page_as: Callable[..., Page]) -> None:
    page = page_as("marketer")
    page.goto("/coupons/")
    page.get_by_role("link", name="New coupon").first.click()
    page.get_by_role("link", name="Percentage off").click()
    headline, verdict = page.locator("[data-headline]"), page.locator("[data-verdict]")
    expect(headline).to_have_text("15 % off, at most ¥50.00")
    expect(verdict).to_contain_text("¥350.00")
    page.get_by_label("Percent off").fill("10")
    expect(headline).to_have_text("10 % off, at most ¥50.00")
    expect(verdict).to_contain_text("¥360.00")
    page.get_by_label("Spend at least (CNY)").fill("500")
    expect(page.locator("[data-reason=min_spend]")).to_have_text("From ¥500.00 on: ¥100.00 more is needed.")
    page.get_by_label("Pieces", exact=True).first.fill("3")
    expect(verdict).to_contain_text("¥550.00")
    page.get_by_label("Percent off").fill("")
    expect(page.locator("[data-problems]")).to_have_text("Percent off")
    page.get_by_label("Percent off").fill("12.5")
    page.get_by_label("Name", exact=True).fill("Mother's Day")
    page.get_by_label("The code").fill("mum-26")
    expect(page.get_by_text("One code for everybody: MUM26.")).to_be_visible()
    shot(page, "coupon-designer")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Mother's Day")).to_be_visible()
    assert Coupon.objects.get().params == {"share": 1_250, "cap": 5_000}
    page.get_by_role("button", name="Put in use").click()
    expect(page.get_by_text("In use", exact=True).first).to_be_visible()
    shot(page, "coupon-page")


@pytest.mark.parametrize("kind", ["tiered", "spend_gift"])
def test_on_a_phone_and_in_the_dark(page_as: Callable[..., Page], kind: str) -> None:
    page = page_as("marketer", width=390, height=720, dark=True)
    page.goto(f"/coupons/new/?kind={kind}")
    expect(page.locator("[data-headline]")).to_be_visible()
    shot(page, f"coupon-phone-{kind}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_form_still_saves(page_as: Callable[..., Page]) -> None:
    page = page_as("marketer", scripts=False)
    page.goto("/coupons/new/?kind=free_shipping")
    page.get_by_label("Name", exact=True).fill("Free delivery")
    page.get_by_label("The code").fill("SHIPFREE")
    page.get_by_role("button", name="Save").click()
    assert Coupon.objects.get().shared_code == "SHIPFREE"
