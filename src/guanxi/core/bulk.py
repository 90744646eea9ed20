"""Writing in sets: text for COPY, numbers for rows before they are written, one writer at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    import pyarrow

NULL = "\\N"
PIECE = 500
"""Lines of COPY in one packet or a few."""
ESCAPES = {ord("\\"): "\\\\", ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r"}


def text(value: str, limit: int | None = None) -> str:
    """A text as a field of COPY's text format, cut to ``limit`` characters. What PostgreSQL cannot hold is dropped."""
    if limit is not None and len(value) > limit:
        value = value[:limit]
    if value.isprintable() and "\\" not in value:
        return value
    return storable(value).translate(ESCAPES)


def storable(value: str) -> str:
    """Without what PostgreSQL cannot hold in a text: NUL and halves of surrogate pairs."""
    return value if value.isprintable() else value.replace("\0", "").encode("utf-8", "ignore").decode()


@lru_cache(maxsize=65536)
def moment(value: datetime | None) -> str:
    """A time as a field of COPY, in UTC. Remembered: an order, its parts and its events share a few times."""
    if value is None:
        return NULL
    return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()


@lru_cache(maxsize=65536)
def from_moment(text: str) -> datetime:
    """The time that `moment` has written, or PostgreSQL as text."""
    return datetime.fromisoformat(text)


def binary(value: bytes) -> str:
    return "\\\\x" + value.hex()


def array(words: Iterable[str]) -> str:
    """Words without spaces, quotes, commas and braces as the text of an array: one parameter, however many."""
    return "{" + ",".join(words) + "}"


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as the text of an array; see `array`."""
    return array(map(str, values))


def ids(values: Iterable[int]) -> str:
    """As `numbers`, without those too large for any row, which the address of a page may name."""
    return numbers(value for value in values if 0 < value < 2**63)


def texts(values: Iterable[str]) -> str:
    """Storable texts as the text of an array; a list would be looked at word by word by the driver."""
    quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return "{" + ",".join(quoted) + "}"


def read_numbers(array: str | None) -> list[int]:
    """Whole numbers from the text of an array, as PostgreSQL or `numbers` writes it; none from no array."""
    return [int(number) for number in array[1:-1].split(",")] if array and array != "{}" else []


def distinct_numbers(select: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[int]:
    """What a SELECT of one column of whole numbers gives, each once, ascending.

    They come as one text: the driver takes longer for a row each than the database for finding them.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT array_agg(DISTINCT n)::text FROM ({select}) t (n)", parameters)
        return read_numbers(cursor.fetchone()[0])


def copy_lines(table: str, columns: str, lines: Iterable[str]) -> None:
    """COPY ready lines (fields by tab, no line end) into a table, in the caller's transaction.

    Lines made while they are asked for go in pieces, so that PostgreSQL works on one as the next is made.
    """
    remaining = iter(lines)
    piece = list(islice(remaining, PIECE))
    if not piece:
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        while piece:
            copy.write("\n".join(piece) + "\n")
            piece = list(islice(remaining, PIECE))


def copy_arrow(table: str, rows: "pyarrow.Table") -> None:
    """COPY numbers, times and texts of an Arrow table into the columns of the same names, in the caller's transaction.

    Texts must be storable: without NUL. A million rows of ten columns are a second of this process's time.
    """
    import io

    from pyarrow import csv

    plain = csv.WriteOptions(include_header=False, quoting_style="needed")
    names = ", ".join(rows.column_names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
        for batch in rows.to_batches(max_chunksize=50_000):
            piece = io.BytesIO()
            csv.write_csv(batch, piece, plain)
            copy.write(piece.getvalue())


def reserve_ids(table: str, count: int) -> list[int]:
    """Take the next ``count`` numbers of a table's ``id``."""
    if count == 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH s AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name)"
            " SELECT nextval(s.name) FROM s, generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def commit_soon() -> None:
    """Let the caller's transaction reach the disk with the next one that waits for it, not on its own.

    For one of many that are followed by such a last one: what is committed later is never on disk without what was
    committed before, so after a power cut the first ones are there and the rest are done again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def one_writer(name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def no_writer(name: str) -> None:
    """Let no transaction be the `one_writer` of this name until the caller's ends; any number may ask for that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [name])
