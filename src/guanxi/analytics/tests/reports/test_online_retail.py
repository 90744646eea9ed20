"""The reports over real orders (Online Retail, UCI), against numbers taken from the file with pandas alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from guanxi.analytics.reports import REPORTS
from guanxi.analytics.reports import sales as sales_module
from guanxi.analytics.reports.base import Context, ReportResult
from guanxi.analytics.reports.parameters import read
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.data
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2011, 12, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def invoices() -> pd.DataFrame:
    """An invoice a row, in pence; the time as the clocks of London showed it."""
    file = Path(__file__).parents[6] / "shared" / "data" / "tx_online_retail_uci" / "online_retail.csv"
    if not file.is_file():
        pytest.skip("Online Retail is not beside the project")
    lines = pd.read_csv(file, encoding="utf-8-sig", dtype={"InvoiceNo": str, "StockCode": str})
    lines["pence"] = (lines.Quantity * lines.UnitPrice * 100).round().astype("int64")
    grouped = lines.groupby("InvoiceNo", sort=True)
    found = grouped.agg(
        total=("pence", "sum"),
        customer=("CustomerID", "max"),
        placed=("InvoiceDate", "min"),
        country=("Country", "first"),
    ).reset_index()
    found["placed"] = pd.to_datetime(found.placed)
    found["sale"] = ~found.InvoiceNo.str.startswith("C") & (found.total >= 0)
    found["counted"] = found.sale & (found.total > 0)
    return found


@pytest.fixture(scope="module")
def reading(invoices: pd.DataFrame) -> Iterator[Context]:
    orders = []
    for number, row in enumerate(invoices.itertuples(index=False), start=1):
        known = None if pd.isna(row.customer) else int(row.customer)
        worth = abs(int(row.total))
        orders.append(
            {
                "order_id": number,
                "shop_id": 1,
                "customer_id": known,
                "external_id": row.InvoiceNo,
                "kind": "sale" if row.sale else "credit_note",
                "status": "completed",
                "counted": bool(row.counted),
                "currency": "GBP",
                "total": worth,
                "value": worth,
                "net_value": worth if row.sale else -worth,
                "placed_at": row.placed.to_pydatetime().replace(tzinfo=LONDON).astimezone(UTC),
                "country": row.country,
            }
        )
    frame = pd.DataFrame(orders)
    counted = frame[frame.counted & frame.customer_id.notna()].groupby("customer_id")
    net = frame[(frame.counted | (frame.kind == "credit_note")) & frame.customer_id.notna()]
    revenue = net.groupby("customer_id").net_value.sum()
    facts = counted.agg(orders=("order_id", "count"), first=("placed_at", "min"), last=("placed_at", "max"))
    rows = [
        {
            "customer_id": int(row.Index),
            "orders": int(row.orders),
            "revenue": int(revenue[row.Index]),
            "first_order_at": row.first.to_pydatetime(),
            "last_order_at": row.last.to_pydatetime(),
        }
        for row in facts.itertuples()
    ]
    shops = [{"shop_id": 1, "name": "Gift wholesaler", "currency": "GBP"}]
    with given({"orders": orders, "customer_facts": rows, "shops": shops}) as snapshot:
        yield Context(snapshot, NOW, LONDON, "GBP")


def run(name: str, reading: Context, **raw: str) -> ReportResult:
    params = read(raw, now=NOW, zone=LONDON, everything=sales_module.everything(reading))
    return REPORTS.get(name).run(params, reading)


def test_the_published_totals(reading: Context) -> None:
    known = {row["key"]: row for row in run("overview", reading, period="all").table("who").rows()}["known"]
    assert known["customers"] == 4338
    assert known["orders"] == 18_532
    assert abs(known["sales"] - 891_140_790) <= 100


def test_each_month_as_pandas_counts_it(reading: Context, invoices: pd.DataFrame) -> None:
    sales = invoices[invoices.counted].copy()
    known = sales[sales.customer.notna()].copy()
    known["first"] = known.groupby("customer").placed.transform("min")
    rows = run("overview", reading, period="all", grain="month").table("steps").rows()
    assert len(rows) == 13
    for row in rows:
        month = sales[sales.placed.dt.to_period("M") == pd.Period(row["step"], "M")]
        buyers = known[known.placed.dt.to_period("M") == pd.Period(row["step"], "M")]
        back = buyers[buyers.placed > buyers["first"]]
        assert row["sales"] == month.total.sum()
        assert row["orders"] == len(month)
        assert row["customers"] == buyers.customer.nunique()
        assert row["new_customers"] == (buyers.placed == buyers["first"]).groupby(buyers.customer).any().sum()
        assert row["returning_share"] == pytest.approx(back.total.sum() / buyers.total.sum(), abs=1e-12)


def test_cohorts_as_pandas_counts_them(reading: Context, invoices: pd.DataFrame) -> None:
    known = invoices[invoices.counted & invoices.customer.notna()].copy()
    known["month"] = known.placed.dt.to_period("M")
    known["cohort"] = known.groupby("customer").month.transform("min")
    expected = known.groupby(["cohort", "month"]).agg(customers=("customer", "nunique"), sales=("total", "sum"))
    rows = run("cohorts", reading, period="all").table("cells").rows()
    found = {(pd.Period(row["cohort"], "M"), row["months"]): (row["customers"], row["sales"]) for row in rows}
    assert found[pd.Period("2010-12"), 0][0] == 885
    for (cohort, month), numbers in expected.iterrows():
        assert found[cohort, (month - cohort).n] == (numbers.customers, numbers.sales)
    assert sum(customers for customers, _sales in found.values()) == expected.customers.sum()


def test_the_rfm_grid_holds_every_buyer_once(reading: Context) -> None:
    result = run("rfm", reading)
    assert sum(row["customers"] for row in result.table("cells").rows()) == 4338
    assert sum(row["orders"] for row in result.table("groups").rows()) == 18_532


def test_countries_add_up(reading: Context, invoices: pd.DataFrame) -> None:
    sales = invoices[invoices.counted]
    rows = run("places", reading, period="all").table("regions").rows()
    assert {row["country"]: row["sales"] for row in rows if row["sales"]} == sales.groupby(
        "country"
    ).total.sum().to_dict()
