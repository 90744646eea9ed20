"""Why a launch was refused: a code kept on the campaign, and a sentence for people in their language."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Problem(StrEnum):
    EMPTY_SEGMENT = "empty_segment"
    NOBODY_ELIGIBLE = "nobody_eligible"
    NOBODY_TO_WRITE_TO = "nobody_to_write_to"
    SEGMENT_GONE = "segment_gone"
    SEGMENT_UNREADABLE = "segment_unreadable"
    NO_WAREHOUSE = "no_warehouse"
    TEMPLATE_BROKEN = "template_broken"
    INTERRUPTED = "interrupted"


SENTENCES: dict[Problem, Promise] = {
    Problem.EMPTY_SEGMENT: _(
        "The segment has no members now, so nothing was sent. Widen its conditions or choose another segment."
    ),
    Problem.NOBODY_ELIGIBLE: _(
        "Nobody in the segment may be written to: see the review page for the reasons. Nothing was sent."
    ),
    Problem.NOBODY_TO_WRITE_TO: _(
        "So few customers may be written to that chance put all of them into the control group. Nothing was sent. "
        "Make the control group smaller or choose a larger segment."
    ),
    Problem.SEGMENT_GONE: _("The segment no longer exists, so nothing was sent. Choose another segment."),
    Problem.SEGMENT_UNREADABLE: _(
        "The segment cannot be computed as it is defined now, so nothing was sent. Open it and mend its conditions."
    ),
    Problem.NO_WAREHOUSE: _(
        "The warehouse is still empty, so the segment cannot be computed. Nothing was sent. Try again in a minute."
    ),
    Problem.TEMPLATE_BROKEN: _(
        "A variant's template cannot be used as it is now, so nothing was sent. Open it and mend it."
    ),
    Problem.INTERRUPTED: _(
        "Queuing the messages stopped before the end. Nothing is lost and nobody is written to twice: resume to go on."
    ),
}


class LaunchRefused(Exception):
    """The campaign cannot be launched now; nothing was sent."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(SENTENCES[problem]))
        self.problem = problem


class WrongStatus(Exception):
    """The campaign is not in a status in which that can be done; the message is for people."""


class NoCampaign(LookupError):
    """There is no such campaign."""
