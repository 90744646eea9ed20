"""Tier programmes for tests."""

from datetime import datetime
from typing import Any

from guanxi.loyalty.models.tiers import TierChange, TierMember
from guanxi.loyalty.tiers import services
from guanxi.loyalty.tiers.types import ProgrammeDraft, TierDraft


def tier(name: str, spend: int | None = None, orders: int | None = None, **said: Any) -> TierDraft:
    """A tier that asks for a spend (minor units) or a number of orders or both."""
    return TierDraft(name=name, min_spend=spend, min_orders=orders, **said)


def draft(*tiers: TierDraft, **said: Any) -> ProgrammeDraft:
    """A programme over the last 365 days: Silver from 100.00, Gold from 500.00, unless other tiers are given."""
    chosen = tiers or (tier("Silver", 10_000), tier("Gold", 50_000))
    return ProgrammeDraft(**{"name": "Club", "tiers": chosen, **said})


def programme(*tiers: TierDraft, now: datetime, **said: Any) -> int:
    """A saved programme; everyone has been evaluated at ``now``."""
    return services.save_programme(draft(*tiers, **said), now=now)[0]


def tier_names(programme_id: int) -> dict[int, str]:
    """What each customer holds now, by customer; those without a tier are left out."""
    rows = TierMember.objects.filter(programme=programme_id, spare=False, tier__isnull=False)
    return dict(rows.values_list("customer_id", "tier__name"))


def moves(programme_id: int) -> list[tuple[int, str, str, str]]:
    """The history in its order: customer, from, to (empty for none) and reason."""
    rows = TierChange.objects.filter(programme=programme_id).order_by("pk")
    found = rows.values_list("customer_id", "from_tier__name", "to_tier__name", "reason")
    return [(customer, source or "", target or "", reason) for customer, source, target, reason in found]
