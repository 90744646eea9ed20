"""Files of every make and in every state of damage."""

import tracemalloc
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from guanxi.commerce.connectors import CONNECTORS, recognise
from guanxi.commerce.connectors.base import ShopContext
from guanxi.commerce.types import IncomingOrder
from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.tables import open_table

from .samples import TABLE, TAOBAO_LIST, table_bytes, table_row, taobao_row


def write(folder: Path, content: bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def rows_of(path: Path) -> list[tuple[int, list[str]]]:
    return [(row[0], row[1][:-1]) for row in open_table(path).rows() if not isinstance(row, RejectedRow)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    table = open_table(write(tmp_path, "订单编号,金额,标题\n1,2.00,毛巾\n".encode(encoding)))
    assert table.header == ["订单编号", "金额", "标题"]
    assert list(table.rows()) == [(2, ["1", "2.00", "毛巾", ""])]


def test_western_windows_encoding(tmp_path: Path) -> None:
    path = write(tmp_path, "Order,Total,Town\n1,2.00,Málaga\n2,3.00,Besançon\n".encode("cp1252"))
    assert [cells[2] for _row, cells in rows_of(path)] == ["Málaga", "Besançon"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    lines = ["Order No", "Total", "Title"], ["1", "2", "a, b"], ["2", "3", "c, d"]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    assert rows_of(write(tmp_path, text.encode())) == [(2, ["1", "2", "a, b"]), (3, ["2", "3", "c, d"])]


def test_numbers_rows_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = write(tmp_path, b'Order,Title\n1,"two\nlines"\n\n2,b\n')
    assert rows_of(path) == [(2, ["1", "two\nlines"]), (4, ["2", "b"])]


def test_rejects_short_and_long_rows_but_not_empty_cells_at_the_end(tmp_path: Path) -> None:
    found = list(open_table(write(tmp_path, b"Order,Title,Note\n1,a\n2,b,c,d\n3,b,c,,\n")).rows())
    assert [(item.row, item.reason) for item in found if isinstance(item, RejectedRow)] == [
        (2, "The row has 2 cells where the header has 3."),
        (3, "The row has 4 cells where the header has 3."),
    ]
    assert found[2] == (4, ["3", "b", "c", ""])


def test_an_open_quotation_is_rejected_with_what_it_swallowed(tmp_path: Path) -> None:
    found = list(open_table(write(tmp_path, b'Order,Title\n1,a\n2,"b\n3,c\n')).rows())
    assert found[0] == (2, ["1", "a", ""])
    assert isinstance(found[1], RejectedRow)
    assert found[1].reason == (
        "A quotation mark is opened in this row and never closed, so the rows after it are inside it."
    )
    assert "3,c" in found[1].cells[1]


def test_bytes_that_are_no_text_reject_their_row_only(tmp_path: Path) -> None:
    content = "订单,标题,备注\n1,毛巾纯棉,好\n2,毛\xff巾,好\n3,浴巾,好\n".encode().replace("\xff".encode(), b"\xff")
    found = list(open_table(write(tmp_path, content)).rows())
    assert [item.row if isinstance(item, RejectedRow) else item[0] for item in found] == [2, 3, 4]
    assert isinstance(found[1], RejectedRow)


def test_finds_the_header_below_a_title_and_merged_cells(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["五月订单"])
    sheet.merge_cells("A1:D1")
    sheet.append(["订单编号", "买家信息", None, "总金额"])
    sheet.append([None, "姓名", "手机", None])
    sheet.append(["S1", "安宁", "19900000001", 12.5])
    path = tmp_path / "orders.xlsx"
    book.save(path)
    table = open_table(path)
    assert table.header in (["订单编号", "姓名", "手机", "总金额"], ["订单编号", "买家信息", "", "总金额"])
    assert list(table.rows())[-1] == (4, ["S1", "安宁", "19900000001", "12.5", ""])


def test_a_workbook_with_taobao_orders(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(TAOBAO_LIST)
    for row in (taobao_row(1, 订单编号="35153131473290001"), taobao_row(2) | {"订单编号": 35153131473293579.0}):
        book.active.append([row.get(name, "") for name in TAOBAO_LIST])
    path = tmp_path / "orders.xlsx"
    book.save(path)
    assert recognise(path)[0][0] == "taobao"
    order, rejected = CONNECTORS.get("taobao").read(path, shop=ShopContext())
    assert isinstance(order, IncomingOrder)
    assert order.external_id == "35153131473290001"
    assert isinstance(rejected, RejectedRow)
    assert "its last digits are lost" in rejected.reason
    assert rejected.row == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf\n \n", "The file is empty"),
        (b"%PDF-1.7 ...", "This is a PDF file"),
        (b"\x89PNG\r\n\x1a\n....", "This is a PNG file"),
        (b"\x1f\x8b\x08....", "This is a GZIP file"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "This is a web page"),
        (b"PK\x03\x04 half an archive", "incomplete or damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a Word document renamed", "no workbook that can be read"),
        (b"1,2.00,3\n4,5.00,6\n", "No header row was found"),
        (b"just one line of words", "No header row was found"),
        (bytes(range(256)) * 40, "not text"),
        (b"\x80\x81\xff\xfe\xfd\xc0\xc1" * 400, "encoding is not known"),
    ],
)
@pytest.mark.parametrize("name", ["taobao", "table", "pinduoduo", "douyin", "shopify"])
def test_says_what_is_wrong_with_the_whole_file(tmp_path: Path, content: bytes, said: str, name: str) -> None:
    path = write(tmp_path, content)
    assert recognise(path) == []
    with pytest.raises(UnreadableFile, match=said):
        list(CONNECTORS.get(name).read(path, shop=ShopContext()))


def test_half_a_workbook_and_other_archives(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(TABLE)
    for number in range(200):
        book.active.append(list(table_row(number).values()))
    path = tmp_path / "till.xlsx"
    book.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFile, match="incomplete or damaged"):
        open_table(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.csv", "a,b")
    with pytest.raises(UnreadableFile, match="This is a ZIP file"):
        open_table(path)


def test_two_gigabytes_of_nothing_are_refused_without_being_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    with path.open("wb") as file:
        file.truncate(2 << 30)  # a sparse file: it takes no room on the disk
    tracemalloc.start()
    with pytest.raises(UnreadableFile, match="The file is empty"):
        open_table(path)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 32 << 20


def test_names_the_columns_that_are_missing(tmp_path: Path) -> None:
    header = [name for name in TAOBAO_LIST if name not in ("总金额", "订单创建时间")]
    row = {name: cell for name, cell in taobao_row().items() if name in header}
    with pytest.raises(UnreadableFile, match="no column 总金额, 订单创建时间"):
        CONNECTORS.get("taobao").read(write(tmp_path, table_bytes(header, [row])), shop=ShopContext())
