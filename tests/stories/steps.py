"""Steps that stories have in common."""

import csv
import io
import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from guanxi.core import jobs
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.core.testing import PASSWORD
from guanxi.core.worker import drain_readers

NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def sign_in(page: Page, *, email: str) -> None:
    """Through the real page."""
    page.goto("/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()


def go(page: Page, section: str, entry: str = "") -> None:
    """Open a page by the menu: a section's only page, or an entry of a section."""
    menu = page.get_by_role("navigation", name="Main menu")
    if entry:
        group = menu.locator("details", has=page.locator("summary", has_text=section))
        if group.get_attribute("open") is None:
            group.locator("summary").click()
    menu.get_by_role("link", name=entry or section, exact=True).click()
    expect(menu.get_by_role("link", name=entry or section, exact=True)).to_have_attribute("aria-current", "page")


def let_the_worker_work() -> None:
    """What the worker does by itself, here and now: what is periodic, the jobs that wait, and the readers of events.

    Twice, because what a job did may make something else due.
    """
    for _round in range(2):
        for periodic in jobs.PERIODIC.values():
            periodic.function()
        for job in Job.objects.filter(state=JobState.QUEUED).order_by("pk"):
            jobs.run(job.pk)
        drain_readers()
    assert not Job.objects.filter(state=JobState.FAILED).exists(), Job.objects.filter(state=JobState.FAILED).values()


def stat(page: Page, label: str) -> Locator:
    """The key figure with this label."""
    return page.locator(".gx-stat", has=page.get_by_text(label, exact=True)).locator(".gx-stat-value")


def rows(page: Page) -> Locator:
    """The rows of the list on this page."""
    return page.locator(".gx-table tbody tr")


def number(text: str) -> float:
    """The first number in a text: ``¥1,234.50`` is 1234.5."""
    found = NUMBER.search(text)
    assert found, text
    return float(found[0].replace(",", ""))


def downloaded(page: Page, link: str) -> list[dict[str, str]]:
    """The rows of the CSV that this link gives."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def shot(page: Page, name: str) -> None:
    """A picture for people to look at, when they ask for it with GUANXI_SHOTS=folder."""
    if folder := os.environ.get("GUANXI_SHOTS"):
        page.screenshot(path=f"{folder}/story-{name}.png", full_page=True)
