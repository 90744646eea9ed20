"""Endpoints of tiers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guanxi.core import tokens
from guanxi.core.testing import make_user
from guanxi.loyalty.models.tiers import Tier, TierGrant
from guanxi.loyalty.tests.tiers.shopping import buy
from guanxi.loyalty.tiers.testing import programme, tier_names

pytestmark = pytest.mark.django_db


def headers(*scopes: str) -> dict[str, str]:
    _token, raw = tokens.issue(name="till", owner=make_user(), scopes=list(scopes))
    return {"Authorization": f"Bearer {raw}"}


def test_a_till_reads_standing_history_and_benefits() -> None:
    now = timezone.now()
    one, other = buy(1, 38_000, now - timedelta(days=1)), buy(2, 100, now - timedelta(days=1))
    club = programme(now=now)
    key = headers("loyalty.tiers")
    (answer,) = Client().get("/api/v1/tiers", headers=key).json()
    assert [(one["name"], one["min_spend"], one["members"]) for one in answer["tiers"]] == [
        ("Silver", 10_000, 1),
        ("Gold", 50_000, 0),
    ]
    found = Client().get(f"/api/v1/customers/{one}/tiers", headers=key).json()
    (standing,) = found["standings"]
    assert (standing["programme_id"], standing["tier"], standing["spend"]) == (club, "Silver", 38_000)
    assert standing["next"]["gaps"] == [{"kind": "spend", "has": 38_000, "wants": 50_000, "missing": 12_000}]
    assert [(change["to_tier"], change["reason"]) for change in found["history"]] == [("Silver", "earned")]
    rows = Client().get(f"/api/v1/tiers/benefits?customer={one}&customer={other}", headers=key).json()
    assert [(row["customer_id"], (row["benefits"] or {}).get("tier")) for row in rows] == [
        (one, "Silver"),
        (other, None),
    ]
    assert Client().get("/api/v1/customers/999999/tiers", headers=key).status_code == 404
    assert Client().get("/api/v1/tiers/benefits", headers=key).status_code == 422


def test_setting_by_hand_is_done_once_for_one_key() -> None:
    now = timezone.now()
    one = buy(1, 12_000, now - timedelta(days=1))
    club = programme(now=now)
    body = {
        "tier_id": Tier.objects.get(name="Gold").pk,
        "until": (timezone.localtime(now).date() + timedelta(days=3)).isoformat(),
        "note": "won the raffle",
    }
    url, key = f"/api/v1/customers/{one}/tiers", headers("loyalty.tiers_set") | {"Idempotency-Key": "k1"}
    answers = [Client().post(url, body, content_type="application/json", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (TierGrant.objects.count(), tier_names(club)) == (1, {one: "Gold"})
    late = Client().post(
        url, body | {"until": "2020-01-01"}, content_type="application/json", headers=headers("loyalty.tiers_set")
    )
    assert (late.status_code, TierGrant.objects.count()) == (422, 1)


def test_reading_does_not_allow_setting() -> None:
    one = buy(1, 12_000, timezone.now())
    url = f"/api/v1/customers/{one}/tiers"
    refused = Client().post(url, {}, content_type="application/json", headers=headers("loyalty.tiers"))
    assert (refused.status_code, TierGrant.objects.count()) == (403, 0)
    assert Client().get(url, headers=headers("loyalty.tiers_set")).status_code == 403
