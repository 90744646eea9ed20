"""Fills an empty installation with the demo merchant, through the same doors that real data comes in by."""

import os
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from guanxi.commerce import queries
from guanxi.commerce import services as commerce
from guanxi.commerce.types import IncomingOrder
from guanxi.core import preferences
from guanxi.core.models import ExchangeRate, Role, User
from guanxi.core.permissions import sync_roles
from guanxi.workspace.demo.catalogue import SHOPS, USD_IN_CNY
from guanxi.workspace.demo.orders import merchant, orders_of
from guanxi.workspace.demo.people import invent
from guanxi.workspace.demo.process import Purchases, purchases

CHUNK = 20_000
"""Purchases made and recorded together, in order of time."""
EMAIL = "demo@example.com"
SIGN_IN_FILE = "demo-sign-in.txt"

Progress = Callable[[int, int], None]


class NotEmpty(RuntimeError):
    """The database has shops already; the demo never mixes with real data."""


@dataclass(frozen=True, slots=True)
class Built:
    customers: int
    orders: int
    shops: int
    first_day: str


def build(*, customers: int, months: int, seed: int, now: datetime, progress: Progress) -> Built:
    """Make the merchant, its shops and ``months`` of trade ending at ``now``. Same seed and day, same merchant.

    Raises NotEmpty when there is a shop already.
    """
    if queries.shops():
        raise NotEmpty(
            "This installation has shops already; the demo is for an empty one (set GUANXI_HOME to a new folder)"
        )
    rng = np.random.default_rng(seed)
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    first = today - timedelta(days=round(months * 30.4375))
    shop_ids = _merchant()
    home_shop = rng.choice(len(SHOPS), size=customers, p=[shop.share for shop in SHOPS])
    people = invent(rng, customers, international=home_shop == 1, today=today)
    bought = _in_order_of_time(purchases(rng, customers=customers, first=first, days=(today - first).days + 1))
    world = merchant(people, home_shop, rate=float(USD_IN_CNY))

    recorded, total = 0, bought.customer.size
    for begin in range(0, total, CHUNK):
        part = slice(begin, begin + CHUNK)
        by_shop: dict[int, list[IncomingOrder]] = defaultdict(list)
        for shop_index, order in orders_of(
            world,
            rng,
            customer=bought.customer[part],
            day=bought.day[part],
            repeat=bought.repeat[part],
            first=first,
            now=now,
            number_from=begin,
        ):
            by_shop[shop_index].append(order)
        for shop_index in sorted(by_shop):
            commerce.record_orders(
                by_shop[shop_index], shop_id=shop_ids[shop_index], source=SHOPS[shop_index].connector, now=now
            )
            recorded += len(by_shop[shop_index])
        progress(min(begin + CHUNK, total), total)
    return Built(customers=customers, orders=recorded, shops=len(SHOPS), first_day=first.isoformat())


def _merchant() -> list[int]:
    preferences.put("merchant_name", "棉语家居 Mianyu Home")
    preferences.put("currency", "CNY")
    ExchangeRate.objects.update_or_create(currency="USD", defaults={"rate": Decimal(USD_IN_CNY)})
    return [
        commerce.ensure_shop(
            shop.name,
            connector=shop.connector,
            currency=shop.currency,
            time_zone=shop.time_zone,
            country=shop.country,
        ).pk
        for shop in SHOPS
    ]


def _in_order_of_time(bought: Purchases) -> Purchases:
    order = np.argsort(bought.day, kind="stable")
    return Purchases(bought.customer[order], bought.day[order], bought.repeat[order])


def make_sign_in(*, password: str | None = None) -> str:
    """The demo's administrator; the password is made at random and kept where `guanxi serve` shows it from."""
    sync_roles()
    password = password or secrets.token_urlsafe(9)
    user = User.objects.create_user(EMAIL, password, name="Demo")
    user.roles.set(Role.objects.filter(code="administrator"))
    path = settings.GUANXI_HOME / SIGN_IN_FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{EMAIL} / {password}\n")
    return password
