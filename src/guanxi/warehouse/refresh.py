"""Building the next snapshot in DuckDB: the files of every table, then the facts of the customers that changed.

Three schemas stand side by side while a refresh runs: ``work`` has what passes between the steps, ``touched`` the new
tables narrowed to the customers whose facts are made anew, and ``main`` the new tables whole, when all facts are.

A small change costs statements rather than rows: each is some milliseconds of planning. So tables are named in place
(``before``, ``now``) instead of through views, and what two steps need is staged once.
"""

import time
from collections.abc import Callable, Iterator
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
    results: list[TableResult] = field(default_factory=list)
    reloaded: set[str] = field(default_factory=set)
    """Tables made anew whole."""
    changed: set[str] = field(default_factory=set)
    """Tables of which some keys were replaced by the rows in ``work.incoming_NAME``: those in ``work.keys_NAME``, or
    for parts those in ``work.keys_`` of what they are parts of."""

    def run(self, *, now: datetime, progress: Progress) -> Manifest:
        """The next manifest. Its files are written, not yet settled."""
        self.database.execute("CREATE SCHEMA touched; CREATE SCHEMA work")
        total = len(TABLES) + 2
        kept = [spec for spec in TABLES.values() if self.previous_files(spec.name, spec.digest)]
        wanted = self.source.changed_tables(kept, since=self.previous.snapshot) if self.previous else set()
        for number, spec in enumerate(TABLES.values()):
            progress(number, total, spec.name)
            with self._timed(spec.name) as took:
                took.rows_read = self._load(spec, spec.name in wanted)
        if facts.CUSTOMERS in TABLES:
            progress(total - 2, total, facts.TABLE)
            with self._timed(facts.TABLE) as took:
                took.rows_read = derive.customer_facts(self)
            progress(total - 1, total, rfm.TABLE)
            with self._timed(rfm.TABLE) as took:
                took.rows_read = derive.thresholds(self)
        progress(total, total, "")
        same = self.previous is not None and self.tables == self.previous.tables
        moment = self.source.moment
        version = self.previous.version if self.previous is not None and same else self.version
        return Manifest(version, now, moment.identity, moment.snapshot, self.tables)

    @contextmanager
    def _timed(self, name: str) -> Iterator["_Took"]:
        began, bytes_before, took = time.perf_counter(), self.writer.bytes, _Took()
        yield took
        self.results.append(
            TableResult(
                name=name,
                rows_read=took.rows_read,
                rows=self.tables[name].rows,
                seconds=round(time.perf_counter() - began, 4),
                bytes=self.writer.bytes - bytes_before,
                full=name in self.reloaded,
            )
        )

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
        files = self.tables[name]
        return _schema(self.place / files.base[0], files.digest)

    def before(self, name: str) -> str:
        """SQL of a table in the snapshot before, to stand after FROM."""
        assert self.previous is not None
        return f"({select(self.place, self.previous.tables[name])})"

    def now(self, name: str) -> str:
        """SQL of a table in the new snapshot, to stand after FROM."""
        return f"({select(self.place, self.tables[name])})"

    def _load(self, spec: TableSpec, has_changes: bool) -> int:
        name, old = spec.name, self.previous_files(spec.name, spec.digest)
        if old is None or spec.part_of in self.reloaded:
            return self._load_whole(spec)
        if not has_changes:
            self.tables[name] = old
            return 0
        incoming = f"work.incoming_{name}"
        rows = self.stage(incoming, self._since(spec.select), "* EXCLUDE (changed_xact)")
        if not rows and not old.rows:  # orders changed, but there are no refunds, neither new nor to be replaced
            self.tables[name] = old
            return 0
        keys = f"work.keys_{spec.part_of or name}"
        if spec.part_of is None:
            self.stage(keys, f"SELECT DISTINCT {spec.key} FROM {incoming}")
        owner = spec.customer_key or "NULL"
        replaced = self.stage(
            f"work.replaced_{name}",
            f"SELECT {owner} AS owner FROM {self.before(name)} SEMI JOIN {keys} USING ({spec.key})",
        )
        some_gone = bool(
            spec.part_of and self.one(f"SELECT count(*) FROM {keys} ANTI JOIN {incoming} USING ({spec.key})")
        )
        self.changed.add(name)
        self.tables[name] = self.replace(name, old, Replacement(incoming, keys, rows, replaced, some_gone))
        return rows

    def _load_whole(self, spec: TableSpec) -> int:
        reader = self.source.rows(spec.select, since=None)
        paths, rows = self.writer.copy_stream(spec.name, reader, "* EXCLUDE (changed_xact)")
        self.reloaded.add(spec.name)
        self.tables[spec.name] = TableFiles(spec.key, paths, base_rows=rows, rows=rows, digest=spec.digest)
        return rows

    def _since(self, query: str) -> Any:
        assert self.previous is not None
        return self.source.rows(query, since=self.previous.snapshot)

    def stage(self, name: str, rows: Any, columns: str = "*") -> int:
        """Put the rows of a SELECT, or of a stream, into a table of this refresh. Gives their number."""
        if isinstance(rows, str):
            return int(self.one(f"CREATE TABLE {name} AS {rows}"))
        self.database.register("incoming_stream", rows)
        count = self.one(f"CREATE TABLE {name} AS SELECT {columns} FROM incoming_stream")
        self.database.unregister("incoming_stream")
        return int(count)

    def replace(self, name: str, old: TableFiles, new: Replacement) -> TableFiles:
        """The table with these keys' rows replaced: with a larger delta, or with a new base."""

        def without(relation: str) -> str:
            return f"SELECT * FROM {relation} ANTI JOIN {new.keys} USING ({old.key})"

        if old.delta_rows + max(new.rows, new.replaced) > COMPACT_AT * old.base_rows:
            base, rows = self.writer.copy(
                name, "base-0", f"{without(self.before(name))} UNION ALL BY NAME FROM {new.incoming}"
            )
            return replace(old, base=(base,), delta=None, keys=None, base_rows=rows, delta_rows=0, rows=rows)
        rows_sql, keys_sql = f"FROM {new.incoming}", f"FROM {new.keys}"
        if old.delta and old.hidden:
            rows_sql = f"{without(scan(self.place, old.delta))} UNION ALL BY NAME FROM {new.incoming}"
            keys_sql = f"FROM {new.keys} UNION SELECT {old.key} FROM {scan(self.place, old.hidden)}"
        delta, delta_rows = self.writer.copy(name, "delta", rows_sql)
        hidden = self.writer.copy(name, "keys", keys_sql)[0] if new.some_gone or old.keys else None
        return replace(old, delta=delta, keys=hidden, delta_rows=delta_rows, rows=old.rows - new.replaced + new.rows)


@lru_cache(maxsize=64)
def _schema(path: Path, digest: str) -> "ibis.Schema":
    """Of a file that never changes; ``digest`` is there because a refresh that failed gives its names back."""
    import ibis
    import pyarrow.parquet as pq

    return ibis.Schema.from_pyarrow(pq.read_schema(path))


@dataclass(slots=True)
class _Took:
    rows_read: int = 0
