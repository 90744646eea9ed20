"""Take the pictures of docs/screenshots from a running demo, with Debian's chromium.

    guanxi demo && guanxi serve
    python -m tools.screenshots http://127.0.0.1:8000 demo@example.com PASSWORD

Pictures in Chinese come from a demo in Chinese: `guanxi demo --language zh-hans` in another GUANXI_HOME, and then
`--language zh-hans` here too. With `--knowing` the pages about knowing customers are taken instead, from whichever
demo, in all three languages and once as on a phone. Each picture shows one window, not the whole page: 1280 by 800, or
a phone's 390 by 844.
An import is uploaded for its preview, and discarded again.
"""

import argparse
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.stories import files

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
DESKTOP, PHONE = (1280, 800), (390, 844)
LANGUAGE_COOKIE = "django_language"
LARGEST = 3_000_000
"""Bytes of all pictures together, because every clone of the project carries them."""


def home(page: Page) -> None:
    page.goto("/")


def customers(page: Page) -> None:
    page.goto("/customers/?sort=-revenue")


def customer(page: Page) -> None:
    customers(page)
    page.locator(".gx-table tbody a").first.click()


def segment(page: Page) -> None:
    """The builder with the conditions of the demo's segment for Mother's Day."""
    page.goto("/segments/")
    page.get_by_role("link", name="Mother's Day").click()
    page.locator("a[href$='/edit/']").click()
    expect(page.locator(".gx-segment-total")).to_have_text(re.compile(r"\d"))


def campaign_result(page: Page) -> None:
    page.goto("/campaigns/")
    page.locator(".gx-table tbody a").first.click()
    page.locator(".nav-tabs a").last.click()
    expect(page.locator(".alert").first).to_be_visible(timeout=60_000)  # the first to load the statistics


