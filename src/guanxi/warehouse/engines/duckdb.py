"""DuckDB inside the process: one database in memory for all threads, whose views stand for the files."""

import tempfile
import threading
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings

from guanxi.warehouse.engines.base import Engine, LazyTables, ViewNames
from guanxi.warehouse.store import Manifest, TableFiles

if TYPE_CHECKING:
    import duckdb
    import ibis
    import pyarrow

warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy")
"""It does; the way without plans each query twice, which costs more where answers are small."""


def connect() -> "duckdb.DuckDBPyConnection":
    """A database in memory with this installation's limits, which spills to the disk of temporary files."""
    import duckdb

    config: dict[str, Any] = {
        "memory_limit": settings.WAREHOUSE_MEMORY,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
    if settings.WAREHOUSE_THREADS:
        config["threads"] = settings.WAREHOUSE_THREADS
    config["temp_directory"] = str(Path(tempfile.gettempdir()) / "guanxi-duckdb")
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL parquet_metadata_cache = true")
    connection.execute("SET enable_progress_bar = false")
    return connection


class Layer(NamedTuple):
    """Rows that take the place of those with the same keys in the layers below."""

    rows: str
    """SQL to stand after FROM."""
    keys: str = ""
    """The same for the keys, when some of them have no row any more."""


def quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def scan(store: Path, *paths: str) -> str:
    """SQL that reads Parquet files of the warehouse."""
    return f"read_parquet([{', '.join(quote(str(store / path)) for path in paths)}])"


def select(store: Path, files: TableFiles, *newer: Layer, columns: Sequence[str] = (), only: str = "") -> str:
    """SQL of a table's rows: what of the base was not replaced, and what replaced it; ``newer`` layers go on top."""
    layers = [Layer(scan(store, *files.base))]
    if files.delta is not None and files.hidden is not None:
        layers.append(Layer(scan(store, files.delta), scan(store, files.hidden)))
    return stack(files.key, *layers, *newer, columns=columns, only=only)


def stack(key: str, *layers: Layer, columns: Sequence[str] = (), only: str = "") -> str:
    """SQL of what is left of each layer under those above it: all columns, or these.

    ``only``, a WHERE clause, narrows each layer before it is told what of it was replaced, which costs least. Naming
    the columns here spares DuckDB milliseconds of planning with those of a wide table.
    """
    given = ", ".join(f'"{name}"' for name in columns) or "*"
    needed = ", ".join(f'"{name}"' for name in dict.fromkeys([*columns, key])) if columns else "*"
    parts = []
    for number, layer in enumerate(layers, start=1):
        rows = f"(SELECT {needed} FROM {layer.rows}{only})" if columns or only else layer.rows
        part = f"SELECT {given} FROM {rows}"
        if replaced := [f"SELECT {key} FROM {above.keys or above.rows}" for above in layers[number:]]:
            part += f" ANTI JOIN ({' UNION ALL '.join(replaced)}) USING ({key})"
        parts.append(part)
    return " UNION ALL BY NAME ".join(parts)


class DuckDB(Engine):
    name = "duckdb"
    ibis_name = "duckdb"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._local = threading.local()
        self._database: duckdb.DuckDBPyConnection | None = None
        self._views = ViewNames()
        self._made: set[str] = set()

    def open(self, store: Path, manifest: Manifest) -> Mapping[str, "ibis.Table"]:
        backend = self._backend()
        with self._lock:
            assert self._database is not None
            schema = self._views.name(store, manifest)
            if schema not in self._made:
                _make_views(self._database, schema, store, manifest)
                self._made.add(schema)
            for old in self._views.outdated():
                self._database.execute(f"DROP SCHEMA IF EXISTS {old} CASCADE")
                self._made.discard(old)
        return _Tables(backend, schema, manifest.tables)

    def execute(self, expression: "ibis.Expr") -> "pyarrow.Table":
        from guanxi.warehouse.engines.statements import statement

        asked, values = statement(expression)
        con = self._backend().con
        # Without preserve_insertion_order the quick way hands out what was sorted in any order; see test_sorted.py.
        ask = con.sql(asked.sql, params=values) if "ORDER BY" in asked.sql else con.execute(asked.sql, values)
        return asked.fit(ask.to_arrow_table())

    def cursor(self) -> "duckdb.DuckDBPyConnection":
        """A connection of its own to the process's database, whose memory all share."""
        with self._lock:
            if self._database is None:
                self._database = connect()
            return self._database.cursor()

    def _backend(self) -> "ibis.BaseBackend":
        if not hasattr(self._local, "backend"):
            import ibis

            self._local.backend = ibis.duckdb.from_connection(self.cursor())
        return self._local.backend


def _make_views(database: "duckdb.DuckDBPyConnection", schema: str, store: Path, manifest: Manifest) -> None:
    database.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for name, files in manifest.tables.items():
        database.execute(f'CREATE OR REPLACE VIEW {schema}."{name}" AS {select(store, files)}')


class _Tables(LazyTables):
    def __init__(self, backend: "ibis.BaseBackend", schema: str, files: Mapping[str, TableFiles]) -> None:
        super().__init__(files)
        self._backend = backend
        self._schema = schema

    def make(self, name: str, files: TableFiles) -> "ibis.Table":
        return self._backend.table(name, database=self._schema)
