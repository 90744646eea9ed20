"""Points for reviews: each once, one for each line of an order, no more than the cap."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from guanxi.core import tokens
from guanxi.core.testing import make_user
from guanxi.customers import services as people
from guanxi.customers.services import Pair
from guanxi.customers.testing import customers
from guanxi.customers.types import MergeKind
from guanxi.loyalty.models import PointsReview
from guanxi.loyalty.points import services
from guanxi.loyalty.points.reviews import Reviewed
from guanxi.loyalty.points.services import RuleTerms
from guanxi.loyalty.points.types import BadPoints, NoProgramme, ReferenceTaken, RuleKind
from guanxi.loyalty.tests.points.world import PAID, VALID, has, programme, shop

pytestmark = pytest.mark.django_db


def club(**said: Any) -> None:
    programme(rules=(RuleTerms(kind=RuleKind.REVIEW, points=20, **said),))


def review(customer: int, name: str = "R1", **said: Any) -> Reviewed:
    values = {"product": "T1", "order_number": "N1", "now": PAID, **said}
    return services.review(customer_id=customer, shop_id=shop().pk, external_id=name, **values)


def test_a_review_brings_points_once_after_the_return_window() -> None:
    club()
    (one,) = customers(1)
    assert review(one) == review(one) == Reviewed(points=20, why="")
    assert (has(one, now=PAID), has(one, now=VALID)) == ((0, 20, 0, 0), (20, 0, 0, 0))


def test_a_line_of_an_order_brings_points_once_whatever_the_review_is_called() -> None:
    club()
    (one,) = customers(1)
    review(one)
    assert review(one, "R2") == Reviewed(points=0, why="There are points for a review of this already.")
    assert review(one, "R3", product="T2").points == 20
    assert review(one, "R4", order_number="N2").points == 20
    assert has(one, now=VALID)[0] == 60


def test_no_more_than_the_cap_within_thirty_days() -> None:
    club(cap=50)
    (one,) = customers(1)
    found = [review(one, f"R{number}", product=f"T{number}") for number in range(4)]
    assert [each.points for each in found] == [20, 20, 10, 0]
    assert found[3].why == "A customer gets at most 50 points for reviews within 30 days."
    assert review(one, "R9", product="T9", now=PAID + timedelta(days=31)).points == 20


def test_the_number_of_another_review_is_refused() -> None:
    club()
    one, two = customers(2)
    review(one)
    for said in ({"customer": two}, {"customer": one, "product": "T2"}):
        with pytest.raises(ReferenceTaken):
            review(**said)
    with pytest.raises(BadPoints):
        review(one, "R2", product=" ")
    assert PointsReview.objects.count() == 1


def test_without_a_programme_or_a_rule_there_is_nothing() -> None:
    (one,) = customers(1)
    with pytest.raises(NoProgramme):
        review(one)
    programme()
    assert review(one) == Reviewed(points=0, why="Reviews bring no points now.")


def test_a_review_goes_with_who_wrote_it() -> None:
    club()
    one, two = customers(2)
    review(two)
    (done,) = people.merge([Pair(one, two)], kind=MergeKind.HAND, user=None, now=PAID)
    assert review(one, "R2").points == 0
    assert review(two) == Reviewed(points=20, why="")
    people.undo_merge(done.merge_id, user=None, now=PAID)
    assert review(one, "R2").points == 20
    assert (has(one, now=VALID)[0], has(two, now=VALID)[0]) == (20, 20)


def test_a_shop_reports_a_review() -> None:
    club()
    (one,) = customers(1)
    _token, raw = tokens.issue(name="shop", owner=make_user(), scopes=["loyalty.points_spend"])
    said = {"customer_id": one, "shop_id": shop().pk, "external_id": "R1", "product": "T1"}

    def post(**more: Any) -> tuple[int, dict[str, Any]]:
        answer = Client().post(
            "/api/v1/loyalty/points/reviews",
            {**said, **more},
            content_type="application/json",
            headers={"Authorization": f"Bearer {raw}"},
        )
        return answer.status_code, answer.json()

    assert post() == post() == (200, {"points": 20, "why": ""})
    status, problem = post(product="T2")
    assert (status, problem["code"] if "code" in problem else problem["type"][-15:]) == (409, "reference-taken")
    assert post(customer_id=10**9)[0] == 404
