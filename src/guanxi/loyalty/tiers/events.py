"""What happens to customers' tiers. The engine writes these in sets; the classes say what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TierMoved(Event):
    """The subject is the tier that now holds, if any. Tiers by the names they had then; empty for none."""

    programme_id: int
    reason: str
    """A value of `models.tiers.Reason`."""
    from_tier: str
    to_tier: str
    first_evaluation: bool = False
    """The programme was filled for the first time: the customer was there, rather than rose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRaised(TierMoved):
    kind: ClassVar[str] = "tier.raised"
    label: ClassVar[Promise | str] = _("Rose to a higher tier")
    icon: ClassVar[str] = "trending-up"
    told: ClassVar[Sequence[str]] = ("{from_tier} → {to_tier}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierLowered(TierMoved):
    kind: ClassVar[str] = "tier.lowered"
    label: ClassVar[Promise | str] = _("Went down to a lower tier")
    icon: ClassVar[str] = "trending-down"
    told: ClassVar[Sequence[str]] = ("{from_tier} → {to_tier}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierWarned(Event):
    """The tier will be lost on ``loses_on`` (a day, as YYYY-MM-DD) unless its conditions are met again before."""

    kind: ClassVar[str] = "tier.warned"
    label: ClassVar[Promise | str] = _("Tier about to be lost")
    icon: ClassVar[str] = "alert-triangle"
    told: ClassVar[Sequence[str]] = ("{tier} → {next_tier} · {loses_on}",)
    programme_id: int
    tier: str
    next_tier: str
    loses_on: str
