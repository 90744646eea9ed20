"""Rules with dates: double points for a week, by when the order was paid."""

from datetime import timedelta
from typing import Any

import pytest

from guanxi.commerce.testing import lines
from guanxi.loyalty.points import queries, services
from guanxi.loyalty.points.services import RuleTerms
from guanxi.loyalty.points.types import BadPoints, RuleKind
from guanxi.loyalty.tests.points.world import BEFORE, PAID, buy, programme, staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ALWAYS = RuleTerms(kind=RuleKind.AMOUNT, points=1, per_amount=100)


def double(**said: Any) -> RuleTerms:
    return RuleTerms(kind=RuleKind.AMOUNT, points=2, per_amount=100, **said)


def earned(number: int, days: int, **said: Any) -> int:
    at = PAID + days * DAY
    row = buy(number, paid_at=at, placed_at=at, now=at, phone=f"+861391234{number:04d}", **said)
    return queries.of_order(row.pk) or 0


def test_an_order_paid_within_the_days_brings_double() -> None:
    programme(rules=(ALWAYS, double(valid_from=PAID + DAY, valid_until=PAID + 3 * DAY)))
    assert [earned(number, number) for number in range(5)] == [100, 200, 200, 100, 100]


def test_a_batch_of_orders_of_several_periods_is_told_apart() -> None:
    made = programme(active=False, rules=(ALWAYS, double(valid_from=PAID + DAY, valid_until=PAID + 2 * DAY)))
    services.add_rule(made.pk, double(valid_from=PAID + 3 * DAY), user=staff(), now=BEFORE)
    rows = []
    for number in range(5):
        at = PAID + number * DAY
        rows.append(buy(number, paid_at=at, placed_at=at, phone=f"+861391234{number:04d}").pk)
    type(made).objects.update(active=True)
    services.follow(rows, now=PAID + 9 * DAY)
    assert [queries.of_order(row) for row in rows] == [100, 200, 100, 200, 200]


def test_a_rule_for_a_product_holds_before_one_with_dates() -> None:
    category = RuleTerms(kind=RuleKind.AMOUNT, points=5, per_amount=100, category="bath", valid_until=PAID + DAY)
    programme(rules=(ALWAYS, category, double(valid_from=PAID)))
    bath = tuple(type(one)(**{**_said(one), "category": "bath"}) for one in lines(2))
    assert (earned(1, 0, lines=bath), earned(2, 1, lines=bath)) == (500, 200)


def _said(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("title", "sku", "unit_price", "total")}


def test_days_that_end_before_they_begin_are_refused() -> None:
    made = programme()
    with pytest.raises(BadPoints):
        services.add_rule(made.pk, double(valid_from=PAID, valid_until=PAID), user=staff(), now=PAID)
