"""How hot a visitor is and how much they want something: points that halve with time.

What a visitor did is worth ``points · 2^(-age / half-life)`` today. A sum of such terms need not be worked out anew
each day: measured at a fixed `EPOCH` it is ``Σ points · 2^((t - EPOCH) / half-life)``, to which a new event only adds,
and which orders people on every day as that day's points would. A double holds this until about 2045.
"""

from datetime import UTC, datetime

from guanxi.visits.types import Kind

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
HEAT_HALF_LIFE = 7.0
"""Days in which a visitor cools down to half."""
INTEREST_HALF_LIFE = 30.0
"""Days in which an interest fades to half: people look for a bed longer than they stay in one mood to buy."""

POINTS = {Kind.PAGE: 1, Kind.PRODUCT: 3, Kind.SEARCH: 3, Kind.FORM: 8, Kind.CART: 10, Kind.ORDER: 0}
"""An order adds nothing: it is what the other points foretell."""
INTEREST_POINTS = {Kind.PRODUCT: 3, Kind.SEARCH: 3, Kind.CART: 10}

HOT, WARM = 20.0, 6.0
"""Hot: a product in the cart and three more looked at today, or the like; warm: two products, or a few pages."""


def worth(heat: float, *, now: datetime, half_life: float = HEAT_HALF_LIFE) -> float:
    """The points that a stored ``heat`` stands for now."""
    return heat * 2.0 ** (-_days(now) / half_life)


def threshold(points: float, *, now: datetime, half_life: float = HEAT_HALF_LIFE) -> float:
    """The stored ``heat`` that stands for these points now."""
    return points * 2.0 ** (_days(now) / half_life)


def level(points: float) -> str:
    """``hot``, ``warm`` or ``cool``."""
    return "hot" if points >= HOT else "warm" if points >= WARM else "cool"


def _days(now: datetime) -> float:
    return (now - EPOCH).total_seconds() / 86400


def points_sql(points: dict[Kind, int], half_life: float, *, at: str = "occurred_at", kind: str = "kind") -> str:
    """The stored worth of one event, as an SQL expression."""
    cases = " ".join(f"WHEN '{name.value}' THEN {number}" for name, number in points.items())
    days = f"extract(epoch FROM {at} - '{EPOCH.isoformat()}'::timestamptz)::float8 / 86400"
    return f"(CASE {kind} {cases} ELSE 0 END) * power(2::float8, {days} / {half_life})"
