"""Points that customers earned: what tiers ask of another part of the room, which registers itself here."""

from typing import Protocol

NOBODY = "SELECT NULL::bigint AS customer_id, 0::bigint AS points, NULL::timestamptz AS first_at WHERE false"


class PointsSource(Protocol):
    def __call__(self, *, one_shop: bool, some_customers: bool) -> str:
        """A SELECT of (customer_id, points, first_at): see `loyalty.points.queries.earned_sql`."""


_sources: list[PointsSource] = []


def read_points_with(source: PointsSource) -> None:
    """Ask this source from now on; called once at start."""
    _sources[:] = [source]


def points_sql(*, one_shop: bool, some_customers: bool) -> str:
    """Nobody has points while nothing tells them."""
    return _sources[0](one_shop=one_shop, some_customers=some_customers) if _sources else NOBODY
