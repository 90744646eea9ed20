"""The result in plain words."""

from dataclasses import replace

import pytest
from django.utils.translation import override

from guanxi.analytics.models.experiment import ArmTotals, Comparison, analyse
from guanxi.analytics.models.experiment_words import sentence

CONTROL = ArmTotals(
    name="control", customers=10_000, buyers=500, orders=550, orders_squares=700, revenue=5_000_000,
    revenue_squares=60_000_000_000,
)  # fmt: skip
MORE = replace(CONTROL, name="A", revenue=6_500_000)
LESS = replace(CONTROL, name="A", revenue=3_500_000)
SAME = replace(CONTROL, name="A", revenue=5_050_000)
NOBODY = ArmTotals(name="A", customers=0, buyers=0, orders=0, orders_squares=0, revenue=0, revenue_squares=0)


def compared(variant: ArmTotals, *, control: ArmTotals = CONTROL) -> Comparison:
    return analyse(control=control, variants=[variant]).comparisons[0]


def said(comparison: Comparison, *, currency: str = "USD", locale: str = "en") -> str:
    with override("en"):
        return sentence(comparison, currency=currency, locale=locale)


def test_more() -> None:
    assert said(compared(MORE)) == (
        "Customers who got A spent $1.50 more than the control group (between $0.84 and $2.16). "
        "It is very unlikely to be chance."
    )


def test_less_shows_positive_amounts_the_smaller_first() -> None:
    assert said(compared(LESS)) == (
        "Customers who got A spent $1.50 less than the control group (between $0.83 and $2.17). "
        "It is very unlikely to be chance."
    )


def test_a_weaker_difference_is_said_more_carefully() -> None:
    comparison = compared(replace(CONTROL, name="A", revenue=5_750_000))
    assert said(comparison) == (
        "Customers who got A spent $0.75 more than the control group (between $0.09 and $1.41). "
        "It is unlikely to be chance."
    )


def test_no_difference_says_how_many_customers_would_show_one() -> None:
    assert said(compared(SAME)) == (
        "No difference can be shown yet between A and the control group: it may be anything between -$0.61 and $0.71 "
        "per customer. To show a lift of 10% takes about 72,000 customers in the two groups together."
    )


def test_no_difference_in_large_groups_says_what_they_would_have_shown() -> None:
    hundredfold = ArmTotals(
        name="A", customers=1_000_000, buyers=50_000, orders=55_000, orders_squares=70_000, revenue=500_000_000,
        revenue_squares=6_000_000_000_000,
    )  # fmt: skip
    assert said(compared(hundredfold, control=replace(hundredfold, name="control"))) == (
        "No difference can be shown yet between A and the control group: it may be anything between -$0.07 and $0.07 "
        "per customer. Groups of this size usually show a difference of $0.10 per customer or more."
    )


def test_luck_among_several_variants_is_named() -> None:
    variants = [replace(CONTROL, name=name, revenue=5_750_000) for name in "ABC"]
    assert said(analyse(control=CONTROL, variants=variants).comparisons[1]).startswith(
        "Alone, B would differ from the control group (between $0.09 and $1.41 per customer), but among several "
        "variants one often does by chance. No difference can be shown yet. To show a lift of 10% takes about "
    )


def test_too_few_customers() -> None:
    assert said(compared(NOBODY)) == (
        "Not enough data yet: each group needs at least 100 customers; A has 0 and the control group 10,000."
    )


def test_too_few_buyers() -> None:
    thin = ArmTotals(
        name="A", customers=1_500, buyers=12, orders=12, orders_squares=12, revenue=120_000,
        revenue_squares=1_500_000_000,
    )  # fmt: skip
    assert said(compared(thin)) == (
        "Not enough data yet: each group needs at least 20 buyers; A has 12 and the control group 500. "
        "To show a lift of 10% takes about 45,000 customers in the two groups together."
    )


def test_everybody_spent_the_same() -> None:
    same = ArmTotals(
        name="A", customers=200, buyers=200, orders=200, orders_squares=200, revenue=1_000, revenue_squares=5_000
    )
    assert said(compared(same, control=replace(same, name="control"))) == (
        "Not enough data yet: all customers spent the same amount, so nothing can be compared."
    )


def test_groups_of_the_wrong_size() -> None:
    result = analyse(control=CONTROL, variants=[MORE], planned_shares={"A": 0.9, "control": 0.1})
    assert said(result.comparisons[0]) == (
        "The groups do not have the planned sizes, so customers were divided or counted wrongly. "
        "Do not trust the difference before the reason is found."
    )


@pytest.mark.parametrize(
    ("currency", "locale", "amount"),
    [("CNY", "zh-hans", "¥1.50"), ("JPY", "en", "JP¥150"), ("EUR", "zh-hant", "€1.50"), ("KWD", "en", "KWD0.150")],
)
def test_amounts_follow_currency_and_locale(currency: str, locale: str, amount: str) -> None:
    assert f"spent {amount} more" in said(compared(MORE), currency=currency, locale=locale)


def test_a_variants_name_is_never_read_as_a_format() -> None:
    assert "got 50% off %(low)s spent" in said(compared(replace(MORE, name="50% off %(low)s")))
