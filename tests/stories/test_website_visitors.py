"""Voices M4 and M6: a shop's own website, with people on it, and what the merchant sees of them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from guanxi.core.testing import make_user
from guanxi.customers import queries as customers
from guanxi.visits.models import Site
from tests.shop_site import Shop, come_in
from tests.stories.steps import go, let_the_worker_work, rows, shot, stat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOWEL = '<main data-gx-product="T1" data-gx-title="Cotton towel" data-gx-category="Bath">Cotton towel</main>'
SHEET = '<main data-gx-product="S1" data-gx-title="Silk sheet" data-gx-category="Bed">Silk sheet</main>'
NEWS = (
    '<form data-gx-form method="post"><input type="email" name="email"><input name="name">'
    "<button>Write to me</button></form>"
)


def connect(page: Page, shop: Shop) -> Site:
    """The administrator connects the website; the line that the page gives is put on the shop's pages as it is."""
    page.goto("/")
    go(page, "Customers", "Website visitors")
    page.get_by_role("link", name="Connect a website").click()
    page.get_by_label("Name").fill("Web shop")
    page.get_by_label("Addresses").fill(shop.url)
    page.get_by_role("button", name="Save").click()
    line = page.get_by_label("Put this on every page").input_value()
    shop.pages = {
        path: f"<!doctype html><title>Shop</title>{line}<body>{body}</body>"
        for path, body in {"/": "Welcome", "/towel": TOWEL, "/sheet": SHEET, "/find": "Found", "/news": NEWS}.items()
    }
    expect(page.get_by_text("Waiting for the first event")).to_be_visible()
    return Site.objects.get()


@pytest.fixture
def base(settings: Any, live_server: Any, home: Path) -> str:
    settings.BASE_URL = live_server.url
    return str(live_server.url)


def test_m6_who_visits_our_site_and_which_products_do_they_want(
    page_as: Callable[..., Page], shop_site: Shop, visitor: Callable[..., Page], base: str
) -> None:
    merchant = page_as("administrator")
    connect(merchant, shop_site)
    for paths in (["/?utm_source=weibo&utm_medium=social", "/towel", "/find?q=silk"], ["/towel", "/sheet"]):
        guest = visitor()
        for path in paths:
            guest.goto(shop_site.url + path)
    come_in(merchant, 9)
    let_the_worker_work()
    expect(merchant.get_by_text("Events arrive", exact=True)).to_be_visible()  # the page asks by itself

    go(merchant, "Customers", "Website visitors")
    expect(stat(merchant, "Visits")).to_have_text("2")
    expect(stat(merchant, "Known")).to_have_text("0")
    sources = merchant.locator("section", has=merchant.get_by_role("heading", name="Where they come from"))
    expect(sources.locator("tbody tr")).to_have_count(2)
    expect(sources.locator("tbody tr", has_text="weibo")).to_contain_text("Social network")
    wanted = merchant.locator("section", has=merchant.get_by_role("heading", name="Visitors by product"))
    expect(wanted.locator("tbody tr").first).to_have_text(re.compile(r"Cotton towel\s*2\s*0\s*0"))
    expect(merchant.locator("section", has_text="What they search for").last).to_contain_text("silk")
    shot(merchant, "website-visitors")
    assert customers.newest_ids(limit=9) == []


def test_m4_who_are_the_real_potential_buyers(
    page_as: Callable[..., Page], shop_site: Shop, visitor: Callable[..., Page], base: str
) -> None:
    merchant = page_as(user=make_user(role="administrator"))
    connect(merchant, shop_site)
    mei, bo = visitor(), visitor()
    mei.goto(f"{shop_site.url}/?utm_source=weibo&utm_medium=social")
    mei.goto(f"{shop_site.url}/towel")
    mei.evaluate("guanxi('cart', {product: 'T1', title: 'Cotton towel', category: 'Bath'})")
    for guest, email, name in ((mei, "mei@shopper.cn", "Mei Invented"), (bo, "bo@shopper.cn", "Bo Invented")):
        guest.goto(f"{shop_site.url}/news")
        guest.locator("[name=email]").fill(email)
        guest.locator("[name=name]").fill(name)
        guest.get_by_role("button", name="Write to me").click()
        guest.wait_for_load_state()
    come_in(merchant, 10)
    let_the_worker_work()

    go(merchant, "Customers", "Potential customers")
    expect(rows(merchant)).to_have_count(2)
    hottest = rows(merchant).first
    expect(hottest).to_contain_text("M*** I***")
    expect(hottest).to_contain_text("Hot")
    expect(hottest).to_contain_text("Cotton towel")
    expect(hottest).to_contain_text("weibo")
    expect(hottest).to_contain_text("Not asked")  # so nobody writes to her yet
    shot(merchant, "potential-customers")
    hottest.get_by_role("link", name="M*** I***").click()
    timeline = merchant.locator(".gx-timeline")
    for told in (
        "Visited the website",
        "Looked at a product",
        "Put a product in the cart",
        "Sent a form on the website",
    ):
        expect(timeline.get_by_text(told).first).to_be_visible()
    expect(timeline.get_by_text("Cotton towel · Bath").first).to_be_visible()