def import_preview(page: Page) -> None:
    page.goto("/orders/imports/new/")
    shop = page.locator("[name=shop] option", has_text="天猫").first.get_attribute("value")
    page.locator("[name=shop]").select_option(shop)
    content = files.taobao(now=datetime.now(UTC))
    page.locator("#import-file").set_input_files(
        {"name": "ExportOrderList.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.locator("#import-form button[type=submit]").click()
    page.wait_for_url("**/check/")


def rfm(page: Page) -> None:
    page.goto("/insights/rfm/")


PICTURES: list[tuple[str, Callable[[Page], None], tuple[int, int], str]] = [
    ("home", home, DESKTOP, "en"),
    ("customers", customers, DESKTOP, "en"),
    ("customer", customer, DESKTOP, "en"),
    ("segment-builder", segment, DESKTOP, "en"),
    ("campaign-result", campaign_result, DESKTOP, "en"),
    ("campaign-result.zh-CN", campaign_result, DESKTOP, "zh-hans"),
    ("import-preview", import_preview, DESKTOP, "en"),
    ("rfm", rfm, DESKTOP, "en"),
    ("home-phone", home, PHONE, "en"),
    ("customer-phone", customer, PHONE, "en"),
    ("campaign-result-phone", campaign_result, PHONE, "en"),
]


def merge_review(page: Page) -> None:
    """Of the surest pair that waits; when none does, the worker looks for duplicates first."""
    page.goto("/customers/duplicates/?sort=-certainty")
    pairs = page.locator(".gx-list tbody a")
    if not pairs.count():
        page.locator("form[action$='/look/'] button").click()
        for _try in range(60):
            page.wait_for_timeout(1000)
            page.goto("/customers/duplicates/?sort=-certainty")
            if pairs.count():
                break
    pairs.first.click()


def tier_preview(page: Page) -> None:
    """Who would move if silver began at a tenth more than now. Nothing is saved."""
    page.goto("/loyalty/tiers/")
    page.goto(page.locator("a[href$='/edit/']").first.get_attribute("href") or "")
    spend = page.locator("input[name$='min_spend']").first
    spend.fill(str(round(float(spend.input_value()) * 1.1)))
    page.locator("button[name=preview]").click()


def coupon_designer(page: Page) -> None:
    page.goto("/coupons/new/")


def potential_customers(page: Page) -> None:
    page.goto("/visits/potential/")


def model(page: Page) -> None:
    page.goto("/insights/models/customer_value/")


def persona(page: Page) -> None:
    page.goto("/insights/persona/?segment=1")


KNOWING: dict[str, Callable[[Page], None]] = {
    "merge-review": merge_review,
    "tier-preview": tier_preview,
    "coupon-designer": coupon_designer,
    "potential-customers": potential_customers,
    "model": model,
    "persona": persona,
}
LANGUAGES = {"en": "", "zh-hans": ".zh-CN", "zh-hant": ".zh-TW"}


def take_knowing(browser: Browser, arguments: argparse.Namespace) -> None:
    """Every page of KNOWING in three languages, and in simplified Chinese on a phone."""
    shots = [(language, DESKTOP, ending) for language, ending in LANGUAGES.items()]
    state = signed_in(browser, arguments)
    for language, (width, height), ending in (*shots, ("zh-hans", PHONE, "-phone.zh-CN")):
        for name, open_page in KNOWING.items():
            if not arguments.only or name in arguments.only:
                page = new_page(browser, arguments, state=state, language=language, width=width, height=height)
                open_page(page)
                settle(page)
                page.screenshot(path=FOLDER / f"{name}{ending}.jpg", animations="disabled", type="jpeg", quality=60)
                page.context.close()


def take(browser: Browser, arguments: argparse.Namespace) -> None:
    state = signed_in(browser, arguments)
    for name, open_page, (width, height), language in PICTURES:
        if language != arguments.language or (arguments.only and name not in arguments.only):
            continue
        page = new_page(browser, arguments, state=state, language=language, width=width, height=height)
        open_page(page)
        settle(page)
        page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
        tidy_up(page)
        page.context.close()


def signed_in(browser: Browser, arguments: argparse.Namespace) -> Any:
    """What the browser keeps of someone who has signed in."""
    context = browser.new_context(base_url=arguments.url, locale="en")
    sign_in(context.new_page(), email=arguments.email, password=arguments.password)
    return context.storage_state()


def new_page(
    browser: Browser, arguments: argparse.Namespace, *, state: Any, language: str, width: int, height: int
) -> Page:
    context = browser.new_context(
        base_url=arguments.url,
        storage_state=state,
        viewport={"width": width, "height": height},
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": arguments.url}])
    return context.new_page()


def sign_in(page: Page, *, email: str, password: str) -> None:
    page.goto("/account/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("form[action*=login] button").click()
    page.wait_for_url(lambda address: "login" not in address)


def settle(page: Page) -> None:
    """Wait for what the page fetches and draws by itself."""
    page.wait_for_load_state("networkidle")
    for chart in page.locator("[data-chart]").all():
        expect(chart.locator("canvas, svg").first).to_be_attached()
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1_000)  # charts draw in steps and say nothing at their end


def tidy_up(page: Page) -> None:
    if page.url.endswith("/check/"):
        page.locator("form[action$='/discard/'] button").click()
        page.locator("#gx-confirm button[value=yes]").click()
        page.wait_for_url("**/imports/")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("url", "email", "password"):
        parser.add_argument(name)
    parser.add_argument("only", nargs="*", help="names of pictures; all when none is given")
    parser.add_argument("--language", default="en", help="of the demo; only pictures in it are taken")
    parser.add_argument("--knowing", action="store_true", help="the pages about knowing customers")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        parser.error("chromium is missing (Debian: apt install chromium fonts-noto-cjk)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        (take_knowing if arguments.knowing else take)(browser, arguments)
        browser.close()
    size = sum(path.stat().st_size for path in FOLDER.glob("*.*"))
    print(f"{size:,} bytes of pictures in docs/screenshots")
    if size > LARGEST:
        parser.exit(1, f"That is more than {LARGEST:,}.\n")


if __name__ == "__main__":
    main()
