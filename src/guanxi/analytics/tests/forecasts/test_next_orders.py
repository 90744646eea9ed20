"""Next orders: what is written for each customer, how long products last, and what people see of it."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guanxi.analytics import services
from guanxi.analytics.models.stored import ModelRun, NextOrder, RunState
from guanxi.analytics.tests.forecasts.buyers import NOW, Row
from guanxi.analytics.tests.forecasts.tastes import tasteful
from guanxi.core import tokens
from guanxi.core.testing import make_user, signed_in
from guanxi.warehouse.testing import given

NAME = "next_orders"
ZONE = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.django_db


def run(tables: dict[str, list[Row]]) -> ModelRun:
    with given(tables, now=NOW):
        return services.run_forecast(NAME, now=NOW, progress=lambda *_: None)


def article_days(tables: dict[str, list[Row]]) -> dict[tuple[int, int], list[date]]:
    """Days on which each customer bought each product, in order."""
    of = {row["order_id"]: row for row in tables["orders"]}
    found: dict[tuple[int, int], set[date]] = defaultdict(set)
    for line in tables["order_lines"]:
        row = of[line["order_id"]]
        found[row["customer_id"], line["product_id"]].add(row["placed_at"].astimezone(ZONE).date())
    return {pair: sorted(days) for pair, days in found.items()}


def test_dates_are_ahead_and_in_order() -> None:
    made = run(tasteful())
    assert (made.state, made.customers) == (RunState.DONE, 400)
    rows = list(NextOrder.objects.all())
    dated = [row for row in rows if row.due_at]
    assert len(dated) == made.result["told"] > 100
    for row in dated:
        assert row.due_from <= row.due_at <= row.due_until  # type: ignore[operator]
        assert row.due_at > NOW - timedelta(days=1)  # type: ignore[operator]
        assert row.due_at.astimezone(ZONE).hour == 0  # type: ignore[union-attr]
    soon = sum((row.due_at.astimezone(ZONE).date() - NOW.date()).days <= 14 for row in dated)  # type: ignore[union-attr]
    assert made.result["soon"]["14"] == soon


def test_held_out_orders_came_as_expected() -> None:
    made = run(tasteful(1_500))
    assert made.quality["customers"] > 100
    assert made.quality["seen"] == pytest.approx(made.quality["expected"], rel=0.15)
    assert 15 < made.result["usual"] < 60


def test_how_long_products_last_as_counted_by_hand() -> None:
    tables = tasteful()
    made = run(tables)
    days = article_days(tables)
    gaps, rebuyers = defaultdict(list), defaultdict(int)
    for (_customer, product), when in days.items():
        rebuyers[product] += len(when) > 1
        gaps[product] += [(later - sooner).days for sooner, later in pairwise(when)]
    titles = {row["title"]: row["product_id"] for row in tables["products"]}
    told = {titles[row["product"]]: row for row in made.result["products"]}
    assert told.keys() == {product for product, count in rebuyers.items() if count >= 10}
    for product, row in told.items():
        assert row["rebuyers"] == rebuyers[product]
        assert row["buyers"] == sum(pair[1] == product for pair in days)
        assert [row[name] for name in ("quarter", "median", "three_quarters")] == pytest.approx(
            np.quantile(gaps[product], [0.25, 0.5, 0.75]).tolist()
        )


def test_the_product_is_one_that_the_customer_bought_twice() -> None:
    tables = tasteful()
    run(tables)
    days = article_days(tables)
    rows = [row for row in NextOrder.objects.all() if row.due_product_id]
    assert len(rows) > 50
    for row in rows:
        assert len(days[row.customer_id, row.due_product_id]) > 1  # type: ignore[index]
        assert row.due_product_at is not None


def test_with_too_little_it_says_so_and_empties_what_was() -> None:
    NextOrder.objects.create(customer_id=5, due_at=NOW)
    made = run(tasteful(10))
    assert (made.state, made.message) == (RunState.NOT_ENOUGH, "returned")
    assert NextOrder.objects.get().due_at is None
    assert run({}).message == "no_orders"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages(client: Client, language: str) -> None:
    run(tasteful())
    signed_in(client, role="marketer")
    client.cookies["django_language"] = language
    shown = client.get(reverse("analytics:model", args=[NAME])).content.decode()
    assert "towels 1" in shown
    assert "due_again" in shown
    exported = client.get(reverse("analytics:model_csv", args=[NAME, "products"]))
    assert b"towels 1" in b"".join(exported.streaming_content)  # type: ignore[attr-defined]


def test_the_customers_page_and_the_endpoint(client: Client) -> None:
    now = timezone.now()
    apps.get_model("customers", "Customer").objects.create(pk=5, created_at=now, updated_at=now)
    due = [datetime(2026, 6, day, tzinfo=ZONE) for day in (3, 9, 24)]
    NextOrder.objects.create(customer_id=5, due_from=due[0], due_at=due[1], due_until=due[2])
    signed_in(client, role="marketer")
    shown = client.get(reverse("customers:page", args=[5])).content.decode()
    assert "Due to buy again" in shown and "2026-06-09" in shown
    headers = {"Authorization": f"Bearer {tokens.issue(owner=make_user(), name='t', scopes=['analytics.view'])[1]}"}
    address = f"/api/v1/models/{NAME}/customers"
    assert client.get(f"{address}/5", headers=headers).json()["at"].startswith("2026-06-0")
    assert client.get(f"{address}/6", headers=headers).status_code == 404
