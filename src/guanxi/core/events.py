"""The event log: everything that happens to a customer, once, in the transaction that made it happen.

Rooms announce frozen dataclasses; readers receive them in batches, in the order of commit, each with a cursor of its
own. A handler runs in the transaction that moves its cursor, so what it writes to the database happens exactly once;
anything else it does must bear repetition.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from guanxi.core import bulk, merged
from guanxi.core.event_types import Event
from guanxi.core.models import EventCursor

COLUMNS = "kind, customer_id, subject_id, occurred_at, recorded_at, data"
STORED = "xact, id, kind, customer_id, subject_id, occurred_at, data"
LINE = "customer_id, subject_id, recorded_at, kind, occurred_at, data"


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as a reader receives it."""

    xact: int
    id: int
    kind: str
    customer_id: int | None
    subject_id: int | None
    occurred_at: datetime
    data: dict[str, Any]


Row = tuple[int, int, str, int | None, int | None, datetime, str]
"""A StoredEvent as the database gives it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the log, for readers that need no more of its events than whose or what they are of."""

    after: tuple[int, int]
    last: tuple[int, int]

    def subjects(self, *kinds: str) -> list[int]:
        """The subjects of the events of these kinds, each once, ascending."""
        return self._numbers("subject_id", kinds)

    def customers(self, *kinds: str) -> list[int]:
        """The customers of the events of these kinds as they are now after merges, each once, ascending."""
        found = self._numbers("customer_id", kinds)
        into = merged.now(found)
        return sorted({into.get(one, one) for one in found}) if into else found

    def _numbers(self, column: str, kinds: Sequence[str]) -> list[int]:
        select = f"SELECT {column} FROM core_event WHERE {WITHIN} AND kind = ANY(%s) AND {column} IS NOT NULL"
        return bulk.distinct_numbers(select, [*self.after, *self.last, list(kinds)])


WITHIN = "(xact, id) > (%s, %s) AND (xact, id) <= (%s, %s)"
FINAL = "xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
"""Events before which none can appear any more."""
Handler = Callable[[Sequence[StoredEvent], datetime], None]
SetHandler = Callable[[Span, datetime], None]


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    kinds: frozenset[str] | None
    handle: Callable[[Any, datetime], None]
    batch_size: int
    in_sets: bool
    """Handed a Span instead of events."""


READERS: dict[str, Reader] = {}


def reader(name: str, *, kinds: Iterable[str] | None = None, batch_size: int = 2000) -> Callable[[Handler], Handler]:
    """Make a function a reader of the log: ``handle(events, now)``. ``kinds`` None means every event."""

    def register(handle: Handler) -> Handler:
        READERS[name] = Reader(name, frozenset(kinds) if kinds is not None else None, handle, batch_size, False)
        return handle

    return register


def set_reader(name: str, *, kinds: Iterable[str], batch_size: int) -> Callable[[SetHandler], SetHandler]:
    """The same for functions that work in sets: ``handle(span, now)``. They spare the time of making events."""

    def register(handle: SetHandler) -> SetHandler:
        READERS[name] = Reader(name, frozenset(kinds), handle, batch_size, True)
        return handle

    return register


def _payload(event: Event) -> dict[str, Any]:
    base = {"customer_id", "subject_id", "occurred_at"}
    values = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in base}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def publish(events: Iterable[Event], *, now: datetime) -> None:
    """Append events in the caller's transaction."""
    publish_rows(
        ((event.kind, event.customer_id, event.subject_id, event.occurred_at, _payload(event)) for event in events),
        now=now,
    )


def publish_rows(
    rows: Iterable[tuple[str, int | None, int | None, datetime, dict[str, Any]]], *, now: datetime
) -> None:
    """The same for events whose kind is only known at run time: (kind, customer, subject, occurred at, data)."""
    with connection.cursor() as cursor, cursor.copy(f"COPY core_event ({COLUMNS}) FROM STDIN") as copy:
        for kind, customer_id, subject_id, occurred_at, data in rows:
            copy.write_row((kind, customer_id, subject_id, occurred_at, now, Jsonb(data)))


def publish_lines(lines: Iterable[str]) -> None:
    """Append events that are lines of COPY already, with the fields of LINE; for writers by the thousand."""
    bulk.copy_lines("core_event", LINE, lines)


def publish_select(select: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Append the rows of a SELECT that gives COLUMNS in order; for writers that work in sets. Returns their number."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO core_event ({COLUMNS}) {select}", parameters)
        return cursor.rowcount


