"""What a campaign earned over its control group, and whether that may be chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, sqrt

from guanxi.analytics.models.arms import ArmTotals, BadTotals
from guanxi.analytics.models.intervals import (
    Effect,
    Estimate,
    compare_means,
    compare_proportions,
    holm,
    power_quantile,
)
from guanxi.analytics.models.sample_ratio import SampleRatio, sample_ratio

__all__ = ["ArmTotals", "BadTotals", "Comparison", "ExperimentResult", "Shortfall", "Verdict", "analyse"]

MIN_CUSTOMERS = 100
"""In each arm, for any interval."""

MIN_HITS = 5
"""Buyers, and customers who bought nothing, in each arm, for an interval of the conversion rate."""

MIN_BUYERS = 20
"""Buyers in each arm, for an interval of money, which is far more skewed than a rate.

Simulated without any effect (5 % of customers buy, log-normal baskets with sigma 0.8, 3,000 runs): with 20 buyers
expected in the control group, Welch's test at 5 % finds a difference in 4.4 % of runs when the arms are equal and in
7.6 % when the control group is a tenth; with 12 such buyers in 9.2 %, with 120 in 5.7 %.
"""

WORTH_FINDING = 0.10
"""The lift that ``customers_needed`` is about: 10 % more money per customer than the control group."""


class Verdict(StrEnum):
    MORE = "more"
    LESS = "less"
    NO_DIFFERENCE = "no_difference"
    NOT_ENOUGH_DATA = "not_enough_data"
    UNEQUAL_GROUPS = "unequal_groups"


class Shortfall(StrEnum):
    """What is missing for a statement about money."""

    CUSTOMERS = "customers"
    BUYERS = "buyers"
    VARIATION = "variation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One variant against the control group; money in minor units.

    ``revenue`` and ``orders`` are per customer, ``conversion`` is a proportion of customers (0.01 is one point). The
    totals are for the variant's customers: what they brought beyond what they would have brought in the control group.
    The intervals have the experiment's ``level`` and are each for this comparison alone; where the data are too thin
    there are none.
    """

    variant: ArmTotals
    control: ArmTotals
    revenue: Effect
    orders: Effect
    conversion: Effect
    incremental_revenue: Estimate
    incremental_orders: Estimate
    return_on_cost: Estimate | None
    """(incremental revenue - cost) / cost: 0 is break-even, 2 is two back for each one spent on top of it. The cost is
    beyond the control group's, which is known exactly; None when there is none."""
    detectable: float | None
    """The true difference in revenue per customer that groups of these sizes would show in 80 % of experiments."""
    customers_needed: int | None
    """Customers in both groups together, split as now, that would show a lift of ``WORTH_FINDING`` in 80 % of
    experiments. Rough below ``MIN_BUYERS``; None, as ``detectable``, below ``MIN_CUSTOMERS`` or ``MIN_HITS`` buyers."""
    shortfalls: tuple[Shortfall, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """The comparisons in the order of the variants; ``sizes`` is None when the planned shares are not known."""

    comparisons: tuple[Comparison, ...]
    sizes: SampleRatio | None
    level: float


def analyse(
    *,
    control: ArmTotals,
    variants: Sequence[ArmTotals],
    planned_shares: Mapping[str, float] | None = None,
    level: float = 0.95,
) -> ExperimentResult:
    """Compare each variant with the control group. ``planned_shares`` has a share for the name of every arm.

    With several variants, one may look good by luck. A verdict of more or less therefore needs a p-value below
    ``1 - level`` after Holm's adjustment over the variants, made separately for revenue, orders and conversion and
    given beside the raw p-value. When the sizes of the
    groups do not fit the plan, the verdict is ``UNEQUAL_GROUPS`` whatever the figures say. Raises KeyError when an arm
    has no planned share.
    """
    sizes = None
    if planned_shares is not None and variants:
        arms = [control, *variants]
        sizes = sample_ratio([arm.customers for arm in arms], shares=[planned_shares[arm.name] for arm in arms])
    comparisons = [_compare(variant, control, level=level) for variant in variants]
    revenue = _adjusted([comparison.revenue for comparison in comparisons])
    orders = _adjusted([comparison.orders for comparison in comparisons])
    conversion = _adjusted([comparison.conversion for comparison in comparisons])
    mismatch = sizes is not None and sizes.mismatch
    verdicts = [_verdict(effect, level=level, mismatch=mismatch) for effect in revenue]
    return ExperimentResult(
        comparisons=tuple(
            replace(comparison, revenue=revenue[n], orders=orders[n], conversion=conversion[n], verdict=verdicts[n])
            for n, comparison in enumerate(comparisons)
        ),
        sizes=sizes,
        level=level,
    )


def _adjusted(effects: Sequence[Effect]) -> list[Effect]:
    adjusted = iter(holm([effect.p_value for effect in effects if effect.p_value is not None]))
    return [
        effect if effect.p_value is None else replace(effect, adjusted_p_value=next(adjusted)) for effect in effects
    ]


def _verdict(revenue: Effect, *, level: float, mismatch: bool) -> Verdict:
    if mismatch:
        return Verdict.UNEQUAL_GROUPS
    if revenue.adjusted_p_value is None:
        return Verdict.NOT_ENOUGH_DATA
    if revenue.adjusted_p_value >= 1 - level:
        return Verdict.NO_DIFFERENCE
    return Verdict.MORE if revenue.difference.value > 0 else Verdict.LESS


def _compare(variant: ArmTotals, control: ArmTotals, *, level: float) -> Comparison:
    shortfalls = _shortfalls(variant, control)
    revenue = compare_means(variant.revenue_per_customer, control.revenue_per_customer, level=level)
    orders = compare_means(variant.orders_per_customer, control.orders_per_customer, level=level)
    conversion = compare_proportions(variant.conversion, control.conversion, level=level)
    if shortfalls:
        revenue, orders = revenue.without_interval(), orders.without_interval()
    if not _enough_for_a_rate(variant, control):
        conversion = conversion.without_interval()
    detectable = _detectable(variant, control, level=level)
    incremental_revenue = revenue.difference.scaled(variant.customers)
    return Comparison(
        variant=variant,
        control=control,
        revenue=revenue,
        orders=orders,
        conversion=conversion,
        incremental_revenue=incremental_revenue,
        incremental_orders=orders.difference.scaled(variant.customers),
        return_on_cost=_return_on_cost(variant, control, incremental_revenue),
        detectable=detectable,
        customers_needed=_customers_needed(variant, control, detectable),
        shortfalls=shortfalls,
        verdict=Verdict.NOT_ENOUGH_DATA,
    )


def _shortfalls(variant: ArmTotals, control: ArmTotals) -> tuple[Shortfall, ...]:
    found = []
    if min(variant.customers, control.customers) < MIN_CUSTOMERS:
        found.append(Shortfall.CUSTOMERS)
    if min(variant.buyers, control.buyers) < MIN_BUYERS:
        found.append(Shortfall.BUYERS)
    if variant.revenue_per_customer.variance + control.revenue_per_customer.variance <= 0:
        found.append(Shortfall.VARIATION)
    return tuple(found)


def _enough_for_a_rate(*arms: ArmTotals) -> bool:
    return all(arm.customers >= MIN_CUSTOMERS and MIN_HITS <= arm.buyers <= arm.customers - MIN_HITS for arm in arms)


def _return_on_cost(variant: ArmTotals, control: ArmTotals, incremental_revenue: Estimate) -> Estimate | None:
    # What the control group's customers cost, the variant's would have cost too.
    spared = control.cost * variant.customers / control.customers if control.customers else 0.0
    cost = variant.cost - spared
    return incremental_revenue.scaled(1 / cost, minus=1) if cost > 0 else None


def _detectable(variant: ArmTotals, control: ArmTotals, *, level: float) -> float | None:
    if min(variant.customers, control.customers) < MIN_CUSTOMERS or min(variant.buyers, control.buyers) < MIN_HITS:
        return None
    error = sqrt(variant.revenue_per_customer.squared_error + control.revenue_per_customer.squared_error)
    return power_quantile(level=level) * error if error > 0 else None


def _customers_needed(variant: ArmTotals, control: ArmTotals, detectable: float | None) -> int | None:
    """The error shrinks with the square root of the sizes, so the sizes grow with the square of what is wanted.

    Normal approximation of the power of a two-sample test: Lehr (1992), Statistics in Medicine 11:1099-1102, without
    its rounding.
    """
    wanted = WORTH_FINDING * control.revenue_per_customer.mean
    if detectable is None or wanted <= 0:
        return None
    return ceil((detectable / wanted) ** 2 * (variant.customers + control.customers))
