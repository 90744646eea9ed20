"""What other rooms, pages and commands ask of analytics. Money is minor units of the merchant's currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from guanxi.analytics import recent
from guanxi.analytics.models.stored import CategoryChance, CustomerValue, ModelRun, NextOrder, NextProduct
from guanxi.analytics.persona.comparing import Persona, compare
from guanxi.analytics.reports import REPORTS, sales
from guanxi.analytics.reports.base import ORDERS, Cell, Context, NoSuchCell, Report, ReportResult, RowSet
from guanxi.analytics.reports.overview import totals
from guanxi.analytics.reports.parameters import BadParameters, Params, read
from guanxi.analytics.reports.periods import DAY, PRESETS, step_column
from guanxi.commerce import queries as commerce
from guanxi.core import preferences
from guanxi.core.models import User
from guanxi.core.money import Minor
from guanxi.core.registry import UnknownKind
from guanxi.segments import queries as segments
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.queries import NoSnapshot, Snapshot

__all__ = [
    "BadParameters",
    "CustomerOutlook",
    "Due",
    "Headline",
    "Leaning",
    "NoSnapshot",
    "NoSuchCell",
    "Run",
    "Trace",
    "UnknownKind",
    "Wanted",
    "due_of",
    "headline",
    "leanings_of",
    "next_products_of",
    "outlook_of",
    "persona",
    "run_report",
    "trace",
]


@dataclass(frozen=True, slots=True)
class Run:
    """A report's answer, and of when and in what it is."""

    report: Report
    params: Params
    result: ReportResult
    refreshed_at: datetime
    """When the data were copied from the database."""
    currency: str


@dataclass(frozen=True, slots=True)
class Trace:
    """The orders or customers behind one number of a report."""

    run: Run
    """Without its result."""
    rows: RowSet
    count: int
    total: float
    """Sum of ``amount``."""
    context: Context

    def fetch(self, *, sort: str = "-amount", limit: int | None = None, offset: int = 0) -> list[dict[str, Any]]:
        """Rows as base.RowSet describes them, by a column (with a minus in front: the largest first)."""
        table = self.rows.table
        column = table[sort.removeprefix("-")]
        key = table.order_id if self.rows.kind == ORDERS else table.customer_id
        down = sort.startswith("-")
        ordered = table.order_by(column.desc() if down else column.asc(), key.desc() if down else key.asc())
        return self.context.fetch(ordered if limit is None else ordered.limit(limit, offset=offset))


@dataclass(frozen=True, slots=True)
class Headline:
    """The last 30 days, today included, against the 30 days before, over all shops; definitions as in the overview."""

    currency: str
    first_day: date
    last_day: date
    sales: Minor
    sales_before: Minor
    orders: int
    orders_before: int
    customers: int
    new_customers: int
    new_customers_before: int
    average_order: Minor | None
    returning_share: float | None
    """Of the sales to known customers; None without such sales."""
    returning_share_before: float | None
    unpriced_orders: int
    """Left out of everything else, for want of an exchange rate."""
    daily_sales: Sequence[Minor]
    """Of each of the 30 days, in order."""
    refreshed_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerOutlook:
    """What the newest run of the customer value model says of one customer. Chances are shares of one."""

    p_alive: float
    churn_risk: float
    expected_orders_30: float
    expected_orders_90: float
    expected_orders_365: float
    lifetime_value: Minor
    lifetime_value_low: Minor
    lifetime_value_high: Minor
    """Discounted, of the next twelve months; the range holds the expectation in 95 of 100 cases."""
    next_order_at: datetime | None
    currency: str
    last_day: date
    """Of the data that the run knew."""


def outlook_of(customer_id: int) -> CustomerOutlook | None:
    """What one customer is likely to do; None while no model knows."""
    found = CustomerValue.objects.filter(customer_id=customer_id, p_alive__isnull=False).first()
    if found is None:
        return None
    # The run that wrote the row; without its result, which is large.
    runs = ModelRun.objects.filter(model="customer_value").order_by("-finished_at", "-pk")
    run = runs.values("currency", "last_day").first()
    if run is None or (last_day := run["last_day"]) is None:
        return None
    names = ("p_alive", "churn_risk", "expected_orders_30", "expected_orders_90", "expected_orders_365")
    amounts = ("lifetime_value", "lifetime_value_low", "lifetime_value_high")
    return CustomerOutlook(
        **{name: getattr(found, name) for name in (*names, *amounts)},
        next_order_at=found.next_order_at,
        currency=run["currency"],
        last_day=last_day,
    )


def persona(segment: int, other: int | None, *, now: datetime) -> Persona:
    """What sets a segment apart from another, or from everyone. Raises UnknownSegment, DefinitionError, NoSnapshot."""
    context = _context(warehouse.snapshot(), now)
    return compare(segment, other, context=context, names=segments.names())


@dataclass(frozen=True, slots=True)
class Due:
    """When a customer is due to buy again: half of those with the same past have ordered by ``at``, and eight of ten
    between the other two. The product is what they buy again and again and are due for first."""

    at: datetime | None
    early: datetime | None
    late: datetime | None
    product_id: int | None
    product: str
    product_at: datetime | None


