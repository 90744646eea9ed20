"""The pages of the reports: who may see them, what they show, that CSV and rows say the same as the screen."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.analytics.reports import REPORTS
from guanxi.analytics.tests.reports import shop as made
from guanxi.core.testing import signed_in
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db
NAMES = REPORTS.names()


@pytest.fixture
def data() -> Iterator[made.Tables]:
    tables = made.shop(7, orders=250)
    for table in ("orders", "customer_facts"):  # as if NOW were the real now, so that the pages' periods hold them
        for row in tables[table]:
            for name in ("placed_at", "first_order_at", "last_order_at"):
                if row.get(name):
                    row[name] += datetime.now(UTC).replace(second=0, microsecond=0) - made.NOW
    with given(tables):
        yield tables


@pytest.mark.parametrize("name", NAMES)
def test_a_report_shows_its_tables_definitions_and_rows(client: Client, data: made.Tables, name: str) -> None:
    signed_in(client, role="analyst")
    page = client.get(reverse(f"analytics:{name}"), {"period": "all"} if name != "rfm" else {})
    assert page.status_code == 200
    text = page.content.decode()
    for table in page.context["table_list"]:
        assert table.csv.replace("&", "&amp;") in text
        if name not in ("cohorts",):
            for row in table.rows:
                for cell in row.cells:
                    assert cell.text in unescape(text)
    assert str(REPORTS.get(name).definition) in unescape(text)
    hrefs = {unescape(href) for href in re.findall(r'href="(/insights/[^"]*/rows/[^"]*)"', text)}
    assert hrefs
    for href in sorted(hrefs)[:8]:
        assert client.get(href).status_code == 200, href


@pytest.mark.parametrize("name", NAMES)
def test_the_csv_has_the_rows_and_columns_of_the_screen(client: Client, data: made.Tables, name: str) -> None:
    signed_in(client, role="analyst")
    page = client.get(reverse(f"analytics:{name}"), {"period": "12m"} if name != "rfm" else {})
    for table in page.context["table_list"]:
        answer = client.get(table.csv)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert len(lines) == len(table.rows) + 1
        for line, row in zip(lines[1:], table.rows, strict=True):
            for text, cell in zip(line, row.cells, strict=True):
                if cell.numeric and text:
                    assert float(re.sub(r"[^\d.-]", "", cell.text)) == float(text)
                elif cell.numeric:
                    assert cell.text == "–"


def test_words_that_a_spreadsheet_would_run_are_made_safe_in_the_csv(client: Client, data: made.Tables) -> None:
    signed_in(client, role="analyst")
    answer = client.get(reverse("analytics:csv", args=["products", "items"]), {"period": "all"})
    text = b"".join(answer.streaming_content).decode()
    assert "'=Towel" in text
    assert ",=Towel" not in text and "\n=Towel" not in text


@pytest.mark.parametrize("name", NAMES)
def test_nobody_without_the_right_sees_a_report(client: Client, data: made.Tables, name: str) -> None:
    addresses = [
        reverse(f"analytics:{name}"),
        reverse("analytics:csv", args=[name, "steps"]),
        reverse("analytics:rows", args=[name]) + "?column=sales",
    ]
    for address in addresses:
        assert client.get(address).status_code == 302
    signed_in(client, permissions=["customers.view"])
    for address in addresses:
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_warehouse_says_what_to_do(client: Client, home: object, name: str) -> None:
    signed_in(client, role="analyst")
    page = client.get(reverse(f"analytics:{name}"))
    assert page.status_code == 200
    assert "Import" in page.content.decode()
    assert client.get(reverse("analytics:rows", args=[name]), {"column": "sales"}).status_code == 404
    assert client.get(reverse("analytics:csv", args=[name, "steps"])).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_warehouse_without_orders(client: Client, name: str) -> None:
    signed_in(client, role="analyst")
    with given({}):
        for query in ({}, {"period": "all"}, {"period": "30d", "shop": "3"}):
            assert client.get(reverse(f"analytics:{name}"), query).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"period": "never"},
        {"from": "2026-02-30"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"shop": "x"},
        {"grain": "hour"},
        {"from": "0001-01-01"},
    ],
)
def test_parameters_that_make_no_sense_are_explained(client: Client, data: made.Tables, query: dict[str, str]) -> None:
    signed_in(client, role="analyst")
    page = client.get(reverse("analytics:overview"), query)
    assert page.status_code == 400
    assert "cannot be shown" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("overview", {"column": "nothing"}),
        ("overview", {"column": "sales", "table": "steps", "key": "1999-01-01"}),
        ("overview", {"column": "customers", "table": "who", "key": "guest"}),
        ("rfm", {"column": "customers", "table": "cells", "key": "6-1"}),
        ("cohorts", {"column": "customers", "table": "cells", "key": "x/1"}),
        ("products", {"column": "sales", "table": "items", "key": "=1"}),
        ("places", {"column": "sales", "table": "regions", "key": "CN"}),
    ],
)
def test_rows_of_a_number_that_is_not_there(
    client: Client, data: made.Tables, name: str, query: dict[str, str]
) -> None:
    signed_in(client, role="analyst")
    assert client.get(reverse("analytics:rows", args=[name]), query).status_code == 404


def test_an_unknown_report_is_not_found(client: Client) -> None:
    signed_in(client, role="analyst")
    assert client.get("/insights/nothing/rows/").status_code == 404
    assert client.get("/insights/nothing/csv/steps/").status_code == 404


def test_rows_are_paged_sorted_and_downloaded(client: Client, data: made.Tables) -> None:
    signed_in(client, role="analyst")
    address = reverse("analytics:rows", args=["overview"])
    query = {"column": "sales", "period": "all"}
    counted = [row for row in data["orders"] if row["counted"] and row["value"] is not None]
    page = client.get(address, query)
    assert page.context["count"] == str(len(counted))
    assert len(page.context["table"].rows) == 50
    assert "period=all" in page.context["table"].next_href
    oldest = client.get(address, {**query, "sort": "placed_at", "per": "25"}).context["table"].rows[0]
    assert oldest.id == str(min(counted, key=lambda row: (row["placed_at"], row["order_id"]))["order_id"])
    answer = client.get(address, {**query, "format": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(lines) == len(counted) + 1
    assert sum(round(float(line[-1]) * 100) for line in lines[1:]) == sum(row["value"] for row in counted)


def test_an_answer_is_kept_while_its_data_are_the_newest(client: Client, data: made.Tables) -> None:
    signed_in(client, role="analyst")
    address = reverse("analytics:overview")
    first = client.get(address).context["result"]
    assert client.get(address).context["result"] is first
    assert client.get(address, {"period": "30d"}).context["result"] is not first
    with given({**data, "orders": []}):
        assert client.get(address).context["numbers"][1].value == "0"
    assert client.get(address).context["result"] is first
