"""What pages, the API and imports do to shops and orders."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from guanxi.commerce import incoming, recording
from guanxi.commerce.incoming import Place, Rejection
from guanxi.commerce.models import Shop
from guanxi.commerce.packing import Ready
from guanxi.commerce.recording import Batch, RecordResult
from guanxi.commerce.splitting import split_customer
from guanxi.commerce.types import IncomingOrder, IncomingOrderLines

__all__ = [
    "RecordResult",
    "Rejection",
    "ensure_shop",
    "record_orders",
    "record_prepared",
    "split_customer",
]


def record_orders(
    orders: Sequence[IncomingOrder | IncomingOrderLines],
    *,
    shop_id: int,
    source: str,
    now: datetime,
    import_id: int | None = None,
) -> RecordResult:
    """Record orders of one shop, with their customers and events, in one transaction.

    The same again changes nothing; an older saying never moves an order backwards; an order named twice is recorded
    once, as the last saying has it. Orders that cannot be are refused one by one in ``rejected``, the others go in.
    """
    country = Shop.objects.values_list("country", flat=True).get(pk=shop_id)
    ready = incoming.prepare(orders, Place(shop_id, country))
    return record_prepared(ready, shop_id=shop_id, source=source, now=now, import_id=import_id)


def record_prepared(
    ready: Iterable[Ready], *, shop_id: int, source: str, now: datetime, import_id: int | None = None
) -> RecordResult:
    """The second half of `record_orders`, for what `incoming.prepare` has made ahead, perhaps on another core."""
    return recording.record(ready, Batch(shop_id, import_id, source, now))


def ensure_shop(
    name: str, *, connector: str, currency: str, mapping: Mapping[str, Any] | None = None, **more: str
) -> Shop:
    """The shop of that name, made when there is none. ``more``: ``country``, ``time_zone``."""
    values = {"connector": connector, "currency": currency, "mapping": dict(mapping or {}), **more}
    shop, _made = Shop.objects.get_or_create(name=name, defaults=values)
    return shop
