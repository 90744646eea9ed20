"""How much is taken in a minute: of one visitor, and of one website. Each process counts for itself."""

import threading
from uuid import UUID

PER_VISITOR = 240
"""Nobody reads four pages a second for a minute."""
MOST_VISITORS = 200_000


class Minute:
    """Counts of the current minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._visitors: dict[UUID, int] = {}
        self._sites: dict[int, int] = {}

    def admit(self, *, site_id: int, most: int, visitor: UUID, events: int, seconds: float) -> bool:
        """Count these events, or say that they are too many. ``seconds`` is the time now."""
        with self._lock:
            if int(seconds // 60) != self._minute or len(self._visitors) > MOST_VISITORS:
                self._minute = int(seconds // 60)
                self._visitors.clear()
                self._sites.clear()
            of_visitor = self._visitors.get(visitor, 0) + events
            of_site = self._sites.get(site_id, 0) + events
            if of_visitor > PER_VISITOR or of_site > most:
                return False
            self._visitors[visitor], self._sites[site_id] = of_visitor, of_site
            return True


MINUTE = Minute()
