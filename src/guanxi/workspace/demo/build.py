"""Fills an empty installation with the demo merchant, through the same doors that real data comes in by."""

import os
import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from guanxi.commerce import queries
from guanxi.commerce import services as commerce
from guanxi.core import preferences
from guanxi.core.ahead import ahead
from guanxi.core.models import ExchangeRate, Role, User
from guanxi.core.permissions import sync_roles
from guanxi.workspace.demo.catalogue import SHOPS, USD_IN_CNY
from guanxi.workspace.demo.trade import Trade, portions

MANY = 4_000
"""Customers from which making their orders on another core saves more than its process needs to start."""
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


def check_empty() -> None:
    """Raises NotEmpty when there is a shop already."""
    if queries.shops():
        raise NotEmpty(
            "This installation has shops already; the demo is for an empty one (set GUANXI_HOME to a new folder)"
        )


def build(*, customers: int, months: int, seed: int, now: datetime, progress: Progress) -> Built:
    """Make the merchant, its shops and ``months`` of trade ending at ``now``. Same seed and day, same merchant."""
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    first = today - timedelta(days=round(months * 30.4375))
    trade = Trade(customers=customers, first=first, today=today, now=now, seed=seed, shop_ids=tuple(_merchant()))
    recorded = 0
    with closing(ahead(portions, trade, on_another_core=customers >= MANY)) as made:
        for portion in made:
            for index, ready in portion.ready.items():
                commerce.record_prepared(ready, shop_id=trade.shop_ids[index], source=SHOPS[index].connector, now=now)
                recorded += len(ready)
            progress(portion.done, portion.total)
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
