"""What marketing returned: the campaigns of a period, and all of them together (voice M1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from guanxi.analytics.models.intervals import Estimate
from guanxi.analytics.reports.campaign_result import CampaignResult
from guanxi.core.money import Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """Money in minor units of the merchant's currency."""

    results: tuple[CampaignResult, ...]
    cost: Minor
    """Of all campaigns whose cost is known."""
    measured: int
    """Campaigns with a control group large enough for an interval. Only these are in the numbers below."""
    measured_cost: Minor
    incremental_revenue: Estimate | None
    """What those campaigns brought beyond what would have come anyway; None when there are none."""
    return_on_cost: Estimate | None
    """(incremental revenue - cost) / cost; 0 is break-even."""
    unknown_cost: int
    """Campaigns whose currency has no exchange rate."""


def returns(results: Sequence[CampaignResult]) -> Returns:
    """Add up campaigns. Their errors are taken as independent, so intervals add as squares of half-widths.

    Campaigns that share customers are not quite independent: each was measured against a control group of its own, and
    a customer's purchase may be counted as the effect of two campaigns that ran together.
    """
    measured = [
        (estimate, result.cost)
        for result in results
        if result.cost is not None and (estimate := measured_effect(result)) is not None
    ]
    measured_cost = sum(cost for _, cost in measured)
    total = added([estimate for estimate, _ in measured])
    return Returns(
        results=tuple(results),
        cost=sum(result.cost or 0 for result in results),
        measured=len(measured),
        measured_cost=measured_cost,
        incremental_revenue=total,
        return_on_cost=total.scaled(1 / measured_cost, minus=1) if total and measured_cost > 0 else None,
        unknown_cost=sum(result.cost is None for result in results),
    )


def measured_effect(result: CampaignResult) -> Estimate | None:
    """What a campaign brought beyond its control group; None when that cannot be told yet."""
    if result.overall is None or (result.experiment and result.experiment.sizes and result.experiment.sizes.mismatch):
        return None
    estimate = result.overall.incremental_revenue
    return estimate if estimate.low is not None else None


def added(estimates: Sequence[Estimate]) -> Estimate | None:
    """The sum of independent estimates; their intervals need not be symmetric. None for no estimates."""
    if not estimates:
        return None
    value = sum(estimate.value for estimate in estimates)
    below = sqrt(sum((estimate.value - (estimate.low or 0)) ** 2 for estimate in estimates))
    above = sqrt(sum(((estimate.high or 0) - estimate.value) ** 2 for estimate in estimates))
    return Estimate(value, value - below, value + above)
