"""The merchant's case from the plan of the product: from two files of orders to what a campaign brought."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from guanxi.core.testing import make_user
from guanxi.messaging.models import OutboxMessage
from guanxi.messaging.web.outbox import mail_of
from tests.stories import files
from tests.stories.steps import downloaded, go, let_the_worker_work, number, rows, shot, sign_in, stat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]


def test_the_merchants_case(page_as: Open, home: Path) -> None:
    owner = make_user(role="administrator", email="owner@shop.example", name="Owner of the shops")
    page, began = page_as(None), timezone.now()
    sign_in(page, email=owner.email)

    import_a_file(page, files.taobao(now=began), name="ExportOrderList.csv", new_shop="Linen on Taobao")
    sees_what_came_in(page, orders=12, customers=12, matched=0, rejected=3)
    rejected = downloaded(page, "Download rejected rows")
    assert [row["reason"] for row in rejected] == TAOBAO_REASONS
    import_a_file(page, files.store(now=began), name="orders_export.csv", new_shop="Linen store")
    sees_what_came_in(page, orders=22, customers=18, matched=4, rejected=1)
    let_the_worker_work()

    sees_each_buyer_once(page)
    sees_both_shops_of_a_buyer(page)
    reveals_a_phone_number(page)

    builds_a_segment(page)
    writes_a_template(page)
    plans_a_campaign(page)
    reviews_and_launches(page)

    unsubscribes(page_as(None), receivers()[0])
    sees_the_withdrawal(page)

    buyers, others = receivers()[:3], held_out()[:1]
    new = [files.Sale(2000 + n, n, timezone.now() + timedelta(seconds=1)) for n in [*buyers, *others]]
    import_a_file(page, files.store(now=began, more=new, bad=False), name="orders_export-2.csv", shop="Linen store")
    expect(stat(page, "New orders")).to_have_text(str(len(new)))
    expect(stat(page, "Unchanged orders")).to_have_text("22")
    let_the_worker_work()
    reads_the_result(page, treated_buyers=len(buyers), other_buyers=len(others))


TAOBAO_REASONS = [
    "一百 is not an amount of money.",
    "The order state “月亮” is not known.",
    "The number 3.51531E+16 was rounded by a spreadsheet and its last digits are lost. "
    "Import the file as it was downloaded, or format the column as text.",
]


def import_a_file(page: Page, content: bytes, *, name: str, new_shop: str = "", shop: str = "") -> None:
    """Upload, look at the preview, start, and let the worker do it."""
    go(page, "Orders", "Imports")
    page.get_by_role("link", name="Import orders").first.click()
    page.get_by_label("Shop", exact=True).select_option(label=shop or "A new shop")
    if new_shop:
        page.get_by_label("Name of the new shop").fill(new_shop)
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.get_by_label("File of orders").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="How the file will be read")).to_be_visible()
    shot(page, f"preview-{name}")
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Waiting for the worker.")).to_be_visible()
    let_the_worker_work()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()


def sees_what_came_in(page: Page, *, orders: int, customers: int, matched: int, rejected: int) -> None:
    expect(stat(page, "New orders")).to_have_text(str(orders))
    expect(stat(page, "New customers")).to_have_text(str(customers))
    expect(stat(page, "Matched customers")).to_have_text(str(matched))
    expect(stat(page, "Rejected rows")).to_have_text(str(rejected))


def sees_each_buyer_once(page: Page) -> None:
    go(page, "Customers", "Customers")
    expect(rows(page)).to_have_count(30)
    shot(page, "customers")


def sees_both_shops_of_a_buyer(page: Page) -> None:
    """Number 9 gave the same phone number in both shops."""
    rows(page).filter(has_text="139****0009").get_by_role("link").click()
    bought = page.locator(".card", has=page.get_by_role("heading", name="Orders"))
    expect(bought.locator("tbody tr")).to_have_count(2)
    for shop in ("Linen on Taobao", "Linen store"):
        expect(bought.get_by_role("cell", name=shop)).to_have_count(1)
    known = page.locator(".card", has=page.get_by_role("heading", name="Known by"))
    for masked in ("139****0009", "b***@m***.example", "t***9"):
        expect(known.get_by_text(masked, exact=True)).to_have_count(1)
    shot(page, "customer")


def reveals_a_phone_number(page: Page) -> None:
    page.get_by_role("button", name="Show Phone in full").click()
    expect(page.locator("[data-revealed]")).to_have_text(f"+86{files.phone(9)}")
    address = page.url
    go(page, "Settings", "Audit")
    entry = rows(page).first
    for said in (
        "Owner of the shops",
        "Showed personal data",
        f"Customer {address.rstrip('/').rpartition('/')[2]}",
        "field: phone",
    ):
        expect(entry).to_contain_text(said)
    assert files.phone(9) not in page.content()
    page.goto(address)


def builds_a_segment(page: Page) -> None:
    """Buyers of towels; the count follows each choice."""
    go(page, "Segments", "New segment")
    total = page.locator(".gx-segment-total")
    expect(total).to_have_text("30")
    add_condition(page, "Orders")
    expect(total).to_have_text("29")
    add_condition(page, "Bought product")
    page.locator("select", has=page.locator("option[value=contains]")).select_option("contains")
    page.get_by_placeholder("Type to add").fill("towel")
    page.get_by_placeholder("Type to add").blur()
    expect(total).to_have_text(str(len(files.TOWEL_BUYERS)))
    shot(page, "builder")
    page.get_by_label("Name", exact=True).fill("Towels")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Towels", level=1)).to_be_visible()


def add_condition(page: Page, name: str) -> None:
    picker = page.locator("[data-picker]").first
    picker.locator("summary").click()
    picker.get_by_placeholder("Search conditions").fill(name.lower())
    picker.get_by_role("button", name=name, exact=True).click()


def writes_a_template(page: Page) -> None:
    go(page, "Marketing", "Templates")
    page.get_by_role("link", name="New template").first.click()
    page.locator(".card", has_text="Seasonal offer").get_by_role("link", name="English").click()
    page.get_by_label("Name", exact=True).fill("Softer mornings")
    page.get_by_role("button", name="Preview", exact=True).click()
    seen = page.frame_locator("iframe[name=template-preview]")
    expect(seen.get_by_text("A little something for you").first).to_be_visible()
    shot(page, "template")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()


def plans_a_campaign(page: Page) -> None:
    go(page, "Marketing", "Campaigns")
    page.get_by_role("link", name="New campaign").first.click()
    page.get_by_label("Name", exact=True).first.fill("Mother's Day")
    page.get_by_label("Segment").select_option(index=1)
    for row, name in enumerate(("Fifteen percent", "A gift")):
        page.locator(f"[name=variants-{row}-name]").fill(name)
        page.locator(f"[name=variants-{row}-share]").fill("50")
        page.locator(f"[name=variants-{row}-template]").select_option(label="Softer mornings")
    page.locator("[name=control_share]").fill("50")
    page.locator("[name=fixed_cost]").fill("80")
    shot(page, "campaign-form")
    page.get_by_role("button", name="Save and review").click()


def reviews_and_launches(page: Page) -> None:
    """23 in the segment; the seven who only bought on Taobao never said yes. Chance holds out half of the rest."""
    expect(stat(page, "In the segment")).to_have_text("23")
    expect(stat(page, "May be written to")).to_have_text("16")
    held, messages = (number(stat(page, label).inner_text()) for label in ("Held out as control group", "Messages"))
    assert held + messages == 16
    expect(page.get_by_role("row", name="No consent").get_by_role("cell").first).to_have_text("7")
    shot(page, "review")
    page.get_by_role("button", name="Launch now").click()
    page.locator("#gx-confirm").get_by_role("button", name="Launch now").click()
    expect(page.get_by_text("The audience is being put together.")).to_be_visible()
    let_the_worker_work()
    expect(page.get_by_text(f"{messages:.0f} of {messages:.0f} messages are out")).to_be_visible()
    assert (len(receivers()), len(held_out())) == (messages, held)
    shot(page, "progress")


def receivers() -> list[int]:
    """The numbers of the buyers who got a message, oldest message first."""
    by_email = {files.email(buyer): buyer for buyer in files.STORE_BUYERS}
    return [by_email[mail_of(row)["To"].addresses[0].addr_spec] for row in OutboxMessage.objects.order_by("pk")]


def held_out() -> list[int]:
    """Those who could have been written to and were not: they bought a towel, and agreed to news in the store."""
    return [buyer for buyer in files.STORE_BUYERS if buyer in files.TOWEL_BUYERS and buyer not in receivers()]


def unsubscribes(page: Page, buyer: int) -> None:
    """The buyer, who has no account here, follows the link at the end of the mail."""
    page.goto(unsubscribe_link(buyer))
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("sends you no more news by this channel")).to_be_visible()


def unsubscribe_link(buyer: int) -> str:
    """Its path, out of the message's own HTML."""
    mail = next(one for one in map(mail_of, OutboxMessage.objects.all()) if files.email(buyer) in one["To"])
    body = mail.get_body(("html",))
    assert body is not None
    html = unescape(body.get_content())
    return html[html.index("/messages/u/") :].partition('"')[0]


