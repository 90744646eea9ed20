"""What the demo merchant gives customers for coming back: tiers, the points of a year, and coupons with their use."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from django.utils import translation
from django.utils.translation import gettext as _
from numpy.random import Generator

from guanxi.commerce import queries as commerce
from guanxi.core import preferences
from guanxi.core.money import Minor, to_minor
from guanxi.loyalty import queries as loyalty
from guanxi.loyalty.coupons import services as coupons
from guanxi.loyalty.coupons.services import CouponPlan
from guanxi.loyalty.coupons.types import Basket, BasketLine
from guanxi.loyalty.points import services as points
from guanxi.loyalty.points.services import RuleTerms
from guanxi.loyalty.points.types import NotEnough, RuleKind
from guanxi.loyalty.tiers import services as tiers
from guanxi.loyalty.tiers.types import ProgrammeDraft
from guanxi.warehouse import queries as warehouse

YEAR = timedelta(days=365)
TOP_SHARES = (0.4, 0.15, 0.05, 0.01)
"""Of the year's buyers who hold silver and better, gold and better …"""
LOOKED_AT = (240, 150, 60, 0)
"""Days ago on which tiers were evaluated, so that there is a history."""
SPENT, USED = 50, 25
"""Customers who come to spend points, and uses of each coupon: a few, because each is a till's own step."""
RECENT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as a till knows it."""

    number: str
    shop_id: int
    customer_id: int
    currency: str
    total: Minor
    at: datetime


def reward(*, now: datetime, seed: int, language: str) -> None:
    """Everything, with names in ``language``, from what the warehouse says of the orders. Same seed, same result."""
    rng = np.random.default_rng(seed + 2)
    with translation.override(language), preferences.read(preferences.EVERYWHERE):
        _tiers(now=now)
        _points(now=now)
        orders = _recent(now)
        _spend(rng, now=now)
        _coupons(rng, orders, now=now)


def _tiers(*, now: datetime) -> None:
    """Silver to diamond, by what the best customers of the year spent."""
    orders = warehouse.table("orders")
    counted = orders.filter(orders.counted & orders.customer_id.notnull() & (orders.placed_at >= now - YEAR))
    sums = counted.group_by("customer_id").aggregate(spend=counted.net_value.sum())
    spend = np.asarray(warehouse.execute(sums)["spend"], dtype=np.float64)
    hundred = to_minor(100, preferences.currency())
    steps = [round(float(np.quantile(spend, 1 - share)) / hundred) if spend.size else 0 for share in TOP_SHARES]
    drafts = [
        replace(draft, min_spend=hundred * max(step, rank))
        for rank, (draft, step) in enumerate(zip(tiers.starting_set(), steps, strict=True), start=1)
    ]
    first, *later = (now - timedelta(days=days) for days in LOOKED_AT)
    number, _moved = tiers.save_programme(ProgrammeDraft(name=_("Member tiers"), tiers=drafts), now=first)
    for moment in later:
        tiers.evaluate(number, now=moment)


def _points(*, now: datetime) -> None:
    """A point for each unit of money, double in the week before today; all orders of the year have theirs."""
    begin = now - YEAR
    terms = {"name": _("Points"), "active": True, "starts_at": begin, "spend_minimum": 100}
    programme = points.save_programme(points.default(now=begin), terms=terms, shop_ids=(), user=None, now=begin)
    unit = to_minor(1, preferences.currency())
    for rule in (
        RuleTerms(kind=RuleKind.AMOUNT, points=1, per_amount=unit),
        RuleTerms(kind=RuleKind.AMOUNT, points=2, per_amount=unit, valid_from=now - timedelta(days=7), valid_until=now),
        RuleTerms(kind=RuleKind.SIGNUP, points=50),
        RuleTerms(kind=RuleKind.BIRTHDAY, points=100),
        RuleTerms(kind=RuleKind.REVIEW, points=20, cap=200),
    ):
        points.add_rule(programme.pk, rule, user=None, now=begin)
    points.follow_all(since=begin, clock=lambda: now)


def _recent(now: datetime) -> list[Bought]:
    """Paid orders of the merchant's currency of the last weeks whose buyer is known, oldest first."""
    orders = warehouse.table("orders")
    wanted = orders.filter(
        orders.counted
        & orders.customer_id.notnull()
        & (orders.currency == preferences.currency())
        & (orders.placed_at >= now - RECENT)
        & (orders.refunded_total == 0)
    ).order_by("order_id")
    rows = warehouse.execute(
        wanted.select("external_id", "shop_id", "customer_id", "currency", "total", "placed_at")
    ).to_pylist()
    return [
        Bought(row["external_id"], row["shop_id"], row["customer_id"], row["currency"], row["total"], row["placed_at"])
        for row in rows
    ]


