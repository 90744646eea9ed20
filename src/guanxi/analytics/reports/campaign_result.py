"""What a campaign earned: each variant, and all together, against the control group.

Numbers are sums over the rows of ``campaign_result_outcomes.outcomes``, whose docstring defines them; the comparison is
``analytics.models.experiment``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from guanxi.analytics.models.arms import ArmTotals
from guanxi.analytics.models.experiment import Comparison, ExperimentResult, analyse
from guanxi.analytics.reports.campaign_result_outcomes import outcomes, totals
from guanxi.core.money import Minor
from guanxi.marketing.types import CONTROL_ARM, CampaignView
from guanxi.warehouse.queries import Snapshot

ALL_ARMS = -1
"""Stands for all variants together where the number of an arm stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One row of the result. Money in minor units of the merchant's currency."""

    arm: int
    """The variant's id, CONTROL_ARM or ALL_ARMS."""
    name: str
    totals: ArmTotals
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    unpriced: int = 0
    """Counted orders in a currency without an exchange rate, which bring no revenue here."""

    @property
    def revenue_per_customer(self) -> float | None:
        return self.totals.revenue / self.totals.customers if self.totals.customers else None

    @property
    def key(self) -> str:
        return _key(self.arm)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignResult:
    campaign: CampaignView
    currency: str
    control: Arm | None
    """None when the campaign held nobody out, so that no effect can be told."""
    variants: tuple[Arm, ...]
    together: Arm
    """All variants as one: everybody who was to be written to."""
    experiment: ExperimentResult | None
    overall: Comparison | None
    """``together`` against the control group, without the search for the best variant."""
    cost: Minor | None
    """None when the campaign's currency has no exchange rate."""
    refreshed_at: datetime
    """How new the numbers are."""
    complete: bool
    """Whether the window had closed then."""
    comparisons: Mapping[int, Comparison] = field(default_factory=dict)
    """By arm."""

    @property
    def arms(self) -> tuple[Arm, ...]:
        return (*self.variants, self.control) if self.control else self.variants


def campaign_results(
    snapshot: Snapshot, campaigns: Sequence[CampaignView], *, currency: str, rates: Mapping[str, Fraction]
) -> list[CampaignResult]:
    """Results of launched campaigns, in the order given, by one query for all.

    ``currency`` is the merchant's, in which the warehouse keeps values; ``rates`` is what one minor unit of each
    currency is worth in minor units of it, for the campaigns' costs.
    """
    by_arm = _totals(snapshot, [campaign.id for campaign in campaigns])
    return [
        _result(snapshot, campaign, by_arm, currency=currency, rate=rates.get(campaign.currency))
        for campaign in campaigns
    ]


def _totals(snapshot: Snapshot, campaign_ids: Sequence[int]) -> dict[tuple[int, int], dict[str, int]]:
    if not campaign_ids:
        return {}
    rows = snapshot.execute(totals(outcomes(snapshot.tables, campaign_ids=campaign_ids))).to_pylist()
    return {(row.pop("campaign_id"), row.pop("arm")): {name: int(value) for name, value in row.items()} for row in rows}


def _result(
    snapshot: Snapshot,
    campaign: CampaignView,
    by_arm: Mapping[tuple[int, int], dict[str, int]],
    *,
    currency: str,
    rate: Fraction | None,
) -> CampaignResult:
    sums = {arm: by_arm.get((campaign.id, arm), {}) for arm in (CONTROL_ARM, *(v.id for v in campaign.variants))}
    written_to = sum(sums[variant.id].get("customers", 0) for variant in campaign.variants)
    variants = tuple(
        _arm(variant.id, variant.name, row := sums[variant.id], cost=_cost(campaign, row, written_to, rate))
        for variant in campaign.variants
    )
    pooled = _added(sums[variant.id] for variant in campaign.variants)
    cost = _cost(campaign, pooled, written_to, rate)
    together = _arm(ALL_ARMS, _("the campaign"), pooled, cost=cost)
    control = _arm(CONTROL_ARM, _("Control group"), sums[CONTROL_ARM], cost=0) if campaign.control_share else None
    experiment, overall = _compared(campaign, control, variants, together)
    pairs = zip(variants, experiment.comparisons, strict=True) if experiment else ()
    comparisons = {variant.arm: comparison for variant, comparison in pairs}
    return CampaignResult(
        campaign=campaign,
        currency=currency,
        control=control,
        variants=variants,
        together=together,
        experiment=experiment,
        overall=overall,
        cost=cost,
        refreshed_at=snapshot.refreshed_at,
        complete=campaign.window_ends_at is not None and snapshot.refreshed_at >= campaign.window_ends_at,
        comparisons={**comparisons, ALL_ARMS: overall} if overall else comparisons,
    )


def _compared(
    campaign: CampaignView, control: Arm | None, variants: Sequence[Arm], together: Arm
) -> tuple[ExperimentResult | None, Comparison | None]:
    if control is None:
        return None, None
    shares = campaign.planned_shares
    experiment = analyse(
        control=control.totals,
        variants=[variant.totals for variant in variants],
        planned_shares={arm.totals.name: shares[arm.arm] for arm in (control, *variants)},
    )
    if len(variants) == 1:
        return experiment, experiment.comparisons[0]
    both = {control.totals.name: shares[CONTROL_ARM], together.totals.name: 1 - shares[CONTROL_ARM]}
    overall = analyse(control=control.totals, variants=[together.totals], planned_shares=both)
    return experiment, overall.comparisons[0]


def _arm(arm: int, name: str, row: Mapping[str, int], *, cost: Minor | None) -> Arm:
    kept = ("customers", "buyers", "orders", "orders_squares", "revenue", "revenue_squares")
    # The control group's name only tells it from the variants, which people name.
    shown = name if arm != CONTROL_ARM else "\0control"
    return Arm(
        arm=arm,
        name=name,
        totals=ArmTotals(name=shown, cost=cost or 0, **{column: row.get(column, 0) for column in kept}),
        **{name: value for name, value in row.items() if name not in kept},
    )


def _added(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    added: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            added[name] = added.get(name, 0) + value
    return added


def _cost(campaign: CampaignView, row: Mapping[str, int], written_to: int, rate: Fraction | None) -> Minor | None:
    """An arm's part of what was spent, by its customers, and its own messages; in the merchant's currency."""
    if rate is None:
        return None
    part = Fraction(row.get("customers", 0), written_to) if written_to else Fraction(0)
    return round((campaign.spent * part + Fraction(campaign.cost_per_thousand * row.get("sent", 0), 1000)) * rate)


def _key(arm: int) -> str:
    """An arm as it stands in an address."""
    return {CONTROL_ARM: "control", ALL_ARMS: "all"}.get(arm, str(arm))


def arm_of_key(key: str, campaign: CampaignView) -> int:
    """The arm that ``Arm.key`` gave. Raises KeyError."""
    arms: dict[str, Any] = {_key(arm): arm for arm in (CONTROL_ARM, ALL_ARMS, *(v.id for v in campaign.variants))}
    return int(arms[key])
