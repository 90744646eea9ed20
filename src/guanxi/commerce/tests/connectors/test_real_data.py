"""Real files, which are not part of the project: nothing in them is lost, and the published figures come out."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.connectors.base import ShopContext
from guanxi.commerce.connectors.table_mapping import load_mapping
from guanxi.commerce.types import COUNTED_STATUSES, IncomingOrder, OrderKind, OrderStatus
from guanxi.core.table_files.base import RejectedRow, UnreadableFile

from .conftest import REPOSITORY

pytestmark = pytest.mark.data
Find = Callable[[str], Path]


def test_online_retail_gives_the_published_figures(data_file: Find) -> None:
    mapping = load_mapping(REPOSITORY / "docs" / "examples" / "online_retail.toml")
    path = data_file("tx_online_retail_uci/online_retail.csv")
    everyone, buyers = set(), set()
    orders = lines = counted = money = 0
    for order in CONNECTORS.get("table").read(path, shop=ShopContext(mapping=mapping)):
        assert isinstance(order, IncomingOrder)
        assert order.currency == "GBP"
        assert sum(line.total for line in order.lines) == order.total
        orders += 1
        lines += len(order.lines)
        who = {one.value for one in order.buyer.identifiers} if order.buyer else set()
        everyone |= who
        if order.kind is OrderKind.SALE and order.status in COUNTED_STATUSES and order.total > 0 and who:
            counted += 1
            money += order.total
            buyers |= who
    assert (lines, orders, len(everyone)) == (541_909, 25_900, 4_372)
    assert (counted, len(buyers)) == (18_532, 4_338)
    assert abs(money - 891_140_790) <= 100


def test_the_tmall_report_is_read_whole(data_file: Find) -> None:
    path = data_file("tx_tmall_orders/tmall_order_report.csv")
    found = list(CONNECTORS.get("taobao").read(path, shop=ShopContext()))
    assert Counter(getattr(item, "status", None) for item in found) == {
        OrderStatus.PAID: 18_955,
        OrderStatus.REFUNDED: 5_132,
        OrderStatus.UNPAID: 3_923,
    }
    assert len({item.external_id for item in found if isinstance(item, IncomingOrder)}) == 28_010


@pytest.mark.parametrize(
    ("name", "folder"), [("shopify", "fmt_shopify/shopify_api"), ("woocommerce", "fmt_woocommerce")]
)
def test_every_body_is_read_or_refused(data_file: Find, name: str, folder: str) -> None:
    counts: Counter[str] = Counter()
    for path in sorted(data_file(folder).glob("*.json")):
        for reader in CONNECTORS:
            try:
                found = list(reader.read(path, shop=ShopContext()))
            except UnreadableFile:
                continue
            if reader.name == name:
                counts.update(type(item).__name__ for item in found)
            else:
                assert all(isinstance(item, RejectedRow) for item in found)
    assert counts == {"shopify": {"IncomingOrder": 3}, "woocommerce": {"IncomingOrder": 22, "RejectedRow": 2}}[name]


def test_the_vendor_s_example_order(data_file: Find) -> None:
    path = data_file("fmt_shopify/shopify_api/order.json")
    (order,) = CONNECTORS.get("shopify").read(path, shop=ShopContext())
    assert isinstance(order, IncomingOrder)
    assert (order.external_id, order.status, order.total, order.tax_total) == (
        "450789469",
        OrderStatus.UNPAID,
        40994,
        1194,
    )
    assert [line.total for line in order.lines] == [19900] * 3
    assert order.country == "US"