def read_next(name: str, *, now: datetime) -> int:
    """Give one reader its next batch. Returns how many events it passed; 0 when there is nothing or it waits.

    A handler that raises leaves the cursor where it was; the next try waits longer after each failure.
    """
    reader = READERS[name]
    EventCursor.objects.get_or_create(reader=name)
    try:
        with transaction.atomic():
            cursor = EventCursor.objects.select_for_update(skip_locked=True).filter(reader=name).first()
            if cursor is None or (cursor.retry_at and cursor.retry_at > now):
                return 0
            found = _next_span(reader, (cursor.xact, cursor.event_id))
            if found is None:
                return 0
            span, passed, wanted = found
            if wanted:
                reader.handle(span if reader.in_sets else _of_today(_events_of(span, reader.kinds)), now)
            cursor.xact, cursor.event_id = span.last
            cursor.failures, cursor.error, cursor.retry_at = 0, "", None
            cursor.save()
            return passed
    except Exception as error:
        _note_failure(name, error, now)
        raise


def _next_span(reader: Reader, after: tuple[int, int]) -> tuple[Span, int, bool] | None:
    """What the reader has not passed yet, of how many events it is, and whether one of them is for it."""
    with connection.cursor() as db:
        db.execute(
            "SELECT count(*), bool_or(%s::text[] IS NULL OR kind = ANY(%s)), max(xact),"
            " (array_agg(id ORDER BY xact, id))[count(*)::int]"
            f" FROM (SELECT xact, id, kind FROM core_event WHERE (xact, id) > (%s, %s) AND {FINAL}"
            " ORDER BY xact, id LIMIT %s) n",
            [*[_kinds(reader.kinds)] * 2, *after, reader.batch_size],
        )
        passed, wanted, xact, number = db.fetchone()
    return (Span(after, (xact, number)), passed, wanted) if passed else None


def _kinds(kinds: Iterable[str] | None) -> list[str] | None:
    return None if kinds is None else sorted(kinds)


def _events_of(span: Span, kinds: Iterable[str] | None) -> list[StoredEvent]:
    with connection.cursor() as db:
        db.execute(
            f"SELECT {STORED} FROM core_event WHERE {WITHIN} AND (%s::text[] IS NULL OR kind = ANY(%s))"
            " ORDER BY xact, id",
            [*span.after, *span.last, *[_kinds(kinds)] * 2],
        )
        return _stored(db.fetchall())


def _of_today(given: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
    """With the customers that those are now who were merged since."""
    into = merged.now({event.customer_id for event in given if event.customer_id is not None})
    if not into:
        return given
    return [replace(event, customer_id=into.get(event.customer_id or 0, event.customer_id)) for event in given]


def read_after(
    position: tuple[int, int], *, limit: int, customer_id: int | None = None, kind: str = ""
) -> list[StoredEvent]:
    """Events behind (xact, id) in the order of commit, none of which a later commit can still come before."""
    conditions: str = ""
    parameters: list[Any] = [*position]
    if customer_id is not None:
        numbers = list(merged.everyone(customer_id))
        conditions, parameters = f"{conditions} AND customer_id = ANY(%s)", [*parameters, numbers]
    if kind:
        conditions, parameters = f"{conditions} AND kind = %s", [*parameters, kind]
    with connection.cursor() as db:
        db.execute(
            f"SELECT {STORED} FROM core_event WHERE (xact, id) > (%s, %s) AND {FINAL}{conditions}"
            " ORDER BY xact, id LIMIT %s",
            [*parameters, limit],
        )
        return _stored(db.fetchall())


def _stored(rows: Iterable[Row]) -> list[StoredEvent]:
    return [
        StoredEvent(xact, number, kind, customer_id, subject_id, occurred_at, json.loads(data))  # jsonb comes as text
        for xact, number, kind, customer_id, subject_id, occurred_at, data in rows
    ]


def _note_failure(name: str, error: Exception, now: datetime) -> None:
    cursor = EventCursor.objects.get(reader=name)
    cursor.failures += 1
    cursor.error = f"{type(error).__name__}: {error}"[:2000]
    cursor.retry_at = now + timedelta(seconds=min(600, 2**cursor.failures))
    cursor.save()


def timeline(*, customer_id: int, before: tuple[datetime, int] | None = None, limit: int = 50) -> list[StoredEvent]:
    """A customer's events, those of merged ones included, newest first; ``before`` is (occurred_at, id) of the last
    one seen."""
    at, number = before or (datetime.max.replace(tzinfo=UTC), 0)
    numbers = list(merged.everyone(customer_id))
    whose = "= %s" if len(numbers) == 1 else "= ANY(%s)"  # with a single one the index gives the order
    with connection.cursor() as db:
        db.execute(
            f"SELECT {STORED} FROM core_event"
            f" WHERE customer_id {whose} AND occurred_at <= %s AND (occurred_at, id) < (%s, %s)"
            " ORDER BY occurred_at DESC, id DESC LIMIT %s",
            [numbers[0] if len(numbers) == 1 else numbers, at, at, number, limit],
        )
        return _stored(db.fetchall())
