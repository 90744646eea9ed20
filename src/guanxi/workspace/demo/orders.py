"""Turns the demo merchant's purchases into orders as its shops would export them."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from guanxi.commerce.types import (
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
    OrderStatus,
)
from guanxi.customers.types import (
    Channel,
    IdentifierKind,
    IncomingConsent,
    IncomingIdentifier,
    IncomingProfile,
    Purpose,
)
from guanxi.workspace.demo.catalogue import SHOPS, DemoShop, Item, items
from guanxi.workspace.demo.people import Person

SAME_PERSON_ELSEWHERE = 0.14
"""Share of repeat orders placed in another shop than the customer's own."""
DRAWS = 16
"""Chances that make one order what it is."""
CARRIERS = ("顺丰速运", "中通快递", "圆通速递", "京东物流")


@dataclass(frozen=True, slots=True)
class Merchant:
    """Everything about the demo that stays the same while orders are made."""

    people: list[Person]
    home_shop: list[int]
    """Index into SHOPS of each person's own shop."""
    items: list[Item]
    popularity: list[float]
    """Running sum of each item's share of sales."""
    rate: float
    """CNY for one USD."""


def merchant(people: list[Person], home_shop: NDArray[np.int64], *, rate: float) -> Merchant:
    catalogue = items()
    share = 1 / np.arange(1, len(catalogue) + 1) ** 0.7
    return Merchant(people, home_shop.tolist(), catalogue, np.cumsum(share / share.sum()).tolist(), rate)


def orders_of(
    world: Merchant,
    rng: Generator,
    *,
    customer: NDArray[np.int64],
    day: NDArray[np.float64],
    repeat: NDArray[np.int64],
    first: date,
    now: datetime,
    number_from: int,
) -> Iterator[tuple[int, IncomingOrder]]:
    """(index of shop, order) for each purchase. Orders that would lie after ``now`` are left out."""
    zones = [ZoneInfo(shop.time_zone) for shop in SHOPS]
    midnight = datetime.combine(first, time(), tzinfo=UTC)
    purchases = zip(
        customer.tolist(), day.tolist(), repeat.tolist(), rng.random((customer.size, DRAWS)).tolist(), strict=True
    )
    for number, (buyer, days, turn, draws) in enumerate(purchases, number_from):
        shop_index = world.home_shop[buyer]
        if turn and draws[0] < SAME_PERSON_ELSEWHERE:
            shop_index = 2 if shop_index != 2 else 0
        local = (midnight + timedelta(days=days)).replace(tzinfo=zones[shop_index], microsecond=0)
        placed_at = local.astimezone(UTC)
        if placed_at <= now:
            yield shop_index, _order(world, SHOPS[shop_index], world.people[buyer], draws, placed_at, now, number)


def _order(
    world: Merchant,
    shop: DemoShop,
    person: Person,
    draws: list[float],
    at: datetime,
    now: datetime,
    number: int,
) -> IncomingOrder:
    lines = _lines(world, shop, person, draws)
    items_total = sum(line.total for line in lines)
    shipping = 0 if items_total > 9900 or shop.connector == "table" else 1000
    discount = items_total // 10 if draws[1] < 0.22 else 0
    total = items_total - discount + shipping
    state = _life(shop, draws, at, now)
    paid = state.paid_at is not None
    refunds = []
    if state.refunded_at:
        part = 1.0 if state.status == OrderStatus.REFUNDED else 0.3 + 0.4 * draws[2]
        refunds = [IncomingRefund(amount=int(total * part), refunded_at=state.refunded_at, reason="")]
    shipments = []
    if state.shipped_at and shop.connector != "table":
        carrier = CARRIERS[number % len(CARRIERS)]
        shipments = [
            IncomingShipment(
                carrier=carrier,
                tracking_number=f"GX{number:012}",
                shipped_at=state.shipped_at,
                delivered_at=state.completed_at,
            )
        ]
    return IncomingOrder(
        external_id=f"{1 + SHOPS.index(shop)}{number:017}",
        currency=shop.currency,
        placed_at=at,
        status=state.status,
        total=total,
        paid_at=state.paid_at,
        shipped_at=state.shipped_at,
        completed_at=state.completed_at,
        cancelled_at=state.cancelled_at,
        paid_total=total if paid else 0,
        discount_total=discount,
        shipping_total=shipping,
        discount_codes=("WELCOME10",) if discount else (),
        country=person.country,
        region=person.region,
        lines=lines,
        payments=[IncomingPayment(amount=total, paid_at=state.paid_at, method="")] if state.paid_at else [],
        refunds=refunds,
        shipments=shipments,
        buyer=None if draws[3] < shop.guests else _buyer(shop, person, at),
    )


