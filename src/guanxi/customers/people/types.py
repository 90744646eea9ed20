"""What readers of people give, and what an import of them says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from guanxi.customers.fields.types import Definition
from guanxi.customers.types import IncomingProfile


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class IncomingPerson:
    """One card or row, as its source wrote it. Empty text means "the source did not say"."""

    row: int
    """The row of a table or the place of a card in its file, from 1."""
    cells: Sequence[str] = ()
    """The row as it stood, for the file of rejected rows."""
    profile: IncomingProfile = field(default_factory=IncomingProfile)
    company: str = ""
    title: str = ""
    role: str = ""
    """A member of `guanxi.customers.parties.kinds.Role`, or empty."""
    remark: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What it says of the merchant's own fields, by their keys; readable already."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader must know besides the file."""

    country: str = "CN"
    """ISO 3166 alpha-2, for phone numbers without a country code."""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    """Which column is what, for readers of tables: field to column name; empty means guess."""
    own: Mapping[str, Definition] = field(default_factory=dict)
    """The merchant's own fields, by their keys."""


@dataclass(slots=True)
class Counts:
    """What came of some rows."""

    rows: int = 0
    customers_created: int = 0
    companies_created: int = 0
    unchanged: int = 0
    """Rows that were in the batch before, just as they are."""
    rejected: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Watcher(Protocol):
    """Who is told how far it is, and may stop it by raising; `core.jobs.Run` is one."""

    def progress(self, done: int, *, total: int | None = None, message: str = "") -> None: ...


class PeopleReader(Protocol):
    """One kind of file with people in it. Holds no state and touches no database."""

    name: str
    label: Any
    icon: str
    help: Any

    def recognises(self, path: Path) -> float:
        """How sure the reader is that this is its file: 0 no, 1 certain. Reads a little of it, never raises."""

    def read(self, path: Path, reading: Reading) -> Iterator[Any]:
        """IncomingPerson for each card or row, RejectedRow for those that cannot be read. Raises UnreadableFile."""

    def header(self, path: Path) -> list[str]:
        """The names of `IncomingPerson.cells`, for the file of rejected rows."""
