"""Importing on the pages: upload, recognised, looked at, started, and what came of it."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guanxi.commerce.models import Order, OrderImport, Shop
from guanxi.commerce.testing import shop
from guanxi.commerce.tests.connectors.samples import TAOBAO_LIST, samples, table_bytes, taobao_row
from guanxi.commerce.tests.web.pages import page, start, stored_files, upload
from guanxi.commerce.web import uploads
from guanxi.commerce.web.import_result import pace
from guanxi.core import jobs
from guanxi.core.models import AuditEntry, Job
from guanxi.core.testing import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
TAOBAO = samples()["taobao"]
ANY_TABLE = (
    "Ref;When;Worth;Mobile;State\n"
    "A1;03/04/2026 10:00;12,00;13912340001;Posted\n"
    "A2;04/04/2026 10:00;8,00;13912340002;paid\n"
).replace(",00", ".00")
MAPPING = {
    "rows": "orders",
    "column-order": "Ref",
    "column-placed_at": "When",
    "column-total": "Worth",
    "column-phone": "Mobile",
    "column-status": "State",
    "word": ["Posted", "paid"],
    "state": ["shipped", "paid"],
    "date_order": "day-first",
    "negative": "yes",
}


def test_from_upload_to_result(client: Client) -> None:
    signed_in(client, role="shop_operator")
    response = upload(client, TAOBAO.bad, name="list.csv", new="Tmall", currency="CNY")
    row = OrderImport.objects.get()
    assert (response.status_code, response["Location"]) == (302, page("import_check", row))
    assert (row.shop.name, row.connector, row.file_name, row.job_id) == ("Tmall", "taobao", "list.csv", None)
    assert [path.suffix for path in stored_files()] == [".csv"]
    checked = client.get(page("import_check", row))
    assert checked.context["preview"].orders_read == TAOBAO.orders
    assert checked.context["preview"].rows_rejected == TAOBAO.rejected
    assert {one.name: sure for one, sure in checked.context["connectors"]}["taobao"] == 95
    assert Order.objects.count() == 0
    done = start(client, row)
    row.refresh_from_db()
    assert (
        (row.orders_created, row.rejected) == (TAOBAO.orders, TAOBAO.rejected) == (Order.objects.count(), row.rejected)
    )
    assert done.context["state"] == "done"
    assert stored_files() == []


def test_no_personal_data_in_full_on_any_page(client: Client) -> None:
    signed_in(client, role="shop_operator")
    rows = [taobao_row(1), taobao_row(2, 总金额="13912345678x"), taobao_row(3, 订单创建时间="19900000003")]
    upload(client, table_bytes(TAOBAO_LIST, rows), shop=shop())
    row = OrderImport.objects.get()
    shown = client.get(page("import_check", row)).content.decode() + start(client, row).content.decode()
    shown += client.get(reverse("commerce:orders")).content.decode()
    shown += client.get(reverse("commerce:order", args=[Order.objects.get().pk])).content.decode()
    for secret in ("19900000001", "19900000003", "13912345678", "安宁", "buyer1@mail.example", "buyer_1", "样例路"):
        assert secret not in shown
    assert "安*" in shown
    assert "199****0001" in shown


def test_the_preview_shows_twenty_orders_of_a_long_file(client: Client) -> None:
    signed_in(client, role="shop_operator")
    upload(client, table_bytes(TAOBAO_LIST, [taobao_row(number) for number in range(2500)]), shop=shop())
    found = client.get(page("import_check", OrderImport.objects.get())).context["preview"]
    assert (len(found.orders), found.orders_read, found.rows_rejected, found.whole) == (20, 1998, 0, False)


def test_a_table_is_mapped_and_the_shop_remembers(client: Client) -> None:
    signed_in(client, role="shop_operator")
    one = shop(connector="table", time_zone="Asia/Shanghai")
    upload(client, ANY_TABLE.encode(), shop=one)
    row = OrderImport.objects.get()
    first = client.get(page("import_check", row))
    assert "lacks a column" in first.context["problem"]
    assert "13912340001" not in first.content.decode()
    assert client.post(page("import_mapping", row), MAPPING).status_code == 302
    second = client.get(page("import_check", row)).context
    assert [(order.number, str(order.status)) for order in second["preview"].orders] == [
        ("A1", "Shipped"),
        ("A2", "Paid"),
    ]
    one.refresh_from_db()
    assert one.mapping["statuses"] == {"Posted": "shipped"}
    start(client, row)
    assert list(Order.objects.order_by("external_id").values_list("external_id", "total", "status")) == [
        ("A1", 1200, "shipped"),
        ("A2", 800, "paid"),
    ]
    assert Order.objects.get(external_id="A1").placed_at.isoformat() == "2026-04-03T02:00:00+00:00"
    upload(client, ANY_TABLE.encode(), shop=one)
    again = client.get(page("import_check", OrderImport.objects.latest("pk"))).context
    assert (again["problem"], again["preview"].orders_read) == ("", 2)


def test_a_wrong_mapping_is_explained_and_not_saved(client: Client) -> None:
    signed_in(client, role="shop_operator")
    one = shop(connector="table")
    upload(client, ANY_TABLE.encode(), shop=one)
    row = OrderImport.objects.get()
    response = client.post(page("import_mapping", row), {**MAPPING, "column-total": ""})
    assert "one of Order total (total), Line total (line_total)" in response.context["problem"]
    assert response.context["editor"].mapping["columns"]["order"] == "Ref"
    one.refresh_from_db()
    assert one.mapping == {}


def test_the_platform_can_be_changed(client: Client) -> None:
    signed_in(client, role="shop_operator")
    upload(client, TAOBAO.good, shop=shop(connector="shopify"))
    row = OrderImport.objects.get()
    assert client.get(page("import_check", row)).context["other_platform"]
    client.post(page("import_check", row), {"connector": "douyin"})
    row.refresh_from_db()
    assert row.connector == "douyin"
    shown = client.get(page("import_check", row))
    assert "has no column" in shown.context["problem"]
    assert page("import_start", row) not in shown.content.decode()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.csv", "The file is empty"),
        (b"%PDF-1.7 ...", "orders.pdf", "This is a PDF file"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "orders.xls", "web page or XML"),
        (bytes(range(1, 32)) * 100, "orders.csv", "not text"),
        (b"PK\x03\x04" + b"\x00" * 200, "orders.xlsx", "incomplete or damaged"),
        (b"1,2,3\n4,5,6\n", "orders.csv", "No header row"),
        (b'{"orders": [{"id": 1', "orders.json", "incomplete or damaged"),
        (b'{"customers": []}', "orders.json", "no orders in this file"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(
    client: Client, content: bytes, name: str, said: str
) -> None:
    signed_in(client, role="shop_operator")
    response = upload(client, content, name=name, new="Never made")
    assert response.status_code == 200
    assert said in response.context["refusal"]
    assert (OrderImport.objects.count(), Shop.objects.count(), stored_files()) == (0, 0, [])


def test_too_large_a_file_and_a_full_disk_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(client, role="shop_operator")
    one = shop()
    monkeypatch.setattr(uploads, "LARGEST", 100)
    assert "larger than 2 GB" in upload(client, TAOBAO.good, shop=one).context["refusal"]
    monkeypatch.undo()
    monkeypatch.setattr(uploads, "SPARE", 1 << 60)
    assert "no room" in upload(client, TAOBAO.good, shop=one).context["refusal"]
    assert (OrderImport.objects.count(), stored_files()) == (0, [])


def test_a_new_shop_needs_a_name_and_the_right(client: Client) -> None:
    signed_in(client, role="shop_operator")
    response = upload(client, TAOBAO.good)
    assert response.context["form"].errors == {"name": ["Give the new shop a name."]}
    signed_in(client, permissions=["commerce.import"])
    response = upload(client, TAOBAO.good, new="Mine")
    assert list(response.context["form"].errors) == ["shop"]
    assert (Shop.objects.count(), stored_files()) == (0, [])


def test_rejected_rows_for_those_who_may_see_them(client: Client) -> None:
    signed_in(client, role="shop_operator")
    bad = [taobao_row(1), taobao_row(2, 总金额="?", 宝贝标题='=HYPERLINK("x")')]
    upload(client, table_bytes(TAOBAO_LIST, bad), shop=shop())
    row = OrderImport.objects.get()
    assert start(client, row).context["may_download"]
    response = client.get(page("import_rejected", row))
    assert response["Content-Disposition"] == f'attachment; filename="rejected-{row.pk}.csv"'
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    header, only = csv.reader(io.StringIO(text))
    assert (header[-1], only[-2]) == ("reason", "3")
    assert '\'=HYPERLINK("x")' in only
    assert AuditEntry.objects.filter(action="import.rejected_downloaded").count() == 1
    signed_in(client, role="marketer")
    assert not client.get(page("import_result", row)).context["may_download"]
    assert client.get(page("import_rejected", row)).status_code == 403


def test_stopped_and_going_on(client: Client) -> None:
    signed_in(client, role="shop_operator")
    upload(client, TAOBAO.good, shop=shop())
    row = OrderImport.objects.get()
    client.post(page("import_start", row))
    client.post(page("import_start", row))
    assert Job.objects.count() == 1
    row.refresh_from_db()
    assert client.get(page("import_progress", row)).status_code == 200
    client.post(page("import_cancel", row))
    stopped = client.get(page("import_result", row))
    assert (stopped.context["state"], stopped.context["can_go_on"]) == ("cancelled", True)
    assert client.get(page("import_progress", row))["HX-Refresh"] == "true"
    client.post(page("import_again", row))
    jobs.run(row.job_id or 0)
    assert client.get(page("import_result", row)).context["state"] == "done"
    assert Order.objects.count() == TAOBAO.orders


def test_a_failure_says_what_to_do(client: Client) -> None:
    signed_in(client, role="shop_operator")
    upload(client, TAOBAO.good, shop=shop())
    row = OrderImport.objects.get()
    stored_files()[0].write_bytes(b"%PDF-1.7")
    failed = start(client, row)
    assert failed.context["state"] == "failed"
    assert "This is a PDF file" in failed.content.decode()
    client.post(page("import_discard", row))
    assert stored_files() == []
    after = client.get(page("import_result", row))
    assert (after.status_code, after.context["can_go_on"]) == (200, False)


def test_discarded_before_it_began(client: Client) -> None:
    signed_in(client, role="shop_operator")
    upload(client, TAOBAO.good, shop=shop())
    client.post(page("import_discard", OrderImport.objects.get()))
    assert (OrderImport.objects.count(), stored_files()) == (0, [])


def test_files_nobody_started_are_forgotten(client: Client) -> None:
    signed_in(client, role="shop_operator")
    one = shop()
    upload(client, TAOBAO.good, shop=one)
    OrderImport.objects.update(created_at=timezone.now() - timedelta(days=4))
    upload(client, TAOBAO.good, shop=one)
    assert (OrderImport.objects.count(), len(stored_files())) == (1, 1)


def test_with_htmx_it_goes_on_by_a_header(client: Client) -> None:
    signed_in(client, role="shop_operator")
    data = {"shop": shop().pk, "file": io.BytesIO(TAOBAO.good)}
    data["file"].name = "orders.csv"  # type: ignore[union-attr]
    response = client.post(reverse("commerce:import"), data, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == page("import_check", OrderImport.objects.get())


def test_uploads_are_checked_against_forgery(home: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    signed_in(client, role="shop_operator")
    assert upload(client, TAOBAO.good, shop=shop()).status_code == 403
    assert (OrderImport.objects.count(), stored_files()) == (0, [])


def test_who_may_not_import(client: Client) -> None:
    signed_in(client, role="shop_operator")
    upload(client, TAOBAO.good, shop=shop())
    row = OrderImport.objects.get()
    signed_in(client, role="analyst")
    assert client.get(reverse("commerce:import")).status_code == 403
    assert client.get(page("import_check", row)).status_code == 403
    for name in ("import_start", "import_cancel", "import_again", "import_discard", "import_mapping"):
        assert client.post(page(name, row)).status_code == 403
    assert client.get(page("import_result", row)).context["state"] == "waiting"
    row.refresh_from_db()
    assert (row.job_id, len(stored_files())) == (None, 1)


def test_the_list_of_imports(client: Client) -> None:
    signed_in(client, role="shop_operator")
    one = shop()
    for _number in range(3):
        upload(client, TAOBAO.good, shop=one)
    start(client, OrderImport.objects.latest("pk"))
    shown = client.get(reverse("commerce:imports")).content.decode()
    assert shown.count("Not started") == 2
    assert ">Done<" in shown
    assert client.get(reverse("commerce:imports"), {"format": "csv"}).status_code == 200


def test_the_pace_is_measured_between_looks() -> None:
    now = timezone.now()
    job = Job(done=0, total=10_000)
    assert pace(job, since="", now=now) is None
    job.done = 4_000
    first = pace(job, since="", now=now)
    assert first is not None
    assert (first.rate, first.seconds_left) == (None, None)
    assert pace(job, since=first.since, now=now + timedelta(seconds=1)) == first
    job.done = 6_000
    second = pace(job, since=first.since, now=now + timedelta(seconds=2))
    assert second is not None
    assert (second.since, second.rate) == (first.since, pytest.approx(1_000, rel=0.1))
    assert second.seconds_left == pytest.approx(4, abs=1)
    third = pace(job, since="nonsense", now=now)
    assert third is not None
    assert third.rate is None
