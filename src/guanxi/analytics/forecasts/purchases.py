"""What models of buying learn from: each customer's purchases, counted in sets from the warehouse.

A purchase is a day, in the merchant's zone, with an order that counts and was not paid back whole; two orders of a day
are one decision to buy. Orders without an exchange rate are left out, as everywhere.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from guanxi.analytics.forecasts.base import Context
from guanxi.analytics.models.buying.histories import Floats, Histories, Ints
from guanxi.analytics.reports.periods import Period, wall_clock
from guanxi.analytics.reports.sales import local_day

QUIET = timedelta(days=7)
"""Data are taken to reach this far beyond the newest order, at most until today: a shop whose files were last imported
a year ago has not lost all its customers."""
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Purchases:
    """One entry a customer who has bought, in the same order in every array."""

    first_day: date
    last_day: date
    """Of the data: histories end here."""
    customer_id: Ints
    days: Ints
    """With a purchase."""
    first: Ints
    last: Ints
    """Days since 1970 of the first and the last purchase."""
    value: Floats
    """Of all purchases, net of what was given back, in minor units of the merchant's currency; never below 0."""

    @property
    def histories(self) -> Histories:
        """In days."""
        return Histories.group(self.days - 1, self.last - self.first, number(self.last_day) - self.first)

    @property
    def mean(self) -> Floats:
        """What a purchase was worth."""
        return np.asarray(self.value / self.days)


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What was known before the ``weeks`` at the end, and what came in them, of those who had bought by then."""

    weeks: int
    histories: Histories
    seen: Ints
    """Purchases of each customer in the weeks held out."""
    seen_by_week: list[int]


def number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def read(context: Context) -> Purchases | None:
    """Purchases until now; None while there are none."""
    ends = _ends(context)
    if ends is None:
        return None
    first_day, newest, last_day = ends
    days = _days(context, Period(first_day, newest + timedelta(days=1)))
    rows = days.group_by("customer_id").aggregate(
        days=days.count(), first=days.day.min(), last=days.day.max(), value=days.value.sum().cast("float64")
    )
    returned = _given_back(context)
    rows = rows.left_join(returned, "customer_id").select("customer_id", "days", "first", "last", "value", "returned")
    found = context.snapshot.execute(rows.order_by("customer_id"))
    value = _floats(found, "value") + np.nan_to_num(_floats(found, "returned"))
    return Purchases(
        first_day,
        last_day,
        _ints(found, "customer_id"),
        _ints(found, "days"),
        _ints(found, "first"),
        _ints(found, "last"),
        np.maximum(value, 0.0),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Every day on which a customer bought, by customer and day."""

    first_day: date
    last_day: date
    customer_id: Ints
    day: Ints
    """Days since 1970."""


def days(context: Context) -> Days | None:
    """The days of all purchases until now; None while there are none."""
    ends = _ends(context)
    if ends is None:
        return None
    first_day, newest, last_day = ends
    rows = _days(context, Period(first_day, newest + timedelta(days=1))).select("customer_id", "day")
    found = context.snapshot.execute(rows.order_by("customer_id", "day"))
    return Days(first_day, last_day, _ints(found, "customer_id"), _ints(found, "day"))


def _ends(context: Context) -> tuple[date, date, date] | None:
    """The days of the first and the newest order, and that on which the data end."""
    orders = _orders(context)
    whole = orders.aggregate(first=orders.placed_at.min(), last=orders.placed_at.max())
    ends = context.snapshot.execute(whole).to_pylist()[0]
    if ends["first"] is None:
        return None
    first_day, newest = local_day(ends["first"], context.zone), local_day(ends["last"], context.zone)
    return first_day, newest, min(context.now.astimezone(context.zone).date(), newest + QUIET)


def held_out(context: Context, purchases: Purchases, *, weeks: int) -> HeldOut:
    """The purchases once more, as they were known ``weeks`` before their end."""
    import ibis

    cut = purchases.last_day - timedelta(weeks=weeks)
    days = _days(context, Period(purchases.first_day, purchases.last_day + timedelta(days=1)))
    day = ibis.literal(cut, type="date")
    before = days.day <= day
    rows = days.group_by("customer_id").aggregate(
        days=days.count(where=before),
        first=days.day.min(),
        last=days.day.max(where=before),
        seen=days.count(where=~before),
    )
    rows = rows.filter(rows.days > 0)
    found = context.snapshot.execute(rows)
    first, last = _ints(found, "first"), _ints(found, "last")
    known = days.semi_join(rows, "customer_id")
    after = known.filter(known.day > day).group_by("day").aggregate(seen=ibis._.count())
    by_day = context.snapshot.execute(after)
    week = (_ints(by_day, "day") - number(cut) - 1) // 7
    weekly = np.bincount(week, weights=_ints(by_day, "seen"), minlength=weeks)
    return HeldOut(
        weeks,
        Histories.group(_ints(found, "days") - 1, last - first, number(cut) - first),
        _ints(found, "seen"),
        [int(count) for count in weekly],
    )


def _orders(context: Context) -> Any:
    orders, customers = context.snapshot.tables["orders"], context.snapshot.tables["customers"]
    known = customers.filter(~customers.erased).select("customer_id")
    kept = orders.filter(
        orders.counted, orders.net_value > 0, orders.customer_id.notnull(), orders.placed_at <= context.now
    )
    return kept.select("customer_id", "placed_at", "net_value").semi_join(known, "customer_id")


def _days(context: Context, period: Period) -> Any:
    orders = _orders(context)
    dated = orders.mutate(day=wall_clock(orders.placed_at, period=period, zone=context.zone).date())
    return dated.group_by("customer_id", "day").aggregate(value=dated.net_value.sum())


def _given_back(context: Context) -> Any:
    """Credit notes, which belong to no order, by customer; below 0."""
    orders = context.snapshot.tables["orders"]
    notes = orders.filter(orders.kind == "credit_note", orders.customer_id.notnull(), orders.placed_at <= context.now)
    return notes.group_by("customer_id").aggregate(returned=notes.net_value.sum().cast("float64"))


def _ints(rows: Any, column: str) -> Ints:
    import pyarrow as pa

    values = rows.column(column)
    values = values.cast(pa.int32()) if pa.types.is_date(values.type) else values
    return np.asarray(values.to_numpy(), np.int64)


def _floats(rows: Any, column: str) -> Floats:
    return np.asarray(rows.column(column).to_numpy(zero_copy_only=False), np.float64)
