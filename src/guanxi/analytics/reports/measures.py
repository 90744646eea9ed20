"""Measures: what is counted or added up over rows of sales, defined once for the number and for the rows behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guanxi.analytics.reports.base import (
    CUSTOMERS,
    MONEY,
    ORDERS,
    Column,
    Expression,
    NoSuchCell,
    RowSet,
    Table,
    Text,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One number over rows of sales: the sum of ``amount``, or how many different orders or customers there are."""

    name: str
    label: Text
    unit: str
    definition: Text
    where: Callable[[Table], Expression]
    """Which rows it looks at. Never null."""
    amount: Callable[[Table], Expression] | None = None
    """What it adds up; None to count."""
    of: str = ORDERS
    """What it counts, and what the rows behind it are."""

    def aggregate(self, rows: Table, *, order_rows: bool) -> Expression:
        """The number. ``order_rows`` says that each row is an order of its own, so that none comes twice."""
        import ibis

        where = self.where(rows)
        if self.amount is not None:
            amount = self.amount(rows)
            total = where.ifelse(amount, ibis.null(amount.type())).sum()
            return ibis.coalesce(total, ibis.literal(0)).cast("int64" if self.unit == MONEY else "float64")
        if self.of == ORDERS and order_rows:
            return ibis.coalesce(where.cast("int64").sum(), ibis.literal(0)).cast("int64")
        counted = rows.order_id if self.of == ORDERS else rows.customer_id
        return where.ifelse(counted, ibis.null("int64")).nunique().cast("int64")

    def column(self) -> Column:
        return Column(self.name, self.label, self.unit, self.definition)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measure divided by another; null when there is nothing to divide by."""

    name: str
    label: Text
    unit: str
    definition: Text
    upper: str
    lower: str

    def of(self, numbers: Mapping[str, Any]) -> float | int | None:
        """SHARE and plain numbers as they are; MONEY to the nearest minor unit, half a one away from zero."""
        upper, lower = numbers[self.upper], numbers[self.lower]
        if not lower:
            return None
        return rounded_division(int(upper), int(lower)) if self.unit == MONEY else upper / lower

    def column(self) -> Column:
        return Column(self.name, self.label, self.unit, self.definition)


def rounded_division(upper: int, lower: int) -> int:
    sign = -1 if (upper < 0) != (lower < 0) else 1
    return sign * ((2 * abs(upper) + abs(lower)) // (2 * abs(lower)))


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures and ratios of a table, in the order of its columns."""

    each: Sequence[Measure | Ratio]
    order_rows: bool = True

    def aggregates(self, rows: Table) -> dict[str, Expression]:
        return {
            one.name: one.aggregate(rows, order_rows=self.order_rows) for one in self.each if isinstance(one, Measure)
        }

    def complete(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """A row of aggregates (a missing one is 0) with the ratios."""
        full = {one.name: numbers.get(one.name) or 0 for one in self.each if isinstance(one, Measure)}
        return {**numbers, **full, **{one.name: one.of(full) for one in self.each if isinstance(one, Ratio)}}

    def columns(self) -> list[Column]:
        return [one.column() for one in self.each]

    def find(self, name: str) -> "Measure | Ratio":
        """Raises NoSuchCell."""
        for one in self.each:
            if one.name == name:
                return one
        raise NoSuchCell(name)

    def behind(self, name: str, rows: Table) -> RowSet:
        """The orders or customers that make a number of these rows. Raises NoSuchCell.

        A ratio shows what makes its upper part.
        """
        found = self.find(name)
        measure = self.find(found.upper) if isinstance(found, Ratio) else found
        assert isinstance(measure, Measure)
        chosen = rows.filter(measure.where(rows))
        adds_up = found is measure
        if measure.of == CUSTOMERS:
            return RowSet(CUSTOMERS, customers_in(chosen), str(found.label), MONEY, adds_up)
        unit = measure.unit if measure.amount is not None else MONEY
        amount = measure.amount(chosen) if measure.amount is not None else chosen.value
        return RowSet(
            ORDERS, orders_in(chosen.mutate(amount=amount), one_each=self.order_rows), str(found.label), unit, adds_up
        )


ORDER_COLUMNS = (
    "order_id",
    "external_id",
    "shop_id",
    "customer_id",
    "placed_at",
    "kind",
    "status",
    "currency",
    "total",
)


def orders_in(rows: Table, *, one_each: bool) -> Table:
    """The orders that rows with ``amount`` belong to, with the sum of it."""
    if one_each:
        return rows.select(*ORDER_COLUMNS, "amount")
    summed = rows.group_by("order_id").aggregate(
        amount=rows.amount.sum(), **{name: rows[name].max() for name in ORDER_COLUMNS[1:]}
    )
    return summed.select(*ORDER_COLUMNS, "amount")


def customers_in(rows: Table) -> Table:
    """The customers that rows of sales belong to, with what they bought in these rows."""
    known = rows.filter(rows.customer_id.notnull())
    return known.group_by("customer_id").aggregate(
        orders=known.order_id.nunique().cast("int64"),
        amount=known.value.sum().cast("int64"),
        first_order_at=known.placed_at.min(),
        last_order_at=known.placed_at.max(),
    )
