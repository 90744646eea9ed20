"""The demo merchant's orders, made up and prepared a portion at a time by code that knows no database.

So it can run ahead of the recording, on another core where there is one; see `core.ahead`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from guanxi.commerce import incoming, packing
from guanxi.commerce.types import IncomingOrder
from guanxi.workspace.demo.catalogue import SHOPS, USD_IN_CNY
from guanxi.workspace.demo.orders import merchant, orders_of
from guanxi.workspace.demo.people import invent
from guanxi.workspace.demo.process import Purchases, purchases

PORTION = 8_000
"""Purchases made and recorded together, in order of time."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What the orders are made from, wherever that is done."""

    customers: int
    first: date
    today: date
    now: datetime
    seed: int
    shop_ids: tuple[int, ...]
    """In the order of SHOPS."""


@dataclass(slots=True)
class Portion:
    """The next orders of all shops, ready to be recorded."""

    done: int
    """Purchases of this portion and those before it."""
    total: int
    """Purchases in all."""
    ready: Mapping[int, list[packing.Ready]]
    """By index of the shop, in order of it."""

    def __reduce__(self) -> tuple[Any, ...]:
        """How it passes between processes."""
        packed = {shop: packing.pack(ready) for shop, ready in self.ready.items()}
        return _unpacked, (self.done, self.total, packed)


def _unpacked(done: int, total: int, packed: Mapping[int, bytes]) -> Portion:
    return Portion(done, total, {shop: packing.unpack(ready) for shop, ready in packed.items()})


def portions(trade: Trade) -> Iterator[Portion]:
    """All orders of the trade in order of time. The same trade gives the same orders."""
    rng = np.random.default_rng(trade.seed)
    home_shop = rng.choice(len(SHOPS), size=trade.customers, p=[shop.share for shop in SHOPS])
    people = invent(rng, trade.customers, international=home_shop == 1, today=trade.today)
    days = (trade.today - trade.first).days + 1
    bought = _in_order_of_time(purchases(rng, customers=trade.customers, first=trade.first, days=days))
    world = merchant(people, home_shop, rate=float(USD_IN_CNY))
    total = bought.customer.size
    for begin in range(0, total, PORTION):
        part = slice(begin, begin + PORTION)
        by_shop: dict[int, list[IncomingOrder]] = {index: [] for index in range(len(SHOPS))}
        for shop_index, order in orders_of(
            world,
            rng,
            customer=bought.customer[part],
            day=bought.day[part],
            repeat=bought.repeat[part],
            first=trade.first,
            now=trade.now,
            number_from=begin,
        ):
            by_shop[shop_index].append(order)
        ready = {
            index: incoming.prepare(orders, incoming.Place(trade.shop_ids[index], SHOPS[index].country))
            for index, orders in by_shop.items()
        }
        yield Portion(min(begin + PORTION, total), total, ready)


def _in_order_of_time(bought: Purchases) -> Purchases:
    order = np.argsort(bought.day, kind="stable")
    return Purchases(bought.customer[order], bought.day[order], bought.repeat[order])