def _spend(rng: Generator, *, now: datetime) -> None:
    """Some have spent a part of their points at the till."""
    shop_id = commerce.shops()[0].id
    orders = warehouse.table("orders")
    known = orders.filter(orders.counted & orders.customer_id.notnull()).select("customer_id").distinct()
    ids = np.sort(np.asarray(warehouse.execute(known)["customer_id"]))
    for number, customer in enumerate(rng.permutation(ids)[:SPENT].tolist()):
        wanted = 100 * int(1 + 9 * rng.random())
        said = {"customer_id": customer, "shop_id": shop_id, "points": wanted, "reference": f"demo-{number}"}
        with suppress(NotEnough):
            points.commit(points.reserve(**said, now=now).id, now=now)


def _coupons(rng: Generator, orders: list[Bought], *, now: datetime) -> None:
    """A code for new customers, a coupon of their own for the better tiers, and cash back."""
    begin, money = now - RECENT - timedelta(days=1), to_minor(10, preferences.currency())
    currency = preferences.currency()
    welcome, own, back = (
        _in_use(plan, now=begin)
        for plan in (
            CouponPlan(
                name=_("Welcome"),
                kind="percent_off",
                currency=currency,
                params={"share": 1_000, "cap": 5 * money},
                shared_code="WELCOME10",
                limit_per_customer=1,
            ),
            CouponPlan(
                name=_("Thank you, members"),
                kind="amount_off",
                currency=currency,
                params={"amount": 3 * money},
                conditions={"min_spend": 10 * money},
                code_style="unique",
                prefix="VIP",
                valid_days=90,
            ),
            CouponPlan(
                name=_("Points back in autumn"),
                kind="cash_back",
                currency=currency,
                params={"share": 500, "cap": 5 * money},
                shared_code="BACK5",
                limit_per_customer=2,
            ),
        )
    )
    buyers = sorted({one.customer_id for one in orders})
    members = sorted(loyalty.benefits_of(buyers, now))
    coupons.issue(own, members, now=begin)
    chosen = [orders[place] for place in sorted(rng.permutation(len(orders))[: 3 * USED].tolist())]
    for number, order in enumerate(chosen):
        coupon = (welcome, own, back)[number % 3]
        codes = [{welcome: "WELCOME10", back: "BACK5"}.get(coupon, "")]
        _use(order, [code for code in codes if code])


def _in_use(plan: CouponPlan, *, now: datetime) -> int:
    number = coupons.create_coupon(plan, user=None, now=now)
    coupons.set_state(number, "active", user=None, now=now)
    return number


def _use(order: Bought, codes: list[str]) -> None:
    """At the till: these codes, or what the customer holds."""
    line = BasketLine(key="1", total=order.total)
    basket = Basket(currency=order.currency, lines=(line,), shop_id=order.shop_id, customer_id=order.customer_id)
    with suppress(coupons.Refused):
        coupons.redeem(basket, codes, order_number=order.number, held=not codes, now=order.at)
