"""Files of the warehouse: immutable Parquet under a manifest that is swapped whole.

``GUANXI_HOME/warehouse/manifest.json`` names every file of the newest snapshot; ``history/`` keeps the manifests before
it, so that a reader in the middle of a query still finds its files. One process writes at a time (see services.py).
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

FORMAT = 2
KEEP_MANIFESTS = 3
"""So many manifests stay whatever their age …"""
KEEP_FOR = timedelta(minutes=15)
"""… and all that were the newest one less than this ago: no query runs longer."""


class NoSnapshot(Exception):
    """The warehouse has not been filled yet."""


@dataclass(frozen=True, slots=True)
class TableFiles:
    """Where one table's rows are: those of the base whose key was not replaced, and all of ``delta``.

    The replaced keys are those in ``delta``, or in ``keys`` when some of them have no row any more. Paths are relative
    to the folder of the warehouse.
    """

    key: str
    base: tuple[str, ...]
    delta: str | None = None
    keys: str | None = None
    base_rows: int = 0
    delta_rows: int = 0
    digest: str = ""
    """Of the definition it was made with; another definition means that the whole table is made anew."""

    @property
    def hidden(self) -> str | None:
        """The file with the keys whose rows of the base do not count."""
        return self.keys or self.delta

    def paths(self) -> list[str]:
        return [*self.base, *(path for path in (self.delta, self.keys) if path)]


@dataclass(frozen=True, slots=True)
class Manifest:
    version: int
    refreshed_at: datetime
    source: str
    """Which database it was copied from."""
    snapshot: str
    """What was committed in it then, as PostgreSQL's ``pg_snapshot``."""
    tables: Mapping[str, TableFiles] = field(default_factory=dict)
    format: int = FORMAT


def folder() -> Path:
    """The folder of the warehouse, made when missing."""
    path = Path(settings.GUANXI_HOME) / "warehouse"
    (path / "history").mkdir(parents=True, exist_ok=True)
    return path


def stamp(store: Path) -> tuple[int, int]:
    """Changes when there is a new snapshot; costs one ``stat``. Raises NoSnapshot."""
    try:
        status = (store / "manifest.json").stat()
    except FileNotFoundError:
        raise NoSnapshot("The warehouse is empty; fill it with: guanxi warehouse refresh") from None
    return status.st_ino, status.st_mtime_ns


def load(store: Path) -> Manifest:
    """The newest manifest. Raises NoSnapshot when there is none that this release can read."""
    stamp(store)
    manifest = _parse((store / "manifest.json").read_text())
    if manifest.format != FORMAT:
        raise NoSnapshot("The warehouse was written by another release; fill it with: guanxi warehouse refresh")
    return manifest


def next_version(store: Path) -> int:
    """A number that no manifest has had, not even one of a swap that was cut off."""
    known = [int(path.stem) for path in (store / "history").glob("*.json")]
    with suppress(FileNotFoundError):
        known.append(_parse((store / "manifest.json").read_text()).version)
    return max(known, default=0) + 1


def swap(store: Path, manifest: Manifest) -> None:
    """Make this the newest manifest. Its files must be complete and on disk."""
    text = json.dumps({**asdict(manifest), "refreshed_at": manifest.refreshed_at.isoformat()})
    (store / "history" / f"{manifest.version:010d}.json").write_text(text)
    _write(store / "manifest.json", text)
    sync(store)


def clean(store: Path, *, now: datetime) -> list[str]:
    """Delete the files that no reader can need, those of a refresh that was cut off included. Gives their names.

    Only for the process that holds the right to refresh.
    """
    history = sorted((store / "history").glob("*.json"), reverse=True)
    manifests = [_time_and_files(path.read_text()) for path in history]
    superseded_at = [now, *(refreshed_at for refreshed_at, _files in manifests)]
    kept = {index for index in range(len(manifests)) if index < KEEP_MANIFESTS or superseded_at[index] > now - KEEP_FOR}
    needed: set[str] = set().union(*(manifests[index][1] for index in kept))
    needed |= {f"history/{history[index].name}" for index in kept}
    (store / "tables").mkdir(exist_ok=True)
    gone = [
        path
        for folder in ("tables", "history")
        for path in (store / folder).iterdir()
        if f"{folder}/{path.name}" not in needed and path.is_file()
    ]
    gone += store.glob("*.tmp")
    for path in gone:
        path.unlink(missing_ok=True)
    return [path.name for path in gone]


def sync(path: Path) -> None:
    """Put a file, or a folder's list of names, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    try:
        with temporary.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@lru_cache(maxsize=256)
def _time_and_files(text: str) -> tuple[datetime, frozenset[str]]:
    """When a manifest of the history was made, and what it names. A power cut can leave it half written; then nobody
    needs it."""
    try:
        manifest = _parse(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC), frozenset()
    return manifest.refreshed_at, frozenset(path for files in manifest.tables.values() for path in files.paths())


def _parse(text: str) -> Manifest:
    raw: dict[str, Any] = json.loads(text)
    if raw.get("format") != FORMAT:
        return Manifest(raw.get("version", 0), datetime.fromisoformat(raw["refreshed_at"]), "", "", format=0)
    tables = {name: replace(TableFiles(**files), base=tuple(files["base"])) for name, files in raw["tables"].items()}
    return Manifest(**{**raw, "tables": tables, "refreshed_at": datetime.fromisoformat(raw["refreshed_at"])})
