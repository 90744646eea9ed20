"""Who a customer is now that was merged into another. The customers room knows and tells; core only asks.

Events keep the number they were announced with, because a merge may be undone. Whoever reads them by customer asks for
all the numbers of that customer, and whoever is handed them gets the number of today.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Now = Callable[[Collection[int]], Mapping[int, int]]
Everyone = Callable[[int], Sequence[int]]


_told: dict[str, Any] = {}


def tell(*, now: Now, everyone: Everyone) -> None:
    """Say how to find who customers are now: ``now`` gives those of the given that were merged into another, and that
    other; ``everyone`` a customer and all who were merged into it."""
    _told.update(now=now, everyone=everyone)


def now(customers: Collection[int]) -> Mapping[int, int]:
    """Those of these customers that were merged into another, and that other."""
    return _told["now"](customers) if customers and _told else {}


def everyone(customer_id: int) -> Sequence[int]:
    """A customer and all who were merged into it."""
    return _told["everyone"](customer_id) if _told else [customer_id]
