"""Tiers that ask for points: what orders earned in the window, less what went back, without what was given by hand."""

from datetime import timedelta

import pytest

from guanxi.core import events
from guanxi.loyalty.points import services as points
from guanxi.loyalty.tests.points.world import PAID, buy, programme, refund, staff
from guanxi.loyalty.tiers import preview, queries, services, words
from guanxi.loyalty.tiers.checks import BadProgramme
from guanxi.loyalty.tiers.testing import draft, tier, tier_names
from guanxi.loyalty.tiers.testing import programme as tiers

pytestmark = pytest.mark.django_db
LATER = PAID + timedelta(days=1)


def club(**said: object) -> int:
    ladder = (tier("Silver", 50_000, min_points=80, match="any"), tier("Gold", min_points=200))
    return tiers(*ladder, now=PAID - timedelta(days=1), **said)


def test_points_lift_and_a_refund_takes_down_again() -> None:
    programme()
    number = club(grace_days=0)
    customer = buy(1, total=9_000).customer_id or 0
    services.assess([customer], now=LATER)
    assert tier_names(number) == {customer: "Silver"}
    refund(1, 4_500, now=LATER, total=9_000)
    services.assess([customer], now=LATER)
    assert tier_names(number) == {}
    assert [one.words for one in queries.history(customer)] == [
        "No longer met: ¥45.00 with 1 order since 2025-02-03, and 45 points",
        "Earned: ¥90.00 with 1 order since 2025-02-03, and 90 points",
    ]


def test_points_given_by_hand_do_not_count() -> None:
    made = programme()
    number = club()
    customer = buy(1, total=1_000).customer_id or 0
    said = {"points": 500, "reason": "sorry", "user": staff(), "now": PAID}
    points.adjust(programme_id=made.pk, customer_id=customer, **said)
    services.assess([customer], now=LATER)
    assert tier_names(number) == {}
    (standing,) = queries.standings(customer, now=LATER)
    assert (standing.points, [(gap.kind, gap.missing) for gap in standing.next.gaps if standing.next]) == (
        10,
        [("spend", 49_000), ("points", 70)],
    )
    assert "¥490.00 or 70 points more until Silver" in words.missing(standing.next, "CNY")


def test_points_of_one_shop_count_in_its_programme() -> None:
    programme()
    first = buy(1, total=9_000)
    number = tiers(tier("Friend", min_points=80), now=LATER, shop_id=first.shop_id)
    assert tier_names(number) == {first.customer_id: "Friend"}


def test_a_preview_says_whom_points_lift() -> None:
    programme()
    buy(1, total=9_000)
    found = preview.preview(draft(tier("Silver", min_points=80)), now=LATER)
    assert [(cell.from_tier, cell.now) for cell in found.cells.values()] == [(None, 1)]


def test_a_higher_tier_that_asks_for_fewer_points_is_refused() -> None:
    with pytest.raises(BadProgramme, match="asks for less"):
        tiers(tier("Silver", min_points=100), tier("Gold", min_points=90), now=LATER)
    with pytest.raises(BadProgramme, match="out of range"):
        tiers(tier("Silver", min_points=0), now=LATER)


@pytest.mark.django_db(transaction=True)
def test_tiers_hear_of_points_by_themselves() -> None:
    programme()
    number = club()
    customer = buy(1, total=9_000).customer_id or 0
    while events.read_next("loyalty.tiers_by_points", now=LATER):
        pass
    assert tier_names(number) == {customer: "Silver"}
