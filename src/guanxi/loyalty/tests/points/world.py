"""A merchant with a programme for tests: 1 point for each whole yuan, valid after 7 days, for 12 months."""

from datetime import UTC, datetime, timedelta
from typing import Any

from guanxi.commerce.models import Order, Shop
from guanxi.commerce.testing import order, record
from guanxi.commerce.testing import shop as make_shop
from guanxi.commerce.types import IncomingRefund
from guanxi.core import events
from guanxi.core.models import User
from guanxi.core.testing import make_user
from guanxi.loyalty.models import PointsProgramme
from guanxi.loyalty.points import queries, services
from guanxi.loyalty.points.services import RuleTerms
from guanxi.loyalty.points.types import Balance, RuleKind

PAID = datetime(2026, 2, 1, 8, tzinfo=UTC)
VALID = PAID + timedelta(days=7)
BEFORE = PAID - timedelta(days=30)


def programme(**terms: Any) -> PointsProgramme:
    """The default programme with one rule: a point for each 1.00. ``rules=()`` makes it without."""
    rules = terms.pop("rules", (RuleTerms(kind=RuleKind.AMOUNT, points=1, per_amount=100),))
    user = staff()
    values = {"name": "Points", "active": True, "starts_at": BEFORE, "spend_minimum": 1, **terms}
    made = services.save_programme(PointsProgramme(is_default=True), terms=values, shop_ids=(), user=user, now=BEFORE)
    for rule in rules:
        services.add_rule(made.pk, rule, user=user, now=BEFORE)
    return made


def staff() -> User:
    return User.objects.filter(email="points@shop.example").first() or make_user(email="points@shop.example")


def shop(name: str = "Linen house") -> Shop:
    return Shop.objects.filter(name=name).first() or make_shop(name)


def buy(number: int = 1, *, total: int = 10_000, phone: str = "+8613912340001", **said: Any) -> Order:
    """An order paid at PAID, recorded, and its points given."""
    home = said.pop("shop", None) or shop()
    now = said.pop("now", PAID)
    values = {"total": total, "paid_at": PAID, "placed_at": PAID, "lines": (), **said}
    record([order(number, phone=phone, **values)], shop=home, now=now)
    row = Order.objects.get(shop=home, external_id=f"N{number}")
    services.follow([row.pk], now=now)
    return row


def refund(number: int, amount: int, *, now: datetime, total: int = 10_000, **said: Any) -> None:
    """Give back ``amount`` in all of an order made by `buy`."""
    refunds = (IncomingRefund(amount=amount, refunded_at=now),)
    buy(number, total=total, refunds=refunds, source_updated_at=now, now=now, **said)


def balance(customer_id: int | None, *, now: datetime) -> Balance:
    assert customer_id is not None
    (found,) = queries.balances(customer_id, now=now)
    return found


def has(customer_id: int | None, *, now: datetime) -> tuple[int, int, int, int]:
    """Spendable, pending, held, debt."""
    found = balance(customer_id, now=now)
    return (found.spendable, found.pending, found.held, found.debt)


def drain(now: datetime) -> None:
    while events.read_next("loyalty.points", now=now):
        pass