def due_of(customer_id: int) -> Due | None:
    """When one customer is due again; None while no model says so."""
    row = NextOrder.objects.filter(customer_id=customer_id).first()
    if row is None or (row.due_at is None and row.due_product_at is None):
        return None
    titles = commerce.product_titles([row.due_product_id]) if row.due_product_id else {}
    product = titles.get(row.due_product_id or 0, "")
    return Due(row.due_at, row.due_from, row.due_until, row.due_product_id, product, row.due_product_at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product that a customer is likely to want, and why."""

    product_id: int
    title: str
    rank: int
    reason: str
    """``with``: ``share`` of the buyers of ``reason_title`` bought it too; ``alike``: people of like tastes did;
    ``popular``: most people did."""
    reason_product_id: int | None
    reason_title: str
    share: float | None


def next_products_of(customer_id: int) -> list[Wanted]:
    """What one customer is likely to want next, the likeliest first; empty while no model knows."""
    rows = list(NextProduct.objects.filter(customer_id=customer_id, product_id__isnull=False).order_by("rank"))
    ids = {number for row in rows for number in (row.product_id, row.reason_product_id) if number}
    titles = commerce.product_titles(ids) if ids else {}
    return [
        Wanted(
            row.product_id or 0,
            titles.get(row.product_id or 0, ""),
            row.rank,
            row.reason,
            row.reason_product_id,
            titles.get(row.reason_product_id or 0, ""),
            row.share,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Leaning:
    """A category that a customer is likelier than most to buy from soon; ``chance`` is a share of one."""

    category: str
    chance: float
    tenth: int
    """Of all customers who have bought, 1 the likeliest."""


def leanings_of(customer_id: int) -> list[Leaning]:
    """The categories of which one customer is among the likeliest buyers, the likeliest first."""
    rows = CategoryChance.objects.filter(customer_id=customer_id, chance__isnull=False).order_by("-chance", "place")
    return [Leaning(row.category, row.chance or 0.0, row.tenth or 0) for row in rows]


def run_report(name: str, params: Mapping[str, Any], *, now: datetime, user: User) -> Run:
    """Run a report. ``params`` as in reports/parameters.py.

    Raises UnknownKind, PermissionDenied, BadParameters, NoSnapshot (the warehouse has not been filled yet).
    """
    run, context = _prepare(name, params, now=now, user=user)
    result = recent.answer(name, run.params, context, lambda: run.report.run(run.params, context))
    return replace(run, result=result)


def trace(name: str, params: Mapping[str, Any], cell: Cell, *, now: datetime, user: User) -> Trace:
    """The rows behind one number of a report. Raises what run_report does, and NoSuchCell."""
    run, context = _prepare(name, params, now=now, user=user)
    rows = run.report.rows(run.params, cell, context)
    summed = rows.table.aggregate(count=rows.table.count(), total=rows.table.amount.sum().cast("float64"))
    whole = context.fetch(summed)[0]
    return Trace(run, rows, whole["count"], whole["total"] or 0, context)


def shops() -> dict[int, str]:
    """Names of the shops in the warehouse; empty while there is none."""
    try:
        snapshot = warehouse.snapshot()
    except NoSnapshot:
        return {}
    table = snapshot.tables["shops"].select("shop_id", "name")
    rows = snapshot.execute(table.order_by("name")).to_pylist()
    return {row["shop_id"]: row["name"] for row in rows}


def headline(now: datetime) -> Headline | None:
    """What the Home page says of sales; None while the warehouse is empty."""
    try:
        snapshot = warehouse.snapshot()
    except NoSnapshot:
        return None
    context = _context(snapshot, now)
    params = read({"period": "30d"}, now=now, zone=context.zone)
    rows = sales.sales_rows(context, shop_id=None)
    current, before = totals(rows, params, context)
    assert before is not None
    return Headline(
        currency=context.currency,
        first_day=params.period.start,
        last_day=params.period.last,
        sales=current["sales"],
        sales_before=before["sales"],
        orders=current["orders"],
        orders_before=before["orders"],
        customers=current["customers"],
        new_customers=current["new_customers"],
        new_customers_before=before["new_customers"],
        average_order=current["average_order"],
        returning_share=current["returning_share"],
        returning_share_before=before["returning_share"],
        unpriced_orders=current["unpriced_orders"],
        daily_sales=_daily(rows, params, context),
        refreshed_at=snapshot.refreshed_at,
    )


def _daily(rows: Any, params: Params, context: Context) -> list[Minor]:
    period = params.period
    chosen = rows.filter(period.holds(rows.placed_at, context.zone), sales.is_sale(rows))
    dated = chosen.mutate(day=step_column(chosen.placed_at, "day", period=period, zone=context.zone))
    found = context.fetch(dated.group_by("day").aggregate(sales=dated.value.sum().cast("int64")))
    by_day = {row["day"]: row["sales"] for row in found}
    return [by_day.get(period.start + number * DAY, 0) for number in range(period.days)]


def _prepare(name: str, raw: Mapping[str, Any], *, now: datetime, user: User) -> tuple[Run, Context]:
    report = REPORTS.get(name)
    if not user.may(report.permission):
        raise PermissionDenied(report.permission)
    snapshot = warehouse.snapshot()
    context = _context(snapshot, now)
    wants_all = str(raw.get("period", "")) not in PRESETS and "period" in report.parameters
    whole = sales.everything(context) if wants_all and (raw.get("period") or raw.get("from") or raw.get("to")) else None
    chosen = {key: value for key, value in raw.items() if key in _accepted(report)}
    params = read(chosen, now=now, zone=context.zone, everything=whole)
    run = Run(report, params, ReportResult(tables=()), snapshot.refreshed_at, context.currency)
    return run, context


def _accepted(report: Report) -> set[str]:
    dates = {"from", "to"} if "period" in report.parameters else set()
    return {*report.parameters, *dates}


def _context(snapshot: Snapshot, now: datetime) -> Context:
    return Context(snapshot, now, preferences.time_zone(), preferences.currency())
