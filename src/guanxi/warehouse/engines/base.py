"""What an engine of the warehouse must do."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from guanxi.warehouse.store import KEEP_FOR, KEEP_MANIFESTS, Manifest, TableFiles

if TYPE_CHECKING:
    import ibis
    import pyarrow


class EngineMissing(Exception):
    """The engine's libraries are not installed; the message says how to get them."""


class Engine(ABC):
    """Reads one snapshot's files as Ibis tables, and runs expressions over them."""

    name: str
    ibis_name: str
    """What Ibis calls it."""

    @abstractmethod
    def open(self, store: Path, manifest: Manifest) -> Mapping[str, "ibis.Table"]:
        """The tables of a snapshot, for the thread that asks. Raises EngineMissing."""

    @abstractmethod
    def execute(self, expression: "ibis.Expr") -> "pyarrow.Table":
        """The rows of an expression over tables of ``open``; times come as UTC."""


class LazyTables(Mapping[str, "ibis.Table"]):
    """Tables made when they are first asked for, because asking an engine for a schema takes milliseconds."""

    def __init__(self, files: Mapping[str, TableFiles]) -> None:
        self._files = files
        self._made: dict[str, ibis.Table] = {}
        self._lock = Lock()

    def make(self, name: str, files: TableFiles) -> "ibis.Table":
        raise NotImplementedError

    def __getitem__(self, name: str) -> "ibis.Table":
        with self._lock:
            if name not in self._made:
                self._made[name] = self.make(name, self._files[name])
            return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class ViewNames:
    """Names for the views of each snapshot that this process has opened, until no query can need them."""

    def __init__(self) -> None:
        self._opened: dict[str, tuple[str, datetime]] = {}

    def name(self, store: Path, manifest: Manifest) -> str:
        """The same for the same snapshot, another for any other."""
        place = sha256(str(store).encode()).hexdigest()[:8]
        name = f"v{place}_{manifest.version}"
        self._opened.setdefault(name, (place, manifest.refreshed_at))
        return name

    def outdated(self) -> list[str]:
        """Take out and give the names of snapshots whose files may be gone."""
        gone = []
        for place in {place for place, _ in self._opened.values()}:
            here = sorted((at, name) for name, (where, at) in self._opened.items() if where == place)
            gone += [name for at, name in here[:-KEEP_MANIFESTS] if at < here[-1][0] - 2 * KEEP_FOR]
        for name in gone:
            del self._opened[name]
        return gone
