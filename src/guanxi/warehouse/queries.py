"""Reading the warehouse: tables of one consistent snapshot as Ibis expressions, on the engine in use."""

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings

from guanxi.warehouse import store
from guanxi.warehouse.engines import ENGINES
from guanxi.warehouse.store import NoSnapshot

if TYPE_CHECKING:
    import ibis
    import pyarrow

T = TypeVar("T")
REMEMBERED = 50
"""Answers kept for one snapshot; see `Snapshot.once`."""

__all__ = ["NoSnapshot", "Snapshot", "execute", "freshness", "row_counts", "scalar", "snapshot", "table"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The warehouse as it was at one moment. Its tables agree with each other, and stay while they are used."""

    version: int
    refreshed_at: datetime
    engine: str
    tables: Mapping[str, "ibis.Table"]
    """By name; for the thread that asked, so do not hand them to another."""
    answers: dict[Hashable, tuple[Any]] = field(repr=False)
    """What `once` has found; shared by the threads of this process."""

    def once(self, question: Hashable, ask: Callable[[], T]) -> T:
        """What ``ask`` finds in this snapshot, asked once in this process: for what people open again and again.

        The answer is everybody's, so it depends on nothing but the question, and nobody changes it.
        """
        kept: tuple[T] | None = self.answers.get(question)
        if kept is None:
            kept = (ask(),)
            if len(self.answers) >= REMEMBERED:
                self.answers.clear()
            self.answers[question] = kept
        return kept[0]

    def execute(self, expression: "ibis.Expr") -> "pyarrow.Table":
        """The rows of an expression over these tables; times in UTC."""
        return ENGINES.get(self.engine).execute(expression)

    def scalar(self, expression: "ibis.Expr") -> Any:
        """The one value of an expression, as Python's own type."""
        return self.execute(expression).column(0)[0].as_py()


_opened = threading.local()


def snapshot(engine: str | None = None) -> Snapshot:
    """The newest snapshot on ``engine`` (default: GUANXI_WAREHOUSE_ENGINE). Nearly free while there is no newer one.

    Raises NoSnapshot while the warehouse is empty.
    """
    name = engine or settings.WAREHOUSE_ENGINE
    place = store.folder()
    stamp = store.stamp(place)
    cache: dict[tuple[Path, str], tuple[tuple[int, int], Snapshot]] = _opened.__dict__.setdefault("snapshots", {})
    known = cache.get((place, name))
    if known is None or known[0] != stamp:
        known = cache[place, name] = stamp, _open(place, name)
    return known[1]


def _open(place: Path, engine: str) -> Snapshot:
    manifest = store.load(place)
    return Snapshot(
        version=manifest.version,
        refreshed_at=manifest.refreshed_at,
        engine=engine,
        tables=ENGINES.get(engine).open(place, manifest),
        answers=_answers(place, engine, manifest.version, manifest.refreshed_at),
    )


@lru_cache(maxsize=2)
def _answers(place: Path, engine: str, version: int, refreshed_at: datetime) -> dict[Hashable, tuple[Any]]:
    """The same for the same snapshot, empty for any other."""
    return {}


def table(name: str, engine: str | None = None) -> "ibis.Table":
    """One table of the newest snapshot. Two that must agree come from one ``snapshot()``. Raises KeyError."""
    return snapshot(engine).tables[name]


def execute(expression: "ibis.Expr") -> "pyarrow.Table":
    """The rows of an expression over tables of one snapshot, on the engine they came from; times in UTC."""
    backend = expression.get_backend().name
    return next(engine for engine in ENGINES if engine.ibis_name == backend).execute(expression)


def scalar(expression: "ibis.Expr") -> Any:
    """The one value of an expression, as Python's own type."""
    return execute(expression).column(0)[0].as_py()


def row_counts() -> Mapping[str, int]:
    """Rows of every table in the newest snapshot, counted. Raises NoSnapshot."""
    return {name: scalar(table.count()) for name, table in snapshot().tables.items()}


def freshness() -> datetime | None:
    """When the newest snapshot was taken; None while the warehouse is empty."""
    try:
        return store.load(store.folder()).refreshed_at
    except NoSnapshot:
        return None
