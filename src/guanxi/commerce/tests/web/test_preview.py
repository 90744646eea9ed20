"""The start of a file of any kind, as it will be read."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from guanxi.commerce.models import Shop
from guanxi.commerce.testing import shop
from guanxi.commerce.tests.connectors.samples import TABLE, TAOBAO_LIST, samples, table_bytes, table_row, taobao_row
from guanxi.commerce.web import preview as previews
from guanxi.commerce.web.preview import masked_text, preview

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Shop:
    return shop()


@pytest.mark.parametrize("name", list(samples()))
def test_every_platforms_file(tmp_path: Path, one: Shop, name: str) -> None:
    sample = samples()[name]
    found = preview(sample.write(tmp_path, bad=True), connector=name, shop=one, mapping={})
    assert (found.orders_read, found.rows_rejected, found.whole, found.problem) == (
        sample.orders,
        sample.rejected,
        True,
        "",
    )


def test_a_long_workbook_is_read_in_part_with_its_row_numbers(tmp_path: Path, one: Shop) -> None:
    book = Workbook()
    book.active.append(["Orders of May"])
    book.active.append([])
    book.active.append(TAOBAO_LIST)
    for number in range(2600):
        state = "?" if number == 4 else "交易成功"
        row = taobao_row(number, 订单编号=f"3515313147329{number:04}", 订单状态=state)
        book.active.append([row.get(name, "") for name in TAOBAO_LIST])
    path = tmp_path / "orders.xlsx"
    book.save(path)
    found = preview(path, connector="taobao", shop=one, mapping={})
    assert (found.whole, len(found.orders), found.orders[0].number) == (False, 20, "35153131473290000")
    assert found.rejected == [(8, "The order state “?” is not known.")]
    assert found.orders_read == 1998


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "gb18030", "utf-8-sig"])
def test_a_long_file_is_cut_between_lines_in_any_encoding(tmp_path: Path, one: Shop, encoding: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(table_bytes(TAOBAO_LIST, [taobao_row(number) for number in range(2300)], encoding=encoding))
    found = preview(path, connector="taobao", shop=one, mapping={})
    assert (found.whole, found.orders_read, found.rows_rejected, found.problem) == (False, 1998, 0, "")


def test_an_order_that_the_cut_may_have_parted_is_left_out(tmp_path: Path, one: Shop) -> None:
    rows = [table_row(1), *[table_row(2, SKU=f"S{number}") for number in range(3000)]]
    path = tmp_path / "till.csv"
    path.write_bytes(table_bytes(TABLE, rows))
    found = preview(path, connector="table", shop=one, mapping={})
    assert found.orders_read == 1


def test_a_large_json_document_is_not_read(tmp_path: Path, one: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "LARGEST_JSON", 10)
    found = preview(samples()["woocommerce"].write(tmp_path), connector="woocommerce", shop=one, mapping={})
    assert (found.too_large, found.orders, found.problem) == (True, [], "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13912345678", "139****5678"),
        ("+44 20 7946 0958 is not a number", "+44****0958 is not a number"),
        ("write to anna@mail.example now", "write to a***@m***.example now"),
        ("2024-05-01 10:00:00", "2024-05-01 10:00:00"),
        ("35153131473290001", "35153131473290001"),
        ("1234.50", "1234.50"),
    ],
)
def test_what_looks_like_personal_data_is_hidden(text: str, shown: str) -> None:
    assert masked_text(text) == shown
