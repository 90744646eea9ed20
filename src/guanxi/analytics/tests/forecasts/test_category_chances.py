"""Chances of categories: what is written, how it is tested against time, and what people see of it."""

from collections import Counter

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guanxi.analytics import services
from guanxi.analytics.forecasts import baskets, category_chances
from guanxi.analytics.forecasts.base import Context
from guanxi.analytics.models.leaning import trees
from guanxi.analytics.models.stored import CategoryChance, ModelRun, RunState
from guanxi.analytics.tests.forecasts.buyers import NOW, Row
from guanxi.analytics.tests.forecasts.tastes import GROUPS, tasteful
from guanxi.analytics.tests.forecasts.test_next_products import ZONE
from guanxi.core import tokens
from guanxi.core.testing import make_user, signed_in
from guanxi.warehouse.testing import given

NAME = "category_chances"


def run(tables: dict[str, list[Row]]) -> ModelRun:
    with given(tables, now=NOW):
        return services.run_forecast(NAME, now=NOW, progress=lambda *_: None)


@pytest.mark.django_db
def test_the_likeliest_tenths_of_each_category() -> None:
    made = run(tasteful(900))
    assert made.state == RunState.DONE
    told = {one["category"]: one for one in made.result["categories"]}
    assert told.keys() == set(GROUPS)
    rows = list(CategoryChance.objects.all())
    for category, one in told.items():
        mine = [row for row in rows if row.category == category]
        tenths = Counter(row.tenth for row in mine)
        assert tenths.keys() == {1, 2, 3}
        assert tenths[1] == pytest.approx(made.customers / 10, abs=1)
        lowest = {tenth: min(row.chance for row in mine if row.tenth == tenth) for tenth in (1, 2)}
        assert lowest[1] >= max(row.chance for row in mine if row.tenth == 2)
        assert sum(tenth["buyers"] for tenth in one["tenths"]) == one["buyers"] >= category_chances.MIN_BUYERS
        assert one["auc"] >= one["plain_auc"] > 0.7  # the customers were given tastes
        assert one["with_trees"] == (one["auc"] > one["plain_auc"])


def test_categories_are_numbered_by_their_buyers() -> None:
    tables = tasteful(200)
    with given(tables, now=NOW) as snapshot:
        read = baskets.read(Context(snapshot, NOW, ZONE, "CNY"))
    assert read is not None
    names, bought = category_chances.categories(read)
    of = {row["order_id"]: row for row in tables["orders"]}
    category = {row["product_id"]: row["category"] for row in tables["products"]}
    plain = {
        (
            of[line["order_id"]]["customer_id"],
            category[line["product_id"]],
            of[line["order_id"]]["placed_at"].astimezone(ZONE).date(),
        )
        for line in tables["order_lines"]
    }
    buyers = Counter(name for _customer, name in {(customer, name) for customer, name, _day in plain})
    assert names == sorted(buyers, key=lambda name: (-buyers[name], name))
    found = {
        (int(read.customer_id[who]), names[what], baskets.day_of(int(day)))
        for who, what, day in zip(bought.who, bought.what, bought.day, strict=True)
    }
    assert found == plain


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tables", "reason"), [({}, "no_orders"), (tasteful(40), "buyers"), (tasteful(60, days=100), "days")]
)
def test_with_too_little_it_says_so_and_empties_what_was(tables: dict[str, list[Row]], reason: str) -> None:
    CategoryChance.objects.create(customer_id=5, place=1, category="towels", chance=0.5, tenth=1)
    made = run(tables)
    assert (made.state, made.message) == (RunState.NOT_ENOUGH, reason)
    assert list(CategoryChance.objects.values_list("place", "category", "chance")) == [(0, "", None)]


@pytest.mark.django_db
def test_without_the_library_the_plain_way_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "available", lambda: False)
    made = run(tasteful(900))
    assert made.result["categories"]
    assert not any(one["with_trees"] for one in made.result["categories"])
    assert made.quality["auc"] == made.quality["plain_auc"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages(client: Client, language: str) -> None:
    run(tasteful(900))
    signed_in(client, role="marketer")
    client.cookies["django_language"] = language
    shown = client.get(reverse("analytics:model", args=[NAME])).content.decode()
    assert "bedding" in shown and "likely_category" in shown
    exported = client.get(reverse("analytics:model_csv", args=[NAME, "categories"]))
    assert b"bedding" in b"".join(exported.streaming_content)  # type: ignore[attr-defined]
    assert "AUC" in client.get(reverse("analytics:models")).content.decode()


@pytest.mark.django_db
def test_the_customers_page_and_the_endpoint(client: Client) -> None:
    now = timezone.now()
    apps.get_model("customers", "Customer").objects.create(pk=5, created_at=now, updated_at=now)
    for place, (category, chance) in enumerate((("towels", 0.214), ("bedding", 0.4)), start=1):
        CategoryChance.objects.create(customer_id=5, place=place, category=category, chance=chance, tenth=1)
    signed_in(client, role="marketer")
    shown = client.get(reverse("customers:page", args=[5])).content.decode()
    assert shown.index("bedding 40") < shown.index("towels 21")
    headers = {"Authorization": f"Bearer {tokens.issue(owner=make_user(), name='t', scopes=['analytics.view'])[1]}"}
    rows = client.get(f"/api/v1/models/{NAME}/customers/5", headers=headers).json()
    assert [row["category"] for row in rows] == ["bedding", "towels"]
    assert client.get(f"/api/v1/models/{NAME}/customers/6", headers=headers).json() == []
