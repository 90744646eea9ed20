"""The PostgreSQL side of a refresh: one snapshot of the database, read as Arrow.

A row counts as changed when the transaction in its ``changed_xact`` was not yet visible in the snapshot of the last
refresh and is in this one. That is exact also for transactions that were still running last time, however long they
take, because PostgreSQL keeps the list of those in the snapshot itself.
"""

import atexit
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.db import connection

from guanxi.warehouse.specs import TableSpec

if TYPE_CHECKING:
    import pyarrow
    from adbc_driver_manager.dbapi import Connection, Cursor, _SharedDatabase

LOCK = 7_094_698_870_283_141
"""Advisory lock of the process that refreshes."""
IDENTITY = (
    "(SELECT system_identifier FROM pg_control_system())::text || '/'"
    " || (SELECT oid FROM pg_database WHERE datname = current_database())::text"
)


class RefreshRunning(Exception):
    """Another process is refreshing the warehouse now."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is committed in which database."""

    identity: str
    snapshot: str
    """``xmin:xmax:xip,…`` of pg_snapshot: below xmin all is settled, from xmax on nothing has begun."""

    @property
    def settled(self) -> int:
        return int(self.snapshot.split(":")[0])

    @property
    def begun(self) -> int:
        return int(self.snapshot.split(":")[1])

    def follows(self, identity: str, snapshot: str) -> bool:
        """Whether changes since that snapshot can be told: it is of this database and not of its future."""
        return self.identity == identity and Moment(identity, snapshot).begun <= self.begun


class Source:
    """One connection in a read-only transaction, whose reads all see the same moment."""

    def __init__(self, cursor: Any, moment: Moment) -> None:
        self._cursor = cursor
        self.moment = moment

    def rows(self, select: str, *, since: str | None) -> "pyarrow.RecordBatchReader":
        """A stream of the rows of ``select``: all, or those that changed since a snapshot. Read it to the end."""
        condition = "" if since is None else f" WHERE {changed(since, self.moment.begun)}"
        self._cursor.execute(f"SELECT * FROM ({select}) s{condition}")
        return self._cursor.fetch_record_batch()

    def changed_tables(self, specs: Sequence[TableSpec], *, since: str) -> set[str]:
        """Names of the tables that have changed rows; one question for all, by the indexes."""
        asked = [spec for spec in specs if spec.part_of is None]
        if not asked:
            return set()
        self._cursor.execute(f"SELECT {', '.join(_exists(asked, since, self.moment.begun))}")
        found = {spec.name for spec, has_changes in zip(asked, self._cursor.fetchone(), strict=True) if has_changes}
        return found | {spec.name for spec in specs if spec.part_of in found}


def _exists(specs: Iterable[TableSpec], since: str, begun: int) -> list[str]:
    """SQL conditions, one a table: whether it has changed rows."""
    condition = changed(since, begun)
    return [f"EXISTS (SELECT 1 FROM ({spec.select}) s WHERE {condition})" for spec in specs]


def changed(since: str, begun: int) -> str:
    """SQL condition for the rows that changed after the snapshot ``since`` and before transaction ``begun``.

    The two bounds are for the index. The upper one also leaves out the marks that a dump brought along from a database
    that had come further; those rows were read when the warehouse was first filled from this one. Most changes began
    after ``since``, and a number is sooner compared than looked up in a list.
    """
    before = Moment("", since)
    return (
        f"changed_xact >= {before.settled} AND changed_xact < {begun} AND (changed_xact >= {before.begun}"
        f" OR NOT pg_visible_in_snapshot(changed_xact::text::xid8, '{since}'::pg_snapshot))"
    )


