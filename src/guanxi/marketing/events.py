"""What the marketing room announces."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignAssigned(Event):
    """A customer was put in an arm of a campaign: a touch, or a place in the control group.

    ``subject_id`` is the campaign. Written by the hundred thousand with ``publish_select``; see launching.py.
    """

    kind: ClassVar[str] = "campaign.assigned"
    label: ClassVar[Promise | str] = _("Put into a campaign")
    icon: ClassVar[str] = "speakerphone"
    variant_id: int | None
    """None for the control group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChanged(Event):
    """A campaign moved on in its life. ``customer_id`` is None, ``subject_id`` the campaign."""

    kind: ClassVar[str] = "campaign.changed"
    label: ClassVar[Promise | str] = _("Campaign changed")
    icon: ClassVar[str] = "speakerphone"
    status: str
