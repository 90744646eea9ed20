"""Shops and orders for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from guanxi.commerce import services
from guanxi.commerce.models import Shop
from guanxi.commerce.types import (
    IncomingLine,
    IncomingOrder,
    IncomingOrderLines,
    IncomingPayment,
    OrderStatus,
)
from guanxi.customers.testing import profile

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PLACED = datetime(2026, 2, 1, 8, tzinfo=UTC)


def shop(name: str = "Linen house", **values: Any) -> Shop:
    return services.ensure_shop(name, **{"connector": "taobao", "currency": "CNY", "country": "CN", **values})


def order(number: int = 1, *, phone: str = "", **said: Any) -> IncomingOrder:
    """A paid order of two towels for 100.00, placed ``number`` hours after PLACED, of the buyer with this phone."""
    placed = said.pop("placed_at", PLACED + timedelta(hours=number))
    unpaid = said.get("status") in (OrderStatus.UNPAID, OrderStatus.CANCELLED)
    values: dict[str, Any] = {
        "external_id": f"N{number}",
        "currency": "CNY",
        "placed_at": placed,
        "status": OrderStatus.PAID,
        "total": 10_000,
        "paid_at": None if unpaid else placed,
        "paid_total": 0 if unpaid else 10_000,
        "lines": lines(2),
        "payments": () if unpaid else (IncomingPayment(amount=10_000, paid_at=placed),),
        "buyer": profile(phone=phone) if phone else None,
        "source_rows": (number + 1,),
    }
    return IncomingOrder(**{**values, **said})


def lines(count: int, *, total: int = 5_000) -> tuple[IncomingLine, ...]:
    return tuple(
        IncomingLine(title=f"Towel {number}", sku=f"T{number}", unit_price=total, total=total)
        for number in range(count)
    )


def record(
    orders: Sequence[IncomingOrder | IncomingOrderLines], *, shop: Shop, now: datetime = NOW
) -> services.RecordResult:
    return services.record_orders(orders, shop_id=shop.pk, source=shop.connector, now=now)
