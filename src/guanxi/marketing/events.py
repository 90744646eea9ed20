"""What the marketing room announces."""

from dataclasses import dataclass
from typing import ClassVar

from guanxi.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignAssigned(Event):
    """A customer was put in an arm of a campaign: a touch, or a place in the control group.

    ``subject_id`` is the campaign. Written by the hundred thousand with ``publish_select``; see launching.py.
    """

    kind: ClassVar[str] = "campaign.assigned"
    variant_id: int | None
    """None for the control group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChanged(Event):
    """A campaign moved on in its life. ``customer_id`` is None, ``subject_id`` the campaign."""

    kind: ClassVar[str] = "campaign.changed"
    status: str
