"""Chance divides those who may be written to: reproducibly, by the shares, and nobody else."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from guanxi.marketing.audience import LEFT_OUT, draw
from guanxi.marketing.testing import a_view
from guanxi.marketing.types import CONTROL_ARM, VariantView

steady = settings(deadline=None, derandomize=True)


def view(control: int, shares: list[int]) -> Any:
    variants = tuple(
        VariantView(id=100 + n, number=n, name=f"V{n}", share=share, template_version_id=1)
        for n, share in enumerate(shares, start=1)
    )
    return a_view(control_share=control, variants=variants)


def allowed(size: int) -> np.ndarray:
    return np.array([""] * size, dtype="U20")


def test_who_may_not_be_written_to_is_in_no_group() -> None:
    ids = np.arange(1, 1001)
    reasons = allowed(1000)
    reasons[::3] = "no_consent"
    audience = draw(ids, reasons, view(5000, [10_000]), seed="campaign:1")
    assert np.array_equal(audience.arms == LEFT_OUT, reasons == "no_consent")
    assert set(audience.arms[reasons == ""].tolist()) == {CONTROL_ARM, 101}


@steady
@given(st.integers(0, 5000), st.integers(1, 9999), st.text(min_size=1, max_size=20))
def test_groups_have_the_planned_sizes_up_to_chance(control: int, first: int, seed: str) -> None:
    plan = view(control, [first, 10_000 - first])
    audience = draw(np.arange(1, 20_001), allowed(20_000), plan, seed=seed)
    shares = plan.planned_shares
    assert sum(audience.in_arm(arm) for arm in shares) == 20_000
    for arm, share in shares.items():
        # A chance of one in a hundred million for each, so that this fails for a reason only.
        assert stats.binomtest(audience.in_arm(arm), 20_000, share).pvalue > 1e-8


@steady
@given(st.sets(st.integers(1, 10**12), min_size=1, max_size=200), st.integers(0, 5000))
def test_the_same_customers_get_the_same_arms_whoever_else_is_there(ids: set[int], control: int) -> None:
    plan, everyone = view(control, [2500, 7500]), np.array(sorted(ids))
    some = everyone[::2]
    whole = draw(everyone, allowed(len(everyone)), plan, seed="campaign:9")
    part = draw(some, allowed(len(some)), plan, seed="campaign:9")
    assert part.arms.tolist() == whole.arms[::2].tolist()


def test_campaigns_draw_independently() -> None:
    ids = np.arange(1, 50_001)
    first, second = (draw(ids, allowed(len(ids)), view(2000, [10_000]), seed=s) for s in ("campaign:1", "campaign:2"))
    both = np.count_nonzero((first.arms == CONTROL_ARM) & (second.arms == CONTROL_ARM))
    assert stats.binomtest(int(both), 50_000, 0.04).pvalue > 1e-4


def test_without_a_control_group_everybody_is_written_to() -> None:
    audience = draw(np.arange(1, 101), allowed(100), view(0, [10_000]), seed="campaign:1")
    assert audience.in_arm(101) == 100
