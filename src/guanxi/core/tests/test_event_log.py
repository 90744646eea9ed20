from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from guanxi.core import event_types, events, merged
from guanxi.core.events import Span, StoredEvent
from guanxi.core.models import Event, EventCursor

NOW = datetime(2026, 5, 10, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen(event_types.Event):
    kind: ClassVar[str] = "test.page_seen"
    seconds: int


def seen(customer_id: int, seconds: int = 1) -> PageSeen:
    return PageSeen(customer_id=customer_id, subject_id=7, occurred_at=NOW, seconds=seconds)


@pytest.fixture
def got() -> Iterator[list[StoredEvent]]:
    """What the reader "test" has received."""
    received: list[StoredEvent] = []
    events.reader("test", kinds=["test.page_seen"], batch_size=2)(lambda batch, now: received.extend(batch))
    yield received
    del events.READERS["test"]


@pytest.mark.django_db(transaction=True)
def test_a_reader_gets_each_event_once_in_batches(got: list[StoredEvent]) -> None:
    events.publish([seen(1), seen(2), seen(3)], now=NOW)
    assert [events.read_next("test", now=NOW) for _ in range(3)] == [2, 1, 0]
    assert [event.customer_id for event in got] == [1, 2, 3]
    assert got[0].data == {"seconds": 1}
    assert got[0].subject_id == 7


@pytest.mark.django_db(transaction=True)
def test_a_reader_in_sets_gets_the_numbers_of_its_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged, "_told", {"now": lambda given: {one: 9 for one in given if one == 2}})
    given: list[tuple[list[int], ...]] = []

    def handle(span: Span, now: datetime) -> None:
        given.append((span.subjects(PageSeen.kind), span.customers(PageSeen.kind), span.customers("test.other")))

    events.set_reader("sets", kinds=[PageSeen.kind], batch_size=4)(handle)
    try:
        other = ("test.other", 5, 6, NOW, {})
        nobody = PageSeen(customer_id=None, subject_id=3, occurred_at=NOW, seconds=1)
        events.publish([seen(2), seen(1), nobody, seen(9), seen(4)], now=NOW)
        events.publish_rows([other, other, other, other], now=NOW)
        assert [events.read_next("sets", now=NOW) for _ in range(4)] == [4, 4, 1, 0]
    finally:
        del events.READERS["sets"]
    assert given == [([3, 7], [1, 9], []), ([7], [4], [5])]  # of the last one none is for this reader


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_skipped(got: list[StoredEvent]) -> None:
    parameters = connection.get_connection_params()
    late = psycopg.connect(
        **{key: value for key, value in parameters.items() if key in {"dbname", "user", "password", "host", "port"}}
    )
    try:
        late.execute(
            "INSERT INTO core_event (kind, customer_id, occurred_at, recorded_at, data)"
            " VALUES ('test.page_seen', 1, now(), now(), '{}')"
        )
        events.publish([seen(2)], now=NOW)  # took a later number, commits first
        assert events.read_next("test", now=NOW) == 0
        late.commit()
    finally:
        late.close()
    assert events.read_next("test", now=NOW) == 2
    assert [event.customer_id for event in got] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_fails_gets_the_same_events_again_later() -> None:
    attempts: list[int] = []

    def handle(batch: Sequence[StoredEvent], now: datetime) -> None:
        attempts.append(len(batch))
        if len(attempts) == 1:
            raise ValueError("not today")

    events.reader("fails")(handle)
    try:
        events.publish([seen(1)], now=NOW)
        with pytest.raises(ValueError, match="not today"):
            events.read_next("fails", now=NOW)
        cursor = EventCursor.objects.get(reader="fails")
        assert (cursor.failures, cursor.error) == (1, "ValueError: not today")
        assert events.read_next("fails", now=NOW) == 0  # it waits first
        assert events.read_next("fails", now=NOW + timedelta(seconds=3)) == 1
        assert attempts == [1, 1]
        assert EventCursor.objects.get(reader="fails").failures == 0
    finally:
        del events.READERS["fails"]


@pytest.mark.django_db(transaction=True)
def test_what_a_failing_handler_wrote_is_undone() -> None:
    def handle(batch: Sequence[StoredEvent], now: datetime) -> None:
        EventCursor.objects.create(reader="written by the handler")
        raise ValueError

    events.reader("writes")(handle)
    try:
        events.publish([seen(1)], now=NOW)
        with pytest.raises(ValueError):
            events.read_next("writes", now=NOW)
        assert not EventCursor.objects.filter(reader="written by the handler").exists()
    finally:
        del events.READERS["writes"]


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_transaction_undone_never_was(got: list[StoredEvent]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.publish([seen(1)], now=NOW)
        raise ZeroDivisionError
    assert events.read_next("test", now=NOW) == 0
    assert got == []


@pytest.mark.django_db
def test_nobody_alters_the_log() -> None:
    events.publish([seen(1)], now=NOW)
    with pytest.raises(DatabaseError, match="append-only"):
        Event.objects.update(kind="other")


@pytest.mark.django_db
def test_the_timeline_is_newest_first() -> None:
    for days in (3, 1, 2):
        at = NOW - timedelta(days=days)
        events.publish([PageSeen(customer_id=1, occurred_at=at, seconds=days)], now=NOW)
    events.publish([seen(2)], now=NOW)
    assert [event.data["seconds"] for event in events.timeline(customer_id=1)] == [1, 2, 3]
    newest = events.timeline(customer_id=1)[0]
    rest = events.timeline(customer_id=1, before=(newest.occurred_at, newest.id))
    assert [event.data["seconds"] for event in rest] == [2, 3]


@pytest.mark.django_db
def test_a_page_of_the_timeline_can_end_between_events_of_the_same_moment() -> None:
    events.publish([seen(1, seconds) for seconds in range(5)], now=NOW)
    first = events.timeline(customer_id=1, limit=2)
    rest = events.timeline(customer_id=1, before=(first[-1].occurred_at, first[-1].id))
    assert [event.data["seconds"] for event in [*first, *rest]] == [4, 3, 2, 1, 0]
