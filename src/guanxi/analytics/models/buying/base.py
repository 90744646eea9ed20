"""What a model of buying is: a likelihood of histories, and what it expects of those who have them."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from guanxi.analytics.models.buying.histories import Floats, Histories


class BuyingModel(ABC):
    """A model with positive parameters. ``values`` are the parameters in the order of ``parameters``; instances hold
    nothing."""

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]]
    scale_of: ClassVar[tuple[bool, ...]]
    """Which parameters are times, in the unit of the histories."""
    usual: ClassVar[tuple[float, ...]]
    """Values that are common in published data; times in days. The centre of the prior."""
    most_fitted: ClassVar[int | None] = None
    """Fitted on a sample of this many customers when there are more."""

    @abstractmethod
    def log_likelihood(self, values: Floats, histories: Histories) -> Floats:
        """Of each row, for one customer."""

    @abstractmethod
    def total_and_gradient(self, values: Floats, histories: Histories) -> tuple[float, Floats]:
        """Log-likelihood of all customers, and its gradient by the logarithms of the parameters."""

    @abstractmethod
    def alive(self, values: Floats, histories: Histories) -> Floats:
        """P(alive) of each row: the chance that the customer has not left for good by their age."""

    @abstractmethod
    def expected_if_alive(self, values: Floats, repeats: Floats, age: Floats, until: Floats, nodes: int = 32) -> Floats:
        """Expected orders within each time ``until`` from now of customers who are alive; times by rows.

        ``nodes`` is the precision of an integral, where there is one.
        """

    @abstractmethod
    def next_order_if_alive(self, values: Floats, repeats: Floats, age: Floats, chance: Floats) -> Floats:
        """Time from now within which a customer who is alive orders with this chance; infinite when never so likely."""

    @abstractmethod
    def order_if_alive(self, values: Floats, repeats: Floats, age: Floats, until: float) -> Floats:
        """Chance of at least one order within ``until`` from now, of customers who are alive."""

    def expected(self, values: Floats, histories: Histories, until: float) -> Floats:
        """Expected orders of each row within ``until`` from now."""
        repeats, age, at = histories.pairs
        future = self.expected_if_alive(values, repeats.astype(np.float64), age, np.array([until]))[0]
        return self.alive(values, histories) * future[at]

    def chance_of_order(self, values: Floats, histories: Histories, until: float) -> Floats:
        """Chance of each row to order at least once within ``until`` from now."""
        repeats, age, at = histories.pairs
        future = self.order_if_alive(values, repeats.astype(np.float64), age, until)
        return self.alive(values, histories) * future[at]

    def next_order(self, values: Floats, histories: Histories) -> Floats:
        """Time from now by which each row is as likely as not to have ordered; infinite for those who more likely
        never will."""
        alive = self.alive(values, histories)
        with np.errstate(divide="ignore"):
            chance = np.minimum(0.5 / alive, 1.0)
        return self.next_order_if_alive(values, histories.repeats.astype(np.float64), histories.age, chance)

    def discounted_if_alive(
        self, values: Floats, repeats: Floats, age: Floats, *, periods: int, period: float, discount: float, nodes: int
    ) -> Floats:
        """Expected orders over ``periods`` to come, those of the k-th counted at ``(1 + discount) ** -k``."""
        ends: Floats = period * np.arange(1, periods + 1, dtype=np.float64)
        expected = self.expected_if_alive(values, repeats, age, ends, nodes)
        each = np.diff(expected, axis=0, prepend=0.0)
        weights = (1 + discount) ** -np.arange(1.0, periods + 1)
        return np.asarray(weights @ each)
