"""The arms of an experiment, as totals that a set-based query gives."""

from dataclasses import dataclass

import numpy as np

from guanxi.analytics.models.intervals import Mean, Proportion
from guanxi.core.assignment import IntArray


class BadTotals(ValueError):
    """Totals that no set of customers can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTotals:
    """Totals of one arm over its result window.

    An arm holds every customer *assigned* to it, reached or not (intention to treat): leaving out those whom a message
    did not reach would compare unlike groups. Customers who bought nothing count with 0.

    ``revenue`` is the sum over customers of each one's revenue net of refunds, in minor units of one currency;
    ``revenue_squares`` and ``orders_squares`` are sums over customers of the squares of revenue and of number of orders
    (in SQL, square a DECIMAL(38, 0): the square of a 64-bit amount can overflow). ``cost`` is what the arm cost, in
    minor units. Raises BadTotals.
    """

    name: str
    customers: int
    buyers: int
    orders: int
    orders_squares: int
    revenue: int
    revenue_squares: int
    cost: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.buyers <= self.customers or self.orders < self.buyers or self.cost < 0:
            raise BadTotals(f"{self.name}: needs 0 <= buyers <= customers, buyers <= orders and cost >= 0")
        for total, squares in ((self.revenue, self.revenue_squares), (self.orders, self.orders_squares)):
            if total**2 > self.customers * squares:
                raise BadTotals(f"{self.name}: {squares} is too small a sum of squares for a sum of {total}")

    @classmethod
    def from_values(cls, *, name: str, revenue: IntArray, orders: IntArray, cost: int = 0) -> "ArmTotals":
        """Totals of arrays with one entry per customer: net revenue in minor units, and number of orders."""
        # Python's integers, because sums of squares of 64-bit amounts overflow.
        exact_revenue, exact_orders = revenue.astype(object), orders.astype(object)
        return cls(
            name=name,
            customers=len(revenue),
            buyers=int(np.count_nonzero(orders)),
            orders=int(exact_orders.sum()),
            orders_squares=int(exact_orders @ exact_orders),
            revenue=int(exact_revenue.sum()),
            revenue_squares=int(exact_revenue @ exact_revenue),
            cost=cost,
        )

    @property
    def conversion(self) -> Proportion:
        """Buyers of customers."""
        return Proportion(self.buyers, self.customers)

    @property
    def revenue_per_customer(self) -> Mean:
        """In minor units."""
        return _mean(self.revenue, self.revenue_squares, self.customers)

    @property
    def orders_per_customer(self) -> Mean:
        return _mean(self.orders, self.orders_squares, self.customers)


def _mean(total: int, squares: int, size: int) -> Mean:
    if size < 2:
        return Mean(float(total), 0.0, size)
    # In integers: subtracting two huge floats would leave no digits of the variance.
    return Mean(total / size, (size * squares - total**2) / (size * (size - 1)), size)
