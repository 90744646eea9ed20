"""Next products: what is written, how it is tested against time, and what people see of it."""

from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guanxi.analytics import queries, services
from guanxi.analytics.forecasts import baskets, next_products
from guanxi.analytics.forecasts.base import Context
from guanxi.analytics.models.stored import ModelRun, NextProduct, RunState
from guanxi.analytics.models.wanting import factors
from guanxi.analytics.tests.forecasts.buyers import NOW, Row, customers, order
from guanxi.analytics.tests.forecasts.tastes import tasteful
from guanxi.core import tokens
from guanxi.core.doctor import examine
from guanxi.core.testing import make_user, signed_in
from guanxi.warehouse.testing import given

NAME = "next_products"
ZONE = ZoneInfo("Asia/Shanghai")


def run(tables: dict[str, list[Row]]) -> ModelRun:
    with given(tables, now=NOW):
        return services.run_forecast(NAME, now=NOW, progress=lambda *_: None)


def read(tables: dict[str, list[Row]]) -> baskets.Baskets | None:
    with given(tables, now=NOW) as snapshot:
        return baskets.read(Context(snapshot, NOW, ZONE, "CNY"))


def bought(tables: dict[str, list[Row]]) -> dict[int, set[int]]:
    of = {row["order_id"]: row["customer_id"] for row in tables["orders"]}
    found: dict[int, set[int]] = defaultdict(set)
    for line in tables["order_lines"]:
        found[of[line["order_id"]]].add(line["product_id"])
    return found


@pytest.mark.django_db
def test_each_customer_gets_five_new_products_with_a_reason() -> None:
    tables = tasteful()
    made, plain = run(tables), bought(tables)
    assert (made.state, made.customers) == (RunState.DONE, len(plain))
    rows = defaultdict(list)
    for row in NextProduct.objects.order_by("customer_id", "rank"):
        rows[row.customer_id].append(row)
    assert rows.keys() == plain.keys()
    for number, told in rows.items():
        assert [row.rank for row in told] == list(range(1, len(told) + 1))
        assert not {row.product_id for row in told} & plain[number]
        assert [row.score for row in told] == sorted((row.score for row in told), reverse=True)  # type: ignore[type-var]
        for row in told:
            assert (row.reason == "with") == (row.reason_product_id is not None) == (row.share is not None)
            if row.reason == "with":
                assert row.reason_product_id in plain[number]
                holders = [one for one in plain.values() if row.reason_product_id in one]
                share = sum(row.product_id in one for one in holders) / len(holders)
                assert row.share == pytest.approx(share)


@pytest.mark.django_db
def test_it_is_held_against_what_is_popular() -> None:
    made = run(tasteful())
    assert made.result["tested"]
    assert made.quality["tested"] >= next_products.MIN_TESTED
    hits = {way: made.quality[f"hits_{way}"] for way in next_products.WAYS if f"hits_{way}" in made.quality}
    assert hits[made.result["taken"]] == max(hits.values())
    assert made.result["taken"] != "popular"  # the customers were given tastes


def test_held_out_orders_as_found_by_hand() -> None:
    """The first day after the cut with anything new, and what was new on it."""
    tables = tasteful(120)
    known = read(tables)
    assert known is not None
    cut = known.end - 90
    before = known.matrix(until=cut)
    wanted = next_products._first_new(known, before, cut)
    of = {row["order_id"]: row for row in tables["orders"]}
    days: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for line in tables["order_lines"]:
        row = of[line["order_id"]]
        day = baskets.number(row["placed_at"].astimezone(ZONE).date())
        days[row["customer_id"]][day].add(line["product_id"])
    for at, customer in enumerate(known.customer_id.tolist()):
        had = set().union(*(what for day, what in days[customer].items() if day <= cut))
        later = [what - had for day, what in sorted(days[customer].items()) if day > cut and what - had]
        found = {int(known.product_id[column]) for column in wanted[[at]].nonzero()[1]}
        assert found == (later[0] if later else set())


