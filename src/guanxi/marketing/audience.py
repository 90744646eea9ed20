"""Who a campaign is for: members of its segment, those left out and why, and how chance divides the others."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from guanxi.core.assignment import IntArray, assign
from guanxi.marketing.types import CampaignView
from guanxi.messaging import queries as messaging
from guanxi.messaging.types import Eligibility
from guanxi.segments import queries as segments

LEFT_OUT = -1
"""Stands in ``Audience.arms`` for a customer who may not be written to."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Three arrays of the same length, by ascending customer id."""

    customer_ids: IntArray
    arms: IntArray
    """The variant's id, CONTROL_ARM or LEFT_OUT."""
    reasons: np.ndarray
    """Why someone is left out, as messaging says it; empty text for everyone else."""

    def __len__(self) -> int:
        return len(self.customer_ids)

    def in_arm(self, arm: int) -> int:
        return int(np.count_nonzero(self.arms == arm))


def divide(campaign: CampaignView, *, seed: str, now: datetime) -> Audience:
    """The audience as it would be divided now; the same members give the same division, whoever asks and when.

    The control group is drawn from those who could be written to, as the variants are; only then may the two be
    compared. Raises segments' NoSegment and whatever the segment's definition raises.
    """
    customer_ids = segments.members(campaign.segment_id, now=now)
    return draw(customer_ids, _reasons(customer_ids, campaign), campaign, seed=seed)


def draw(customer_ids: IntArray, reasons: np.ndarray, campaign: CampaignView, *, seed: str) -> Audience:
    """Divide those without a reason against it at random by the planned shares."""
    arms = np.full(len(customer_ids), LEFT_OUT, dtype=np.int64)
    allowed = reasons == ""
    planned = list(campaign.planned_shares.items())
    drawn = assign(customer_ids[allowed], seed=seed, shares=[(str(arm), share) for arm, share in planned])
    arms[allowed] = np.array([arm for arm, _ in planned], dtype=np.int64)[drawn]
    return Audience(customer_ids, arms, reasons)


def _reasons(customer_ids: IntArray, campaign: CampaignView) -> np.ndarray:
    answers = messaging.eligibility(customer_ids.tolist(), campaign.channel, campaign.purpose)
    # A customer that messaging has never heard of (merged or erased since the warehouse was refreshed) has no address.
    told = (answers.get(number, Eligibility.NO_ADDRESS) for number in customer_ids.tolist())
    words = ["" if answer == Eligibility.OK else answer.value for answer in told]
    return np.array(words, dtype="U20")
