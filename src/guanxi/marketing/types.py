"""What the marketing room gives: plain values that other rooms may hold."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from guanxi.core.money import Minor
from guanxi.marketing.models.campaign import WHOLE, CampaignStatus

CONTROL_ARM = 0
"""Number of the control group where a variant's id stands; no variant has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantView:
    id: int
    number: int
    name: str
    share: int
    """Hundredths of a percent of the customers outside the control group."""
    template_version_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignView:
    """A campaign as others see it. Money in minor units of ``currency``, shares in hundredths of a percent."""

    id: int
    name: str
    segment_id: int
    channel: str
    purpose: str
    status: str
    problem: str
    control_share: int
    window_days: int
    tracking: bool
    variants: tuple[VariantView, ...]
    fixed_cost: Minor
    """As planned; from launch on it is part of ``spent``."""
    cost_per_thousand: Minor
    currency: str
    spent: Minor
    """Sum of the cost entries, without the messages themselves."""
    scheduled_at: datetime | None
    reviewed_audience: int | None
    launched_at: datetime | None
    audience: int | None
    queued_at: datetime | None
    finished_at: datetime | None
    created_at: datetime

    @property
    def status_label(self) -> str:
        return str(CampaignStatus(self.status).label)

    @property
    def window_ends_at(self) -> datetime | None:
        """Orders count up to this moment."""
        return self.launched_at and self.launched_at + timedelta(days=self.window_days)

    @property
    def planned_shares(self) -> dict[int, float]:
        """Part of those who may be written to that each arm gets, by arm; the arms sum to 1. No arm has 0."""
        written_to = 1 - self.control_share / WHOLE
        shares = {variant.id: written_to * variant.share / WHOLE for variant in self.variants}
        return {CONTROL_ARM: self.control_share / WHOLE, **shares} if self.control_share else shares
