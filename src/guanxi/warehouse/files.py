"""Writing the Parquet files of one refresh; what is not kept is deleted again."""

import errno
import itertools
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guanxi.warehouse import store
from guanxi.warehouse.engines.duckdb import quote

if TYPE_CHECKING:
    import duckdb
    import pyarrow

ROWS_PER_FILE = 1_000_000
DICTIONARY = 1000
"""A column with more different values gets no dictionary: as small, read as soon, and orders written in three quarters
of the time."""


class DiskFull(Exception):
    """The disk of the warehouse is full. The snapshot before stays as it was; the message is for people."""


class Writer:
    """Writes the files of one version, durably, and knows how many bytes they took.

    Threads that write at the same time bring connections of their own.
    """

    def __init__(self, place: Path, version: int) -> None:
        self._place = place
        self._version = version
        self._written: list[Path] = []
        self.bytes: Counter[str] = Counter()
        """By table."""

    def path(self, table: str, part: str) -> str:
        """Where this version has a part of a table: its path in the warehouse."""
        return f"tables/{table}-{self._version:010d}-{part}.parquet"

    def copy(self, database: "duckdb.DuckDBPyConnection", table: str, part: str, select: str) -> int:
        """Write the rows of a DuckDB SELECT. Gives their number. Raises DiskFull."""
        target = self._place / self.path(table, part)
        self._written.append(target)
        with full_disk_told():
            target.parent.mkdir(parents=True, exist_ok=True)
            rows = write_parquet(database, select, target, packed=part.startswith("base"))
            store.sync(target)
        self.bytes[table] += target.stat().st_size
        return rows

    def copy_stream(
        self, database: "duckdb.DuckDBPyConnection", table: str, reader: "pyarrow.RecordBatchReader", columns: str
    ) -> tuple[tuple[str, ...], int]:
        """Write a stream as base files of about ROWS_PER_FILE rows, at least one. Gives paths and rows."""
        paths, total = [], 0
        for number, part in enumerate(in_parts(reader)):
            database.register("incoming_stream", part)
            total += self.copy(database, table, f"base-{number}", f"SELECT {columns} FROM incoming_stream")
            database.unregister("incoming_stream")
            paths.append(self.path(table, f"base-{number}"))
        return tuple(paths), total

    def settle(self) -> None:
        """Put the names of the files on disk too; after this a manifest may name them."""
        with full_disk_told():
            if self._written:
                store.sync(self._written[0].parent)

    def discard(self) -> None:
        """Delete what was written."""
        for path in self._written:
            path.unlink(missing_ok=True)


def stage_stream(
    database: "duckdb.DuckDBPyConnection", name: str, arriving: "pyarrow.RecordBatchReader", columns: str
) -> int:
    """Put a stream into a table of DuckDB. Gives the number of rows."""
    # DuckDB finds the stream by the name of the variable, in half the time that registering it takes.
    row = database.execute(f"CREATE TABLE {name} AS SELECT {columns} FROM arriving").fetchone()
    assert row is not None
    return int(row[0])


def write_parquet(database: "duckdb.DuckDBPyConnection", select: str, target: Path, *, packed: bool = True) -> int:
    """Write the rows of a SELECT into one new file; gives their number.

    Parquet's second format of pages packs whole numbers and times, so that they are read in two thirds of the time. It
    also splits fractions, which Spark 4.0 cannot read. For a small file it is not worth asking whether there are any.
    """
    version = "V1"
    if packed:
        types = {str(column[1]) for column in database.execute(f"DESCRIBE {select}").fetchall()}
        version = "V1" if types & {"FLOAT", "DOUBLE"} else "V2"
    options = f"FORMAT parquet, PARQUET_VERSION {version}, COMPRESSION snappy, USE_TMP_FILE false"
    options += f", DICTIONARY_SIZE_LIMIT {DICTIONARY}"
    row = database.execute(f"COPY ({select}) TO {quote(str(target))} ({options})").fetchone()
    assert row is not None
    return int(row[0])


def in_parts(reader: "pyarrow.RecordBatchReader") -> Iterator["pyarrow.RecordBatchReader"]:
    """Cut a stream into streams of about ROWS_PER_FILE rows; one empty stream when there are no rows."""
    import pyarrow as pa

    batches = iter(reader)
    first = next(batches, None)
    if first is None:
        yield pa.RecordBatchReader.from_batches(reader.schema, [])
    while first is not None:
        yield pa.RecordBatchReader.from_batches(reader.schema, _about(first, batches))
        first = next(batches, None)


def _about(first: "pyarrow.RecordBatch", batches: Iterator["pyarrow.RecordBatch"]) -> Iterator["pyarrow.RecordBatch"]:
    rows = 0
    for batch in itertools.chain([first], batches):
        yield batch
        rows += batch.num_rows
        if rows >= ROWS_PER_FILE:
            return


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Turns the errors of a full disk into DiskFull."""
    try:
        yield
    except Exception as error:
        if not any(os.strerror(code) in str(error) for code in (errno.ENOSPC, errno.EDQUOT)):
            raise
        raise DiskFull(
            _(
                "The disk that holds the warehouse is full, so its figures stay as they were before. Make room, then"
                " run: guanxi warehouse refresh"
            )
        ) from error
