"""From a programme as it is kept to what the engine reads."""

from datetime import datetime

from guanxi.core import preferences
from guanxi.loyalty.models.tiers import Tier, TierProgramme
from guanxi.loyalty.tiers.engine import Rules, Rung
from guanxi.loyalty.tiers.windows import Window, window_at


def window_of(programme: TierProgramme, *, now: datetime) -> Window:
    return window_at(now, programme.window, programme.window_days, preferences.time_zone())


def rules_of(programme: TierProgramme, *, now: datetime) -> Rules:
    """The rules of a saved programme."""
    tiers = {tier.pk: tier for tier in Tier.objects.filter(programme=programme)}
    return Rules(
        programme_id=programme.pk,
        shop_id=programme.shop_id,
        window=window_of(programme, now=now),
        rungs=[rung(tier) for tier in tiers.values() if tier.removed_at is None],
        retired={tier.pk: _rank_below(tier, tiers) for tier in tiers.values() if tier.removed_at is not None},
        downgrade=programme.downgrade,
        grace_days=programme.grace_days,
        fall_month=programme.fall_month,
        fall_day=programme.fall_day,
        warn_days=programme.warn_days,
    )


def rung(tier: Tier) -> Rung:
    return Rung(
        tier_id=tier.pk,
        rank=tier.rank,
        min_spend=tier.min_spend,
        min_orders=tier.min_orders,
        min_points=tier.min_points,
        match=tier.match,
    )


def _rank_below(removed: Tier, known: dict[int, Tier]) -> int:
    """Rank of the next lower tier that is still in use; 0 when there is none."""
    lower: Tier | None = removed
    while lower is not None and lower.removed_at is not None:
        lower = known.get(lower.lower_id) if lower.lower_id is not None else None
    return lower.rank if lower is not None else 0
