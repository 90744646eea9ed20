"""What customers want over real orders (Online Retail, UCI), against counts taken from the file with pandas alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from guanxi.analytics.forecasts import FORECASTS
from guanxi.analytics.forecasts.base import Context, Outcome
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.data
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2011, 12, 10, 12, tzinfo=UTC)
WORDS = "BAG|HOLDER|CAKE|MUG|CHRISTMAS|HEART|BOX|SIGN|CLOCK|TIN|LIGHT|PAPER"
"""The file knows no categories; the first of these words in a description stands for one."""


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """Lines of customers' invoices that were not cancelled."""
    file = Path(__file__).parents[6] / "shared" / "data" / "tx_online_retail_uci" / "online_retail.csv"
    if not file.is_file():
        pytest.skip("Online Retail is not beside the project")
    found = pd.read_csv(file, encoding="utf-8-sig", dtype={"InvoiceNo": str, "StockCode": str})
    found = found[found.CustomerID.notna() & ~found.InvoiceNo.str.startswith("C") & (found.UnitPrice > 0)]
    placed = pd.to_datetime(found.InvoiceDate)
    return found.assign(placed=placed, day=placed.dt.date, CustomerID=found.CustomerID.astype(int))


@pytest.fixture(scope="module")
def context(lines: pd.DataFrame) -> Iterator[Context]:
    number = {code: at for at, code in enumerate(sorted(lines.StockCode.unique()), start=1)}
    titles = lines.groupby("StockCode").Description.first().fillna("")
    category = titles.str.extract(f"({WORDS})")[0].fillna("")
    products = [
        {"product_id": number[code], "shop_id": 1, "sku": code, "title": titles[code], "category": category[code]}
        for code in number
    ]
    grouped = lines.groupby("InvoiceNo").agg(customer=("CustomerID", "first"), placed=("placed", "min")).reset_index()
    order_id = {invoice: at for at, invoice in enumerate(grouped.InvoiceNo, start=1)}
    orders = [
        {
            "order_id": order_id[row.InvoiceNo],
            "customer_id": row.customer,
            "shop_id": 1,
            "kind": "sale",
            "counted": True,
            "value": 1,
            "net_value": 1,
            "placed_at": row.placed.to_pydatetime().replace(tzinfo=LONDON).astimezone(UTC),
        }
        for row in grouped.itertuples(index=False)
    ]
    pairs = lines[["InvoiceNo", "StockCode"]].drop_duplicates()
    sold = [
        {"order_id": order_id[invoice], "number": at, "product_id": number[code]}
        for at, (invoice, code) in enumerate(pairs.itertuples(index=False), start=1)
    ]
    customers = [{"customer_id": one} for one in sorted(lines.CustomerID.unique().tolist())]
    tables = {"customers": customers, "products": products, "orders": orders, "order_lines": sold}
    with given(tables, now=NOW) as snapshot:
        yield Context(snapshot, NOW, LONDON, "GBP")


def run(name: str, context: Context) -> Outcome:
    return FORECASTS.get(name).run(context, lambda *_: None)


@pytest.fixture(scope="module")
def wanted(context: Context) -> Outcome:
    return run("next_products", context)


def test_next_products(wanted: Outcome, lines: pd.DataFrame) -> None:
    made = wanted
    assert made.customers == lines.CustomerID.nunique()
    hits = {
        way: made.quality[f"hits_{way}"] for way in ("popular", "together", "alike") if f"hits_{way}" in made.quality
    }
    assert hits[made.result["taken"]] == max(hits.values()) > hits["popular"]
    had = lines.groupby("StockCode").CustomerID.agg(set)
    titles = lines.groupby("StockCode").Description.first()
    by_title = {title: code for code, title in titles.items()}
    for first, second, count, share, lift in made.result["pairs"][:20]:
        buyers, others = had[by_title[first]], had[by_title[second]]
        assert count == len(buyers & others)
        assert share == pytest.approx(count / len(buyers))
        assert lift == pytest.approx(share / (len(others) / made.customers))


def test_what_is_popular_as_counted_with_pandas(wanted: Outcome, lines: pd.DataFrame) -> None:
    """The baseline itself: the five most bought before the cut that a customer has not, in their next order."""
    made = wanted
    days = lines[["CustomerID", "StockCode", "day"]].drop_duplicates()
    cut = pd.Timestamp("2011-12-10").date() - pd.Timedelta(days=made.quality["days"])
    before, after = days[days.day <= cut], days[days.day > cut]
    buyers = before.groupby("StockCode").CustomerID.nunique()
    ranked = sorted(buyers.index, key=lambda code: (-buyers[code], code))
    had = before.groupby("CustomerID").StockCode.agg(set)
    tested = right = 0
    for customer, rows in after[after.CustomerID.isin(had.index)].groupby("CustomerID"):
        new = rows[~rows.StockCode.isin(had[customer])]
        if new.empty:
            continue
        came = set(new[new.day == new.day.min()].StockCode)
        best = [code for code in ranked[: len(had[customer]) + 5] if code not in had[customer]][:5]
        tested, right = tested + 1, right + bool(came & set(best))
    assert made.quality["tested"] == tested
    assert made.quality["hits_popular"] == pytest.approx(right, abs=3)  # equally popular ones come in another order


def test_category_chances(context: Context) -> None:
    made = run("category_chances", context)
    assert made.quality["categories"] == 8
    assert made.quality["auc"] >= made.quality["plain_auc"] > 0.6
    for one in made.result["categories"]:
        first = one["tenths"][0]
        assert first["buyers"] / first["customers"] > 2 * one["buyers"] / sum(t["customers"] for t in one["tenths"])


def test_next_orders(context: Context) -> None:
    made = run("next_orders", context)
    assert made.quality["seen"] == pytest.approx(made.quality["expected"], rel=0.25)
