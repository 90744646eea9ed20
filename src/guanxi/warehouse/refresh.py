"""Building the next snapshot in DuckDB: the files of every table, then the facts of the customers that changed.

Three schemas stand side by side while a refresh runs: ``work`` has what passes between the steps, ``touched`` the new
tables narrowed to the customers whose facts are made anew, and ``main`` the new tables whole, when all facts are.

A small change costs statements rather than rows: each is some milliseconds of planning. So tables are named in place
(``before``, ``now``) instead of through views, and what two steps need is staged once. Two threads share the work: one
reads what changed from PostgreSQL and writes files, the other computes, and waits for rows but not for files.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guanxi.warehouse import derive, facts, rfm
from guanxi.warehouse.engines.duckdb import scan, select
from guanxi.warehouse.files import Replacement, Writer
from guanxi.warehouse.source import Source
from guanxi.warehouse.specs import TABLES, TableSpec
from guanxi.warehouse.store import Manifest, TableFiles

if TYPE_CHECKING:
    import duckdb
    import ibis

COMPACT_AT = 0.1
"""A delta of more than this share of its base is merged into a new base."""

Progress = Callable[[int, int, str], None]
"""Called with the number of tables done, their total, and the name of the table that comes next."""


@dataclass(frozen=True, slots=True)
class TableResult:
    name: str
    rows_read: int
    """Rows that came from PostgreSQL; of derived tables those that were computed."""
    rows: int
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
    changed: dict[str, Replacement] = field(default_factory=dict)
    """Tables of which some keys' rows were replaced."""
    took: dict[str, "_Took"] = field(default_factory=dict)
    writing: list[tuple[str, str, Future[int]]] = field(default_factory=list)
    """The files on their way: table, part, and what will be the number of their rows."""
    beside: Executor = field(init=False)
    """The second thread."""

    def run(self, *, now: datetime, progress: Progress) -> Manifest:
        """The next manifest. Its files are written, not yet settled."""
        self.database.execute("CREATE SCHEMA touched; CREATE SCHEMA work")
        with _second_thread() as self.beside:
            total = len(TABLES) + 2
            arriving = self._order_changes()
            for number, spec in enumerate(TABLES.values()):
                progress(number, total, spec.name)
                with self._timed(spec.name) as took:
                    took.rows_read = self._load(spec, arriving.get(spec.name))
            if facts.CUSTOMERS in TABLES:
                progress(total - 2, total, facts.TABLE)
                with self._timed(facts.TABLE) as took:
                    took.rows_read = derive.customer_facts(self)
                progress(total - 1, total, rfm.TABLE)
                with self._timed(rfm.TABLE) as took:
                    took.rows_read = derive.thresholds(self)
            for name, part, rows in self.writing:
                if part == "delta":
                    self.tables[name] = replace(self.tables[name], delta_rows=rows.result())
                else:
                    rows.result()
        progress(total, total, "")
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
                rows=self.tables[name].rows,
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

    def _order_changes(self) -> dict[str, Future[int]]:
        """Have what changed in the tables that are kept read beside, all of it; gives what will be the rows of each."""
        if self.previous is None:
            return {}
        kept = {spec.name: spec for spec in TABLES.values() if self.previous_files(spec.name, spec.digest)}
        kept = {name: spec for name, spec in kept.items() if spec.part_of is None or spec.part_of in kept}
        changed = self.source.changed_tables(list(kept.values()), since=self.previous.snapshot)
        return {name: self.beside.submit(self._stage_changes, spec) for name, spec in kept.items() if name in changed}

    def _stage_changes(self, spec: TableSpec) -> int:
        assert self.previous is not None
        incoming = f"work.incoming_{spec.name}"
        reader = self.source.rows(spec.select, since=self.previous.snapshot)
        rows = self.writer.stage(incoming, reader, "* EXCLUDE (changed_xact)")
        if spec.part_of is None:
            self.writer.execute(f"CREATE TABLE work.keys_{spec.name} AS SELECT DISTINCT {spec.key} FROM {incoming}")
        return rows

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

    def before(self, name: str) -> str:
        """SQL of a table in the snapshot before, to stand after FROM."""
        assert self.previous is not None
        return f"({select(self.place, self.previous.tables[name])})"

    def now(self, name: str) -> str:
        """SQL of a table in the new snapshot, to stand after FROM; its files may still be on their way."""
        if (new := self.changed.get(name)) is None:
            return f"({select(self.place, self.tables[name])})"
        return f"({self._with(self.before(name), new, self.tables[name].key)})"

    def _load(self, spec: TableSpec, arriving: Future[int] | None) -> int:
        name, old = spec.name, self.previous_files(spec.name, spec.digest)
        if old is None or spec.part_of in self.reloaded:
            return self.beside.submit(self._load_whole, spec).result()
        rows = arriving.result() if arriving is not None else None
        if rows is None or not (rows or old.rows):  # when orders change, there may be no refunds, neither new nor old
            self.tables[name] = old
            return 0
        incoming = f"work.incoming_{name}"
        keys = f"work.keys_{spec.part_of or name}"
        owner = spec.customer_key or "NULL"
        replaced = self.stage(
            f"work.replaced_{name}",
            f"SELECT {owner} AS owner FROM {self.before(name)} SEMI JOIN {keys} USING ({spec.key})",
        )
        some_gone = bool(
            spec.part_of
            and not old.keys
            and self.one(f"SELECT count(*) FROM {keys} ANTI JOIN {incoming} USING ({spec.key})")
        )
        self.replace(name, old, Replacement(incoming, keys, rows, replaced, some_gone))
        return rows

    def _load_whole(self, spec: TableSpec) -> int:
        reader = self.source.rows(spec.select, since=None)
        paths, rows = self.writer.copy_stream(spec.name, reader, "* EXCLUDE (changed_xact)")
        self.reloaded.add(spec.name)
        self.tables[spec.name] = TableFiles(spec.key, paths, base_rows=rows, rows=rows, digest=spec.digest)
        return rows

    def make(self, name: str, key: str, rows: str, digest: str) -> int:
        """Make a table anew of the rows of a SELECT. Gives their number."""
        count = self.beside.submit(self.writer.copy, name, "base-0", rows).result()
        self.reloaded.add(name)
        base = self.writer.path(name, "base-0")
        self.tables[name] = TableFiles(key, (base,), base_rows=count, rows=count, digest=digest)
        return count

    def stage(self, name: str, rows: str) -> int:
        """Put the rows of a SELECT into a table of this refresh. Gives their number."""
        return int(self.one(f"CREATE TABLE {name} AS {rows}"))

    def replace(self, name: str, old: TableFiles, new: Replacement) -> None:
        """Have these keys' rows replaced: with a larger delta, or with a new base."""
        self.changed[name] = new
        rows = old.rows - new.replaced + new.rows
        if old.delta_rows + max(new.rows, new.replaced) > COMPACT_AT * old.base_rows:
            base = self._write(name, "base-0", self._with(self.before(name), new, old.key))
            self.tables[name] = replace(
                old, base=(base,), delta=None, keys=None, base_rows=rows, delta_rows=0, rows=rows
            )
            return
        rows_sql, keys_sql = f"FROM {new.incoming}", f"FROM {new.keys}"
        if old.delta and old.hidden:
            rows_sql = self._with(scan(self.place, old.delta), new, old.key)
            keys_sql = f"FROM {new.keys} UNION SELECT {old.key} FROM {scan(self.place, old.hidden)}"
        delta = self._write(name, "delta", rows_sql)
        hidden = self._write(name, "keys", keys_sql) if new.some_gone or old.keys else None
        self.tables[name] = replace(old, delta=delta, keys=hidden, rows=rows)

    def _with(self, relation: str, new: Replacement, key: str) -> str:
        return f"SELECT * FROM {relation} ANTI JOIN {new.keys} USING ({key}) UNION ALL BY NAME FROM {new.incoming}"

    def _write(self, name: str, part: str, rows: str) -> str:
        """Have a file written beside. Gives its path."""
        self.writing.append((name, part, self.beside.submit(self.writer.copy, name, part, rows)))
        return self.writer.path(name, part)


@contextmanager
def _second_thread() -> Iterator[Executor]:
    """A thread that works on one thing after the other; when the block fails it leaves what it has not begun."""
    pool = ThreadPoolExecutor(1, "warehouse")
    try:
        yield pool
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
