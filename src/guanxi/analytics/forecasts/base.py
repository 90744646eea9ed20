"""What a forecast is: a model that learns from the warehouse every night and says something of each customer.

To add one: subclass Forecast, add its dotted path to the dict in this folder's ``__init__.py``, and give it a template
that explains it. It works in sets: one or a few queries in, arrays through a pure model of ``analytics/models``, one
table of rows out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from guanxi.warehouse.queries import Snapshot

if TYPE_CHECKING:
    import pyarrow

    from guanxi.analytics.models.stored import ModelRun
    from guanxi.analytics.reports.base import ReportTable

Progress = Callable[[int, int, str], None]
"""Called with the number of steps done, their total, and the name of the next; may raise to stop the run."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a forecast may look at."""

    snapshot: Snapshot
    now: datetime
    zone: ZoneInfo
    """The merchant's, in which days begin."""
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to. With ``too_thin``, the name of a reason, there are no rows, and those before are emptied."""

    too_thin: str = ""
    first_day: date | None = None
    last_day: date | None = None
    customers: int = 0
    parameters: Mapping[str, float] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    """JSON for the page."""
    rows: "pyarrow.Table | None" = None
    """With ``customer_id`` and columns of the forecast's table."""


class Forecast:
    """Base of all forecasts. Instances hold nothing."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    summary: ClassVar[str | Promise]
    """What it says, in one sentence for a merchant."""
    icon: ClassVar[str]
    version: ClassVar[int]
    """Raise it when the same data would give other numbers."""
    table: ClassVar[str]
    """PostgreSQL table with ``customer_id`` alone or first in its key, which has no other writer; a row can be written
    with nothing but that."""
    template: ClassVar[str]
    reasons: ClassVar[Mapping[str, str | Promise]]
    """Words for what ``Outcome.too_thin`` may say."""

    def run(self, context: Context, progress: Progress) -> Outcome:
        raise NotImplementedError

    def quality_words(self, run: "ModelRun") -> str:
        """How well it did, for a list; empty when nobody can tell yet."""
        raise NotImplementedError

    def tables(self, run: "ModelRun") -> "Sequence[ReportTable]":
        """Tables that its page shows and that can be had as CSV."""
        return ()

    def page(self, run: "ModelRun", *, segments: bool) -> dict[str, Any]:
        """What its template shows of a run. ``segments`` says whether the reader may make some."""
        raise NotImplementedError
