"""What points announce. Batches write the same rows with SQL."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEvent(Event):
    """So many points more or fewer; the subject is the lot, unless a kind says else."""

    programme_id: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEarned(PointsEvent):
    kind: ClassVar[str] = "points.earned"
    label: ClassVar[Promise | str] = _("Points earned")
    icon: ClassVar[str] = "coins"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsReversed(PointsEvent):
    kind: ClassVar[str] = "points.reversed"
    label: ClassVar[Promise | str] = _("Points taken back")
    icon: ClassVar[str] = "coin-off"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsSpent(PointsEvent):
    """The subject is the reservation."""

    kind: ClassVar[str] = "points.spent"
    label: ClassVar[Promise | str] = _("Points spent")
    icon: ClassVar[str] = "discount"
    shop_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpiring(PointsEvent):
    """These points expire soon unless they are spent; without a subject, because it is for several lots at once."""

    kind: ClassVar[str] = "points.expiring"
    label: ClassVar[Promise | str] = _("Points expire soon")
    icon: ClassVar[str] = "hourglass"
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpired(PointsEvent):
    """Without a subject, because it is for several lots at once."""

    kind: ClassVar[str] = "points.expired"
    label: ClassVar[Promise | str] = _("Points expired")
    icon: ClassVar[str] = "hourglass-empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsAdjusted(PointsEvent):
    """Someone gave or took them by hand; the subject is the adjustment."""

    kind: ClassVar[str] = "points.adjusted"
    label: ClassVar[Promise | str] = _("Points changed by hand")
    icon: ClassVar[str] = "edit"