def sees_the_withdrawal(page: Page) -> None:
    go(page, "Customers", "Customers")
    buyer = receivers()[0]
    rows(page).filter(has_text=f"139****00{buyer:02}").get_by_role("link").click()
    consent = page.locator(".card", has=page.get_by_role("heading", name="Consent"))
    expect(consent.locator("li").filter(has_not_text="replaced")).to_contain_text("No")
    shot(page, "withdrawn")


def reads_the_result(page: Page, *, treated_buyers: int, other_buyers: int) -> None:
    """Each new order is of 100.00; so few say nothing yet."""
    go(page, "Marketing", "Campaigns")
    page.get_by_role("link", name="Mother's Day").click()
    page.get_by_role("link", name="Result").click()
    expect(page.locator(".alert").first).to_contain_text("ot enough data", timeout=60_000)  # loads the statistics
    shot(page, "result")
    variants = [result_row(page, name) for name in ("Fifteen percent", "A gift")]
    together, control = (result_row(page, name) for name in ("All variants", "Control group"))
    assert together == [len(receivers()), treated_buyers, treated_buyers, 100 * treated_buyers]
    assert control == [len(held_out()), other_buyers, other_buyers, 100 * other_buyers]
    assert [sum(column) for column in zip(*variants, strict=True)] == together


def result_row(page: Page, group: str) -> list[float]:
    """Customers, buyers, orders and revenue of one group."""
    message, sales = (
        page.locator("table", has_text=head).get_by_role("row", name=group).get_by_role("cell")
        for head in ("Delivered", "Buyers")
    )
    cells = [message.first, *(sales.nth(column) for column in range(3))]
    return [number(cell.inner_text()) for cell in cells]
