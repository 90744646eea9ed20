"""How many times the points each customer gets: a place for tiers to say so."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol


class Multiplier(Protocol):
    def __call__(self, customer_ids: Sequence[int], now: datetime) -> Mapping[int, Decimal]:
        """What the points of an order are multiplied by, for those for whom it is not 1; at most three decimals."""


_sources: list[Multiplier] = []


def provide(source: Multiplier) -> None:
    """Ask this source from now on; called once at start. Of several sources the largest number holds."""
    _sources.append(source)


def multiplier(customer_ids: Sequence[int], now: datetime) -> dict[int, Decimal]:
    """Multipliers of a batch of customers that are not 1."""
    found: dict[int, Decimal] = {}
    for source in _sources:
        for customer_id, factor in source(customer_ids, now).items():
            found[customer_id] = max(factor, found.get(customer_id, factor))
    return {customer_id: factor for customer_id, factor in found.items() if factor != 1}