def test_what_comes_later_teaches_nothing() -> None:
    """The ways are tested on what they could know: the future changes none of it."""
    tables = tasteful(120)
    known = read(tables)
    assert known is not None
    cut = known.end - 90
    early = {
        row["order_id"] for row in tables["orders"] if row["placed_at"].astimezone(ZONE).date() <= baskets.day_of(cut)
    }
    changed = {**tables, "order_lines": [dict(line) for line in tables["order_lines"]]}
    for line in changed["order_lines"]:
        if line["order_id"] not in early:
            line["product_id"] = 11
    other = read(changed)
    assert other is not None

    def rows(baskets_read: baskets.Baskets) -> set[tuple[int, int, float]]:
        made = baskets_read.matrix(until=cut).tocoo()
        ids = (
            baskets_read.customer_id[made.row].tolist(),
            baskets_read.product_id[made.col].tolist(),
            made.data.tolist(),
        )
        return set(zip(*ids, strict=True))

    assert rows(known) == rows(other)


def test_products_of_one_code_are_one_article() -> None:
    tables: dict[str, list[Row]] = {
        "customers": customers(2),
        "products": [
            {"product_id": 4, "title": "Towel", "sku": "T1"},
            {"product_id": 7, "title": "Towel, other shop", "sku": "T1", "category": "towels"},
            {"product_id": 8, "title": "Gift", "sku": ""},
            {"product_id": 9, "title": "Gift", "sku": ""},
        ],
        "orders": [order(1, 1, NOW), order(2, 2, NOW), order(3, 1, NOW)],
        "order_lines": [
            {"order_id": 1, "number": 1, "product_id": 4},
            {"order_id": 2, "number": 1, "product_id": 7},
            {"order_id": 2, "number": 2, "product_id": 9},
            {"order_id": 3, "number": 1, "product_id": 7},
        ],
    }
    known = read(tables)
    assert known is not None
    assert (known.product_id.tolist(), known.titles) == ([4, 8], ["Towel", "Gift"])
    assert list(zip(known.who.tolist(), known.what.tolist(), strict=True)) == [(0, 0), (1, 0), (1, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 20])
def test_with_too_little_it_says_so_and_empties_what_was(count: int) -> None:
    NextProduct.objects.create(customer_id=5, rank=1, product_id=11)
    made = run(tasteful(count) if count else {})
    assert (made.state, made.message) == (RunState.NOT_ENOUGH, "customers" if count else "no_orders")
    assert list(NextProduct.objects.values_list("customer_id", "rank", "product_id")) == [(5, 0, None)]


@pytest.mark.django_db
def test_without_the_library_what_is_bought_together_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factors, "available", lambda: False)
    made = run(tasteful(200))
    assert made.result["taken"] in ("popular", "together")
    assert "hits_alike" not in made.quality
    finding = next(one for one in examine() if one.name == "Libraries of models")
    assert not finding.ok
    assert "libgomp1" in finding.mend


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages(client: Client, language: str) -> None:
    run(tasteful())
    signed_in(client, role="marketer")
    client.cookies["django_language"] = language
    shown = client.get(reverse("analytics:model", args=[NAME])).content.decode()
    assert "towels 1" in shown
    exported = client.get(reverse("analytics:model_csv", args=[NAME, "pairs"]))
    assert b"towels 1" in b"".join(exported.streaming_content)  # type: ignore[attr-defined]
    assert client.get(reverse("analytics:model_csv", args=[NAME, "none"])).status_code == 404
    assert client.get(reverse("analytics:models")).status_code == 200
    if language == "en":
        assert "with what is popular alone" in shown


@pytest.mark.django_db
def test_the_customers_page_and_the_endpoint(client: Client) -> None:
    now = timezone.now()
    apps.get_model("customers", "Customer").objects.create(pk=5, created_at=now, updated_at=now)
    shop = apps.get_model("commerce", "Shop").objects.create(name="Shop", connector="table", currency="CNY")
    make = apps.get_model("commerce", "Product").objects.create
    towel, sheet = (make(shop=shop, key=name, title=name, first_seen_at=now) for name in ("Towel", "Sheet"))
    given_reason = {"reason": "with", "reason_product_id": towel.pk, "share": 0.314}
    NextProduct.objects.create(customer_id=5, rank=1, product_id=sheet.pk, score=1.0, **given_reason)
    signed_in(client, role="marketer")
    shown = client.get(reverse("customers:page", args=[5])).content.decode()
    assert "bought by 31" in shown and "Towel" in shown
    assert queries.next_products_of(6) == []
    headers = {"Authorization": f"Bearer {tokens.issue(owner=make_user(), name='t', scopes=['analytics.view'])[1]}"}
    (row,) = client.get(f"/api/v1/models/{NAME}/customers/5", headers=headers).json()
    assert (row["title"], row["reason_title"], row["share"]) == ("Sheet", "Towel", 0.314)
