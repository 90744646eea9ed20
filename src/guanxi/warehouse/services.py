"""Refreshing the warehouse from PostgreSQL."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guanxi.warehouse import store
from guanxi.warehouse.engines import ENGINES
from guanxi.warehouse.files import DiskFull, Writer, full_disk_told
from guanxi.warehouse.refresh import Build, Progress, TableResult
from guanxi.warehouse.source import RefreshRunning, anything_changed, open_source
from guanxi.warehouse.specs import TABLES
from guanxi.warehouse.store import NoSnapshot

if TYPE_CHECKING:
    import duckdb

__all__ = ["DiskFull", "RefreshResult", "RefreshRunning", "needs_full", "refresh", "stale"]


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What one refresh did; ``dataclasses.asdict`` of it is fit for JSON but for the time."""

    version: int
    refreshed_at: datetime
    seconds: float
    changed: bool
    """Whether there is a new version."""
    tables: tuple[TableResult, ...]

    @property
    def rows_read(self) -> int:
        return sum(table.rows_read for table in self.tables)


def refresh(
    *, full: bool = False, progress: Progress = lambda done, total, table: None, now: datetime, wait: bool = True
) -> RefreshResult:
    """Bring the warehouse to what is committed in PostgreSQL now, reading what changed since the last time.

    ``full`` reads everything anew; so does the first refresh, and the first on another database. One process refreshes
    at a time: a second waits, or with ``wait=False`` raises RefreshRunning. Cut off at any moment, or with a disk that
    fills up (DiskFull), the snapshot before stays the newest. An exception out of ``progress`` stops it.
    """
    began = time.perf_counter()
    place = store.folder()
    with open_source(wait=wait) as source, _database() as database:
        previous = _newest(place)
        usable = previous if previous and source.moment.follows(previous.source, previous.snapshot) else None
        version = store.next_version(place)
        writer = Writer(place, version)
        build = Build(source, database, place, writer, None if full else usable, version)
        try:
            manifest = build.run(now=now, progress=progress)
            writer.settle()
            with full_disk_told():
                store.swap(place, manifest)
        except BaseException:
            writer.discard()
            raise
        store.clean(place, now=now)
    seconds = round(time.perf_counter() - began, 4)
    return RefreshResult(manifest.version, now, seconds, manifest.version == version, build.results)


def needs_full() -> bool:
    """Whether there is no snapshot yet that a refresh could start from."""
    manifest = _newest(store.folder())
    return manifest is None or manifest.tables.keys().isdisjoint(TABLES)


def stale() -> bool:
    """Whether PostgreSQL has changes that the newest snapshot lacks; a few milliseconds."""
    manifest = _newest(store.folder())
    if manifest is None:
        return True
    return anything_changed(TABLES.values(), identity=manifest.source, since=manifest.snapshot)


def _newest(place: Path) -> store.Manifest | None:
    try:
        return store.load(place)
    except NoSnapshot:
        return None


@contextlib.contextmanager
def _database() -> Iterator["duckdb.DuckDBPyConnection"]:
    """Room for a build inside the process's DuckDB, so that both keep to one limit of memory."""
    from guanxi.warehouse.engines.duckdb import DuckDB

    engine = ENGINES.get("duckdb")
    assert isinstance(engine, DuckDB)
    with engine.cursor() as cursor:
        cursor.execute("ATTACH ':memory:' AS build; USE build.main")
        try:
            yield cursor
        finally:
            cursor.execute("USE memory.main; DETACH build")
