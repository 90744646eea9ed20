"""What is wrong with a plan, and which shares are right."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.marketing.models.campaign import WHOLE
from guanxi.marketing.plans import BadPlan, CampaignPlan, VariantPlan, check_plan, percent

steady = settings(deadline=None, derandomize=True)


def plan(shares: list[int], **changes: Any) -> CampaignPlan:
    variants = [VariantPlan(name=f"V{n}", share=share, template_version_id=1) for n, share in enumerate(shares)]
    return CampaignPlan(**{"name": "X", "segment_id": 1, "variants": variants, "currency": "CNY", **changes})


def problems(bad: CampaignPlan) -> dict[str, str]:
    with pytest.raises(BadPlan) as caught:
        check_plan(bad)
    return caught.value.problems


@steady
@given(st.lists(st.integers(-10, WHOLE + 10), min_size=1, max_size=10))
def test_shares_are_right_exactly_when_they_are_positive_and_add_up(shares: list[int]) -> None:
    if min(shares) >= 1 and sum(shares) == WHOLE:
        check_plan(plan(shares))
    else:
        assert list(problems(plan(shares))) == ["variants"]


@steady
@given(st.lists(st.integers(1, WHOLE), min_size=2, max_size=10).map(sorted), st.integers(0, 5000))
def test_any_division_of_the_whole_is_right(cuts: list[int], control: int) -> None:
    edges = sorted({0, WHOLE, *(cut for cut in cuts if cut < WHOLE)})
    shares = [after - before for before, after in pairwise(edges)]
    if len(shares) <= 10:
        check_plan(plan(shares, control_share=control))


def test_shares_that_miss_the_whole_are_told_with_their_sum() -> None:
    assert problems(plan([3333, 3333, 3333])) == {
        "variants": "The shares of the variants must add up to 100 %; they add up to 99.99 %."
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"channel": "pigeon"}, "channel"),
        ({"purpose": "fun"}, "purpose"),
        ({"control_share": 5001}, "control_share"),
        ({"control_share": -1}, "control_share"),
        ({"window_days": 0}, "window_days"),
        ({"window_days": 366}, "window_days"),
        ({"fixed_cost": -1}, "fixed_cost"),
        ({"cost_per_thousand": 10**16}, "cost_per_thousand"),
        ({"variants": []}, "variants"),
    ],
)
def test_each_field_has_its_bounds(changes: dict[str, Any], field: str) -> None:
    assert list(problems(plan([WHOLE], **changes))) == [field]


def test_variants_need_names_of_their_own() -> None:
    twice = [VariantPlan(name=name, share=5000, template_version_id=1) for name in ("Red", "red ")]
    assert problems(plan([], variants=twice)) == {"variants": "Two variants have the same name."}
    nameless = [VariantPlan(name=" ", share=WHOLE, template_version_id=1)]
    assert problems(plan([], variants=nameless)) == {"variants": "Each variant needs a name of at most 60 characters."}


@pytest.mark.parametrize(("share", "text"), [(0, "0"), (1, "0.01"), (3330, "33.3"), (5000, "50"), (10_000, "100")])
def test_percent_is_written_short(share: int, text: str) -> None:
    assert percent(share) == text
