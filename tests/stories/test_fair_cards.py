"""Voices M2 and M3: the cards of a fair, brought in, counted, matched, written to, and followed to orders."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from guanxi.commerce.testing import order, record, shop
from guanxi.customers.tests.people.files import FAIR_HEADER, csv_file, fair_file
from guanxi.marketing.testing import a_template_version
from guanxi.messaging import reactions
from guanxi.messaging.models import Message
from tests.stories.steps import downloaded, go, let_the_worker_work, rows, shot, stat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CARDS, KNOWN, SIGNED = 4_700, 40, 300
"""Of those who signed for news, every tenth gave no e-mail address."""


def phone(number: int) -> str:
    return f"1391234{number:04d}"


def bring(page: Page, path: Path, *, name: str, consent: str = "") -> None:
    """Upload a file, look at it, start, and let the worker do it."""
    go(page, "Customers", "Import people")
    page.get_by_role("link", name="Import people").last.click()
    page.get_by_label("File of people").set_input_files(path)
    page.get_by_label("Name of the batch").fill(name)
    page.get_by_label("Occasion").select_option(label="Trade fair")
    page.get_by_label("Day").fill(f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}")
    if consent:
        page.get_by_role("group", name="All of them agreed to marketing by").get_by_label("E-mail").check()
        page.get_by_label("How did they agree?").fill(consent)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="How the file will be read")).to_be_visible()
    shot(page, "people-check")
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Waiting for the worker.")).to_be_visible()
    let_the_worker_work()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()


def figures(page: Page, **wanted: str) -> None:
    for label, text in wanted.items():
        expect(stat(page, label.replace("_", " "))).to_have_text(text)


def write_to_them(page: Page) -> None:
    """A campaign for the batch, without a control group: 300 agreed, 30 of them without an address."""
    page.get_by_role("button", name="Start a campaign").click()
    expect(page.get_by_label("Segment").locator("option:checked")).to_contain_text("Spring fair 2026")
    let_the_worker_work()
    page.get_by_label("Name", exact=True).first.fill("Thanks for coming")
    page.locator("[name=variants-0-template]").select_option(index=1)
    page.locator("[name=variants-0-share]").fill("100")
    page.locator("[name=control_share]").fill("0")
    page.get_by_role("button", name="Save and review").click()
    expect(stat(page, "In the segment")).to_have_text(f"{CARDS:,}")
    expect(stat(page, "May be written to")).to_have_text("270")
    page.get_by_role("button", name="Launch now").click()
    page.locator("#gx-confirm").get_by_role("button", name="Launch now").click()
    expect(page.get_by_text("The audience is being put together.")).to_be_visible()
    let_the_worker_work()


def test_m2_m3_what_came_of_4700_cards_of_a_fair(page_as: Callable[..., Page], home: Path, tmp_path: Path) -> None:
    before = timezone.now() - timedelta(days=30)
    store = shop()
    record([order(n + 1, phone=phone(n), placed_at=before) for n in range(KNOWN)], shop=store, now=before)
    a_template_version()
    page = page_as("administrator")
    page.goto("/")

    bring(page, fair_file(tmp_path, CARDS, name="cards.txt"), name="Spring fair 2026")
    figures(page, Rows="4,700", New_customers="4,664", Known_before="36", New_companies="1,567")
    signed = [
        (f"展客{n}", "", "", "" if n % 10 == 9 else phone(n), "", "" if n % 10 == 9 else f"visitor{n}@guest.example")
        for n in range(SIGNED)
        if n % 10 != 9
    ]
    path = csv_file(tmp_path, [FAIR_HEADER[:6], *signed], name="signed.csv")
    bring(page, path, name="Signed at the stand", consent="Signed the list at the stand")
    figures(page, Rows="270", New_customers="0", Known_before="270")

    go(page, "Customers", "Import people")
    rows(page).filter(has_text="Spring fair 2026").get_by_role("link").click()
    figures(page, People="4,700", Known_before="36", Companies="1,567", Agree_to_marketing="270", Talked_to="0")
    address = page.url
    write_to_them(page)

    for message in Message.objects.order_by("pk")[:7]:
        reactions.record_click(message.pk, 0, url="https://shop.example", now=timezone.now())
    buyers = [order(100 + n, phone=phone(n), placed_at=timezone.now()) for n in (1, 2, 4001)]
    record(buyers, shop=store, now=timezone.now())
    page.goto(address)
    figures(page, Talked_to="271", Written_to="270", Answered="7", Ordered="3", Came_to_the_website="0")
    expect(stat(page, "Revenue")).to_contain_text("300")
    shot(page, "batch")

    page.goto(f"{address}?state=ordered")
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_contain_text("海岸家纺")
    assert [line["Orders"] for line in downloaded(page, "CSV")] == ["1", "1", "1"]