def _lines(world: Merchant, shop: DemoShop, person: Person, draws: list[float]) -> list[IncomingLine]:
    count = 1 + int(draws[4] * draws[4] * 4)
    chosen: dict[str, IncomingLine] = {}
    for position in range(count):
        draw = draws[5 + position]
        if person.number % 3 == 0:
            draw *= draw  # a third of the people keep to the popular towels and bedding
        item = world.items[min(bisect_left(world.popularity, draw), len(world.items) - 1)]
        quantity = 1 + int(draws[9 + position] * draws[9 + position] * 3)
        price = item.price if shop.currency == "CNY" else int(item.price / world.rate * 1.25) // 100 * 100 + 99
        chosen[item.sku] = IncomingLine(
            title=item.title if shop.currency == "CNY" else item.title_en,
            sku=item.sku,
            category=item.category,
            quantity=quantity,
            unit_price=price,
            total=price * quantity,
        )
    return list(chosen.values())


@dataclass(frozen=True, slots=True)
class Life:
    status: OrderStatus
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    refunded_at: datetime | None = None


def _life(shop: DemoShop, draws: list[float], at: datetime, now: datetime) -> Life:
    """How far an order placed at ``at`` has come by ``now``."""
    if shop.connector == "table":
        return Life(OrderStatus.COMPLETED, paid_at=at, shipped_at=at, completed_at=at)
    if draws[13] < 0.07:
        closed_at = at + timedelta(days=3)
        return Life(OrderStatus.CANCELLED, cancelled_at=closed_at) if closed_at < now else Life(OrderStatus.UNPAID)
    paid_at = at + timedelta(minutes=1 + int(draws[14] * draws[14] * 300))
    shipped_at = paid_at + timedelta(hours=6 + int(draws[15] * 40))
    completed_at = shipped_at + timedelta(days=3 + int(draws[14] * 6))
    refunded_at = completed_at + timedelta(days=1)
    if paid_at > now:
        return Life(OrderStatus.UNPAID)
    if shipped_at > now:
        return Life(OrderStatus.PAID, paid_at)
    if completed_at > now:
        return Life(OrderStatus.SHIPPED, paid_at, shipped_at)
    if draws[13] > 0.95 and refunded_at < now:
        status = OrderStatus.REFUNDED if draws[13] > 0.97 else OrderStatus.COMPLETED
        return Life(status, paid_at, shipped_at, completed_at, None, refunded_at)
    return Life(OrderStatus.COMPLETED, paid_at, shipped_at, completed_at)


def _buyer(shop: DemoShop, person: Person, at: datetime) -> IncomingProfile:
    identifiers = []
    if shop.connector == "taobao" and person.account:
        identifiers.append(IncomingIdentifier(IdentifierKind.PLATFORM_ACCOUNT, person.account))
    if shop.connector == "shopify":
        identifiers.append(IncomingIdentifier(IdentifierKind.EXTERNAL_ID, str(7_000_000_000 + person.number)))
    if person.phone:
        identifiers.append(IncomingIdentifier(IdentifierKind.PHONE, person.phone))
    if person.email and shop.connector != "table":
        identifiers.append(IncomingIdentifier(IdentifierKind.EMAIL, person.email))
    consents = []
    if person.email:
        consents = [IncomingConsent(Channel.EMAIL, Purpose.MARKETING, granted=person.accepts_email, at=at)]
    return IncomingProfile(
        identifiers=identifiers,
        name=person.name,
        gender=person.gender,
        birth_date=person.birth_date,
        country=person.country,
        region=person.region,
        city=person.city,
        address=person.address,
        language=person.language,
        consents=consents,
        seen_at=at,
    )
