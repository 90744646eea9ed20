"""What the warehouse knows of points."""

from datetime import timedelta

import pytest

from guanxi.loyalty.tests.points.world import VALID, buy, programme
from guanxi.warehouse import queries, services
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db(transaction=True)


def test_points_reach_the_facts(home: object) -> None:
    programme()
    customer = buy().customer_id
    services.refresh(now=VALID)
    facts = queries.table("customer_facts")
    row = queries.execute(facts.select("customer_id", "points", "points_expire_at", "points_expiring")).to_pylist()[0]
    assert (row["customer_id"], row["points"], row["points_expiring"]) == (customer, 100, 100)
    assert row["points_expire_at"].isoformat() == "2027-02-08T16:00:00+00:00"


def test_the_next_to_expire_is_the_soonest_lot_and_debts_count() -> None:
    lot = {"customer_id": 7, "valid_from": VALID}
    lots = [
        {**lot, "lot_id": 1, "remaining": 50, "expires_at": VALID},
        {**lot, "lot_id": 2, "remaining": 20, "expires_at": VALID},
        {**lot, "lot_id": 3, "remaining": 90, "expires_at": VALID + timedelta(days=1)},
        {**lot, "lot_id": 4, "remaining": -30, "expires_at": None},
        {**lot, "lot_id": 5, "remaining": 0, "expires_at": VALID - timedelta(days=1)},
    ]
    with given({"points_lots": lots, "customers": [{"customer_id": 7}, {"customer_id": 8}]}) as snapshot:
        facts = snapshot.tables["customer_facts"].order_by("customer_id")
        rows = snapshot.execute(facts.select("points", "points_expire_at", "points_expiring")).to_pylist()
    assert [(row["points"], row["points_expire_at"], row["points_expiring"]) for row in rows] == [
        (130, VALID, 70),
        (0, None, 0),
    ]