def address() -> str:
    """The address of Django's database, for libpq."""
    options = connection.get_connection_params()
    parts = {"host": options.get("host"), "port": options.get("port")}
    parts |= {name: options[name] for name in ("sslmode", "sslrootcert", "sslcert", "sslkey") if options.get(name)}
    login = quote(options.get("user") or "", safe="")
    if options.get("password"):
        login += ":" + quote(options["password"], safe="")
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"postgresql://{login}@/{quote(options['dbname'], safe='')}?{query}"


@lru_cache(maxsize=1)
def _driver(address: str) -> "_SharedDatabase":
    """What ADBC knows of a database. It holds no connection; making it costs more than connecting, because the driver
    reads the types of all columns there are."""
    import adbc_driver_postgresql
    from adbc_driver_manager.dbapi import _SharedDatabase

    return _SharedDatabase(adbc_driver_postgresql.connect(address))


_idle: dict[tuple[str, int], "Connection"] = {}
"""The connection that the last refresh left, by address and process: a child of this process must not touch it. A new
one costs PostgreSQL more than a small refresh asks of it, because its process reads the catalogue anew."""


def _connect(address: str) -> "Connection":
    from adbc_driver_manager import AdbcConnection
    from adbc_driver_manager.dbapi import Connection

    driver = _driver(address)
    return Connection(driver, AdbcConnection(driver._db), autocommit=True)


def _answers(adbc: "Connection") -> bool:
    """Whether the server still has this connection."""
    from adbc_driver_manager.dbapi import Error

    try:
        with adbc.cursor() as cursor:
            cursor.execute("SELECT 1")
            return _row(cursor)[0] == 1
    except Error:
        return False


@contextmanager
def _connection() -> Iterator["Connection"]:
    """The connection of the refresh before, when it still stands; kept again unless the block fails."""
    place = (address(), os.getpid())
    adbc = _idle.pop(place, None)
    if adbc is not None and not _answers(adbc):
        _close(adbc)
        adbc = None
    adbc = adbc or _connect(place[0])
    try:
        yield adbc
    except BaseException:
        _close(adbc)
        raise
    if other := _idle.pop(place, None):
        _close(other)
    _idle[place] = adbc


@atexit.register
def disconnect() -> None:
    """Close the connection that the last refresh of this process left for the next."""
    for place in [place for place in _idle if place[1] == os.getpid()]:
        _close(_idle.pop(place))


def _close(adbc: "Connection") -> None:
    """Also one that the server has dropped already."""
    from adbc_driver_manager.dbapi import Error

    with suppress(Error):
        adbc.close()


def _row(cursor: "Cursor") -> tuple[Any, ...]:
    row = cursor.fetchone()
    assert row is not None
    return row


@contextmanager
def open_source(*, wait: bool) -> Iterator[Source]:
    """Take the right to refresh, then a snapshot; both end with the block, or with the process.

    Raises RefreshRunning when another has it and ``wait`` is false.
    """
    with _connection() as adbc, adbc.cursor() as cursor:
        cursor.execute(f"SELECT {'pg_advisory_lock' if wait else 'pg_try_advisory_lock'}({LOCK})")
        if _row(cursor)[0] is False:
            raise RefreshRunning("another process is refreshing the warehouse now")
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(f"SELECT {IDENTITY}, pg_current_snapshot()::text")
        yield Source(cursor, Moment(*_row(cursor)))
        cursor.execute("ROLLBACK")
        cursor.execute(f"SELECT pg_advisory_unlock({LOCK})")  # after a failure both end with the connection
        _row(cursor)


def anything_changed(specs: Iterable[TableSpec], *, identity: str, since: str) -> bool:
    """Whether a refresh would find anything; by the indexes on ``changed_xact``, in a few milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IDENTITY}, pg_current_snapshot()::text")
        moment = Moment(*cursor.fetchone())
        if not moment.follows(identity, since):
            return True
        asked = [spec for spec in specs if spec.part_of is None]
        cursor.execute(f"SELECT {' OR '.join(_exists(asked, since, moment.begun)) or 'false'}")
        return bool(cursor.fetchone()[0])
