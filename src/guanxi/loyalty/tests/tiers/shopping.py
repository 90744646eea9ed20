"""Customers who buy, for the tests of tiers."""

from datetime import datetime, timedelta
from typing import Any

from guanxi.commerce.models import Order, Shop
from guanxi.commerce.testing import order, record, shop
from guanxi.commerce.types import IncomingRefund


def phone(customer: int) -> str:
    return f"+86139{customer:08d}"


def buy(
    customer: int,
    total: int,
    at: datetime,
    *,
    refunded: int = 0,
    where: Shop | None = None,
    number: int = 0,
    **said: Any,
) -> int:
    """One paid order of an invented customer; the same ``number`` again corrects it. Gives the customer's id."""
    place = where or shop()
    number = number or Order.objects.count() + 1
    refunds = (IncomingRefund(amount=refunded, refunded_at=at + timedelta(days=1)),) if refunded else ()
    values = {"total": total, "paid_total": total, "placed_at": at, "payments": (), "refunds": refunds, **said}
    record([order(number, phone=phone(customer), **values)], shop=place, now=at)
    return Order.objects.get(shop=place, external_id=f"N{number}").customer_id or 0
