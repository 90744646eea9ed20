"""Building the next snapshot in DuckDB: the files of every table, then the facts of the customers that changed.

Three schemas stand side by side while a refresh runs: ``work`` has what passes between the steps, ``touched`` the new
tables narrowed to the customers whose facts are made anew, and ``main`` the new tables whole, when all facts are.

A small change costs statements rather than rows: each is some milliseconds of planning. So tables are named in place
(``before``, ``now``) instead of through views, and what two steps need is staged once. Three threads share the work:
one reads what changed from PostgreSQL, one writes files, and this one computes; it waits for rows but not for files.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from guanxi.warehouse import derive, facts, rfm
from guanxi.warehouse.engines.duckdb import Layer, scan, select, stack
from guanxi.warehouse.files import Writer, stage_stream
from guanxi.warehouse.source import Source
from guanxi.warehouse.specs import TABLES, TableSpec
from guanxi.warehouse.store import Manifest, TableFiles

if TYPE_CHECKING:
    import duckdb
    import ibis

COMPACT_AT = 0.2
"""A delta of more than this share of its base is merged into a new base. Until then readers pay a millisecond or two
for it, and each refresh writes it again; merging it costs as much as writing the whole table."""
Progress = Callable[[int, int, str], None]
"""Called with the number of tables done, their total, and the name of the table that comes next."""


@dataclass(frozen=True, slots=True)
class TableResult:
    name: str
    rows_read: int
    """Rows that came from PostgreSQL; of derived tables those that were computed."""
    seconds: float
    bytes: int
    full: bool


@dataclass(slots=True)
class Build:
    """One refresh while it runs. ``previous`` is None when all is made anew."""

    source: Source
    database: "duckdb.DuckDBPyConnection"
    place: Path
    writer: Writer
    previous: Manifest | None
    version: int
    tables: dict[str, TableFiles] = field(default_factory=dict)
    reloaded: set[str] = field(default_factory=set)
    """Tables made anew whole."""
    changed: dict[str, Layer] = field(default_factory=dict)
    """What takes the place of some keys' rows, by table."""
    same_measures: bool = False
    """Whether the facts that changed are not those that RFM scores are made of."""
    took: dict[str, "_Took"] = field(default_factory=dict)
    on_their_way: list[tuple[str, str, Future[int]]] = field(default_factory=list)
    """Files: table, part, and what will be the number of their rows."""
    reading: "Helper" = field(init=False)
    """What reads from PostgreSQL."""
    writing: "Helper" = field(init=False)

    def run(self, *, now: datetime, progress: Progress) -> Manifest:
        """The next manifest. Its files are written, not yet settled."""
        self.database.execute("CREATE SCHEMA touched; CREATE SCHEMA work")
        with _helper(self.database) as self.reading, _helper(self.database) as self.writing:
            steps = self._steps()
            for number, (name, step) in enumerate(steps):
                progress(number, len(steps), name)
                with self._timed(name) as took:
                    took.rows_read = step()
            for name, part, rows in self.on_their_way:
                written = rows.result()
                if part == "base-0":
                    self.tables[name] = replace(self.tables[name], base_rows=written)
                elif part == "delta":
                    self.tables[name] = replace(self.tables[name], delta_rows=written)
        progress(len(steps), len(steps), "")
        same = self.previous is not None and self.tables == self.previous.tables
        moment = self.source.moment
        version = self.previous.version if self.previous is not None and same else self.version
        return Manifest(version, now, moment.identity, moment.snapshot, self.tables)

    @property
    def results(self) -> tuple[TableResult, ...]:
        """What was done for every table."""
        return tuple(
            TableResult(
                name=name,
                rows_read=took.rows_read,
                seconds=round(took.seconds, 4),
                bytes=self.writer.bytes[name],
                full=name in self.reloaded,
            )
            for name, took in self.took.items()
        )

    @contextmanager
    def _timed(self, name: str) -> Iterator["_Took"]:
        began, took = time.perf_counter(), _Took()
        yield took
        took.seconds = time.perf_counter() - began
        self.took[name] = took

    def _steps(self) -> "list[tuple[str, partial[int]]]":
        """What to do, in turn: the tables that facts are made of, then facts, then what can arrive meanwhile.

        Cut points come last, so that the last files are written while they are computed.
        """
        read = facts.tables_read() if facts.CUSTOMERS in TABLES else set()
        first = [spec for spec in TABLES.values() if {spec.name, spec.part_of or spec.name} <= read]
        specs = [*first, *(spec for spec in TABLES.values() if spec not in first)]
        arriving = self._order_changes(specs)
        steps = [(spec.name, partial(self._load, spec, arriving.get(spec.name))) for spec in specs]
        if not read:
            return steps
        made = (facts.TABLE, partial(derive.customer_facts, self))
        return [*steps[: len(first)], made, *steps[len(first) :], (rfm.TABLE, partial(derive.thresholds, self))]

    def _order_changes(self, specs: Sequence[TableSpec]) -> dict[str, Future[int]]:
        """Have what changed in the tables that are kept read, all of it; gives what will be the rows of each."""
        if self.previous is None:
            return {}
        kept = [spec for spec in specs if self._kept(spec)]
        changed = self.source.changed_tables(kept, since=self.previous.snapshot)
        return {spec.name: self.reading.submit(self._stage_changes, spec) for spec in kept if spec.name in changed}

    def _stage_changes(self, database: "duckdb.DuckDBPyConnection", spec: TableSpec) -> int:
        assert self.previous is not None
        reader = self.source.rows(spec.select, since=self.previous.snapshot)
        return stage_stream(database, f"work.incoming_{spec.name}", reader, "* EXCLUDE (changed_xact)")

    def _kept(self, spec: TableSpec) -> bool:
        """Whether the table stays but for what changed. A table and its parts stay, or are made anew, together."""
        whole = spec.part_of or spec.name
        together = [one for one in TABLES.values() if whole in (one.name, one.part_of)]
        return all(self.previous_files(one.name, one.digest) for one in together)

    def one(self, sql: str) -> Any:
        """The one value of a SELECT; of a CREATE TABLE AS the number of rows."""
        row = self.database.execute(sql).fetchone()
        assert row is not None
        return row[0]

    def previous_files(self, name: str, digest: str) -> TableFiles | None:
        """The table in the snapshot before, when it was made by the same definition."""
        old = self.previous.tables.get(name) if self.previous else None
        return old if old is not None and old.digest == digest else None

    def schema(self, name: str) -> "ibis.Schema":
        """The columns of a table in the new snapshot, with their types."""
        files = self.tables[name] if name in self.reloaded or self.previous is None else self.previous.tables[name]
        return _schema(self.place / files.base[0], files.digest)

    def before(self, name: str, columns: Sequence[str] = (), only: str = "") -> str:
        """SQL of a table in the snapshot before, to stand after FROM: all columns, or these; see `stack` for both."""
        assert self.previous is not None
        return f"({select(self.place, self.previous.tables[name], columns=columns, only=only)})"

    def now(self, name: str, columns: Sequence[str] = (), only: str = "") -> str:
        """SQL of a table in the new snapshot, to stand after FROM; its files may still be on their way."""
        if (new := self.changed.get(name)) is None:
            return f"({select(self.place, self.tables[name], columns=columns, only=only)})"
        assert self.previous is not None
        return f"({select(self.place, self.previous.tables[name], new, columns=columns, only=only)})"

    def _load(self, spec: TableSpec, arriving: Future[int] | None) -> int:
        if self.previous is None or not self._kept(spec):
            return self.reading.submit(self._load_whole, spec).result()
        name, old = spec.name, self.previous.tables[spec.name]
        rows = arriving.result() if arriving is not None else None
        if rows is None or not (rows or old.base_rows or old.delta_rows):  # there may be no refunds, new or old
            self.tables[name] = old
            return 0
        keys = f"work.incoming_{spec.part_of}" if spec.part_of else ""
        self.replace(name, old, Layer(f"work.incoming_{name}", keys), rows, part_of=spec.part_of)
        return rows

    def _load_whole(self, database: "duckdb.DuckDBPyConnection", spec: TableSpec) -> int:
        reader = self.source.rows(spec.select, since=None)
        paths, rows = self.writer.copy_stream(database, spec.name, reader, "* EXCLUDE (changed_xact)")
        self.reloaded.add(spec.name)
        self.tables[spec.name] = TableFiles(spec.key, paths, base_rows=rows, digest=spec.digest)
        return rows

    def make(self, name: str, key: str, rows: str, digest: str) -> int:
        """Make a table anew of the rows of a SELECT. Gives their number."""
        count = self.writer.copy(self.database, name, "base-0", rows)
        self.reloaded.add(name)
        base = self.writer.path(name, "base-0")
        self.tables[name] = TableFiles(key, (base,), base_rows=count, digest=digest)
        return count

    def stage(self, name: str, rows: str) -> int:
        """Put the rows of a SELECT into a table of this refresh. Gives their number."""
        return int(self.one(f"CREATE TABLE {name} AS {rows}"))

    def replace(self, name: str, old: TableFiles, new: Layer, rows: int, *, part_of: str | None = None) -> None:
        """Have these keys' rows replaced: with a larger delta, or with a new base.

        Parts get a new base when what they are parts of does, so the keys of its delta are always those of theirs.
        """
        self.changed[name] = new
        helper = self.reading if part_of else self.writing  # parts come when all is read
        merge = old.delta_rows + rows > COMPACT_AT * old.base_rows
        if self.tables[part_of].delta is None if part_of else merge:
            base = self._write(helper, name, "base-0", select(self.place, old, new))
            self.tables[name] = replace(old, base=(base,), delta=None, keys=None, delta_rows=0)
            return
        below = [Layer(scan(self.place, old.delta))] if old.delta else []
        delta = self._write(helper, name, "delta", stack(old.key, *below, new))
        if part_of:
            keys = self.tables[part_of].delta
        elif old.keys or new.keys:
            hidden = f" UNION SELECT {old.key} FROM {scan(self.place, old.hidden)}" if old.hidden else ""
            keys = self._write(helper, name, "keys", f"SELECT {old.key} FROM {new.keys or new.rows}{hidden}")
        else:
            keys = None
        self.tables[name] = replace(old, delta=delta, keys=keys)

    def _write(self, helper: "Helper", name: str, part: str, rows: str) -> str:
        """Have a file written. Gives its path."""
        self.on_their_way.append((name, part, helper.submit(self.writer.copy, name, part, rows)))
        return self.writer.path(name, part)


class Helper(NamedTuple):
    """A thread with a connection of its own to the build; works on one thing after the other."""

    pool: ThreadPoolExecutor
    database: "duckdb.DuckDBPyConnection"

    def submit(self, work: Callable[..., int], *args: object) -> Future[int]:
        """Have ``work(connection, *args)`` done."""
        return self.pool.submit(work, self.database, *args)


@contextmanager
def _helper(database: "duckdb.DuckDBPyConnection") -> Iterator[Helper]:
    """When the block fails it leaves what it has not begun."""
    with database.cursor() as own:
        own.execute("USE build.main")
        pool = ThreadPoolExecutor(1, "warehouse")
        try:
            yield Helper(pool, own)
        finally:
            pool.shutdown(cancel_futures=True)


@lru_cache(maxsize=64)
def _schema(path: Path, digest: str) -> "ibis.Schema":
    """Of a file that never changes; ``digest`` is there because a refresh that failed gives its names back."""
    import ibis
    import pyarrow.parquet as pq

    return ibis.Schema.from_pyarrow(pq.read_schema(path))


@dataclass(slots=True)
class _Took:
    rows_read: int = 0
    seconds: float = 0.0
