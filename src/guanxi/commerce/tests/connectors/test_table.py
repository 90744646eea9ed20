"""Any table: its mapping, guessed or given, and what its rows become."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.commerce.connectors import CONNECTORS, rows
from guanxi.commerce.connectors.base import Read, ShopContext
from guanxi.commerce.connectors.table_guess import guess_mapping
from guanxi.commerce.connectors.table_mapping import BadMapping, load_mapping, parse_mapping
from guanxi.commerce.types import IncomingOrder, OrderKind, OrderStatus
from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.customers.types import IdentifierKind

COLUMNS = {"order": "No", "placed_at": "Date", "sku": "SKU", "quantity": "Qty", "unit_price": "Price"}
LINES = {"rows": "lines", "columns": COLUMNS, "cancellations": {"prefix": "C"}}


def read(folder: Path, text: str, mapping: Mapping[str, Any] | None = None, currency: str = "EUR") -> list[Read]:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return list(CONNECTORS.get("table").read(path, shop=ShopContext(currency=currency, mapping=mapping or {})))


def one(found: list[Read]) -> IncomingOrder:
    (order,) = found
    assert isinstance(order, IncomingOrder), order
    return order


def test_lines_are_rounded_to_the_cent_one_by_one(tmp_path: Path) -> None:
    text = "No,Date,SKU,Qty,Price\n1,2024-05-01,A,3,0.125\n1,2024-05-01,B,1,0.005\n"
    order = one(read(tmp_path, text, LINES))
    assert [line.total for line in order.lines] == [38, 1]
    assert (order.total, order.kind, order.status) == (39, OrderKind.SALE, OrderStatus.PAID)


@pytest.mark.parametrize(
    ("number", "lines"),
    [("C1", "A,-2,5.00"), ("2", "A,-2,5.00"), ("2", "A,1,-10.00"), ("C1", "A,2,5.00")],
)
def test_cancellations_become_credit_notes(tmp_path: Path, number: str, lines: str) -> None:
    order = one(read(tmp_path, f"No,Date,SKU,Qty,Price\n{number},2024-05-01,{lines}\n", LINES))
    assert (order.kind, order.status, order.total) == (OrderKind.CREDIT_NOTE, OrderStatus.REFUNDED, 1000)
    assert [refund.amount for refund in order.refunds] == [1000]
    (line,) = order.lines
    assert line.quantity > 0
    assert line.unit_price > 0
    assert line.total == 1000
    assert (order.payments, order.paid_total) == ((), 0)


def test_a_stock_adjustment_without_money_is_a_credit_note_of_nothing(tmp_path: Path) -> None:
    order = one(read(tmp_path, "No,Date,SKU,Qty,Price\n2,2024-05-01,A,-9,0.0\n", LINES))
    assert (order.kind, order.total, order.refunds) == (OrderKind.CREDIT_NOTE, 0, ())


def test_a_negative_line_within_a_sale_stays(tmp_path: Path) -> None:
    text = "No,Date,SKU,Qty,Price\n2,2024-05-01,A,2,5.00\n2,2024-05-01,DISCOUNT,-1,3.00\n"
    order = one(read(tmp_path, text, LINES))
    assert (order.kind, order.total, [line.total for line in order.lines]) == (OrderKind.SALE, 700, [1000, -300])


def test_an_order_a_row_with_a_negative_total_is_rejected(tmp_path: Path) -> None:
    mapping = {"columns": {"order": "No", "placed_at": "Date", "total": "Total"}}
    (found,) = read(tmp_path, "No,Date,Total\n2,2024-05-01,-5.00\n", mapping)
    assert isinstance(found, RejectedRow)
    assert found.reason == "The amount -5.00 of a sale is below zero."


def test_orders_that_are_lines_are_not_silently_overwritten(tmp_path: Path) -> None:
    mapping = {"columns": {"order": "No", "placed_at": "Date", "total": "Total"}}
    found = read(tmp_path, "No,Date,Total\n2,2024-05-01,5.00\n2,2024-05-01,6.00\n", mapping)
    assert [type(item) for item in found] == [RejectedRow] * 2


def test_guesses_english_and_chinese_headers(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        "订单编号,下单时间,商品名称,数量,单价,手机号,实付金额\nS1,2024-05-01,毛巾,1,9.9,1,9.9\n", encoding="gb18030"
    )
    assert guess_mapping(path) == {
        "rows": "orders",
        "columns": {
            "order": "订单编号",
            "placed_at": "下单时间",
            "title": "商品名称",
            "quantity": "数量",
            "unit_price": "单价",
            "phone": "手机号",
            "total": "实付金额",
        },
    }
    path.write_text("Invoice No.,Order Date,Item,Qty,Total\n1,13/05/2024,a,1,2\n1,13/05/2024,b,1,3\n")
    assert guess_mapping(path) == {
        "rows": "lines",
        "columns": {
            "order": "Invoice No.",
            "placed_at": "Order Date",
            "title": "Item",
            "quantity": "Qty",
            "line_total": "Total",
        },
        "date_order": "day-first",
    }


def test_a_guessed_table_whole(tmp_path: Path) -> None:
    text = (
        "Order ID;Order Date;Status;Total;Refund Amount;Customer ID;E-mail;Gender;Birthday;Accepts marketing;Country\n"
        "1;31.05.2024 10:00;Shipped;1,234.50;34,50;17850.0;a@mail.example;F;1990-02-03;yes;United Kingdom\n"
    )
    order = one(read(tmp_path, text))
    assert order.placed_at == datetime(2024, 5, 31, 2, 0, tzinfo=UTC)
    assert (order.status, order.total, order.country) == (OrderStatus.SHIPPED, 123450, "GB")
    assert [refund.amount for refund in order.refunds] == [3450]
    buyer = order.buyer
    assert buyer is not None
    assert [(one.kind, one.value) for one in buyer.identifiers] == [
        (IdentifierKind.EXTERNAL_ID, "17850"),
        (IdentifierKind.EMAIL, "a@mail.example"),
    ]
    assert (buyer.gender, str(buyer.birth_date), buyer.consents[0].granted) == ("female", "1990-02-03", True)


def test_dates_that_can_mean_two_days_are_rejected_until_told(tmp_path: Path) -> None:
    text = "No,Date,SKU,Qty,Price\n1,03/04/2024,A,1,5.00\n"
    (found,) = read(tmp_path, text, LINES)
    assert isinstance(found, RejectedRow)
    assert "the day cannot be told from the month" in found.reason
    order = one(read(tmp_path, text, LINES | {"date_order": "month-first", "time_zone": "UTC"}))
    assert order.placed_at == datetime(2024, 3, 4, tzinfo=UTC)


def test_contradicting_rows_of_an_order_are_all_rejected(tmp_path: Path) -> None:
    text = "No,Date,SKU,Qty,Price,Who\n1,2024-05-01,A,1,5.00,7\n2,2024-05-01,A,1,5.00,\n1,2024-05-01,B,1,5.00,8\n"
    found = read(tmp_path, text, LINES | {"columns": COLUMNS | {"customer_id": "Who"}})
    assert [item.row for item in found if isinstance(item, RejectedRow)] == [2, 4]


def test_currencies_without_cents(tmp_path: Path) -> None:
    order = one(read(tmp_path, "No,Date,SKU,Qty,Price\n1,2024-05-01,A,2,500\n", LINES, currency="JPY"))
    assert (order.currency, order.total) == ("JPY", 1000)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (
            {"columns": {"order": "No"}},
            r"for Time of the order \(placed_at\), one of Order total \(total\), ",
        ),
        ({"columns": {"ordre": "No"}}, "unknown fields ordre"),
        ({"columns": COLUMNS, "rows": "columns"}, "must be one of: lines, orders"),
        ({"columns": COLUMNS, "time_zone": "Mars/Base"}, "no time zone called Mars/Base"),
        ({"columns": COLUMNS, "statuses": {"x": "gone"}}, "no order state called gone"),
        ({"columns": "No"}, "must be a section"),
    ],
)
def test_says_what_is_wrong_with_a_mapping(mapping: dict[str, Any], said: str) -> None:
    with pytest.raises(BadMapping, match=said):
        parse_mapping(mapping)


def test_a_mapping_of_another_file_names_the_missing_columns(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no column Date, Qty"):
        read(tmp_path, "No,Day,SKU,Price\n1,2024-05-01,A,5.00\n", LINES)


def test_a_mapping_file_that_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text("rows = ")
    with pytest.raises(BadMapping, match="The mapping cannot be read"):
        load_mapping(path)


def test_large_files_are_gathered_on_disk_with_the_same_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{number},2024-05-01,{sku},1,5.00" for sku in "AB" for number in range(300)]
    text = "\n".join(["No,Date,SKU,Qty,Price", *lines, "3.5E+16,2024-05-01,A,1,5.00", "1,2024-05-01"])
    in_memory = read(tmp_path, text, LINES)
    monkeypatch.setattr(rows, "CELLS_IN_MEMORY", 500)
    on_disk = read(tmp_path, text, LINES)
    assert len(on_disk) == 302
    assert on_disk != in_memory
    assert sorted(map(repr, on_disk)) == sorted(map(repr, in_memory))
    assert on_disk == read(tmp_path, text, LINES)


def test_rows_that_follow_one_another_need_not_be_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{number},2024-05-01,{sku},1,5.00" for number in (3, 1, 2) for sku in "AB"]
    text = "\n".join(
        ["No,Date,SKU,Qty,Price", lines[0], "3.5E+16,2024-05-01,A,1,5.00", *lines[2:], ",2024-05-01,A,1,5.00"]
    )
    monkeypatch.setattr(rows, "CELLS_IN_MEMORY", 1)
    monkeypatch.setattr(rows, "hash", lambda name: 7, raising=False)  # unlike numbers may have the same
    found = read(tmp_path, text, LINES)
    orders = [(item.external_id, len(item.lines)) for item in found if isinstance(item, IncomingOrder)]
    assert orders == [("3", 1), ("1", 2), ("2", 2)]
    assert [item.row for item in found if isinstance(item, RejectedRow)] == [3, 8]


@given(numbers=st.lists(st.sampled_from(["1", "2", "3", '"=""1"""', "1.0", " 2", "", "7E+20"]), min_size=1, max_size=8))
def test_an_order_is_one_wherever_its_rows_stand(tmp_path_factory: pytest.TempPathFactory, numbers: list[str]) -> None:
    lines = [f"{number},2024-05-01,S{place},1,5.00" for place, number in enumerate(numbers)]
    found = read(tmp_path_factory.mktemp("orders"), "\n".join(["No,Date,SKU,Qty,Price", *lines]), LINES)
    expected: dict[str, list[str]] = {}
    for place, number in enumerate(numbers):
        plain = {'"=""1"""': "1", "1.0": "1", " 2": "2"}.get(number, number)
        if plain.isdigit():
            expected.setdefault(plain, []).append(f"S{place}")
    orders = [item for item in found if isinstance(item, IncomingOrder)]
    assert {item.external_id: [line.sku for line in item.lines] for item in orders} == expected
    assert len(orders) == len(expected)
    assert len(found) - len(orders) == sum(number in ("", "7E+20") for number in numbers)


def test_accounts_of_a_buyer_are_read_where_the_table_has_them(tmp_path: Path) -> None:
    text = (
        "Order No,Date,Total,UnionID,会员卡号,QQ\n1,2024-05-01,5.00,u-1a2,6200-1234,\n2,2024-05-01,5.00,,,271828182\n"
    )
    found = [order.buyer for order in read(tmp_path, text) if isinstance(order, IncomingOrder) and order.buyer]
    assert [[(known.kind, known.value) for known in buyer.identifiers] for buyer in found] == [
        [(IdentifierKind.WECHAT_UNIONID, "u-1a2"), (IdentifierKind.CARD, "6200-1234")],
        [(IdentifierKind.QQ, "271828182")],
    ]
