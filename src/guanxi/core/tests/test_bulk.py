"""Writing in sets: values as PostgreSQL's text."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from guanxi.core import bulk


@pytest.mark.django_db
def test_any_texts_arrive_as_they_were() -> None:
    words = ["", "NULL", "a,b", 'say "no"', "back\\slash", "{}", " ", "王安", "line\nend", "it's %s"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [bulk.texts(words)])
        assert cursor.fetchone() == (words,)
        cursor.execute("SELECT %s::text[], %s::bigint[]", [bulk.texts([]), bulk.numbers([-1, 2])])
        assert cursor.fetchone() == ([], [-1, 2])


@pytest.mark.django_db
def test_numbers_of_a_select_come_once_and_in_order() -> None:
    assert bulk.distinct_numbers("SELECT unnest(%s::bigint[])", [bulk.numbers([3, -1, 3, 2**62])]) == [-1, 3, 2**62]
    assert bulk.distinct_numbers("SELECT 1 WHERE false") == []
    assert bulk.read_numbers(bulk.numbers([])) == bulk.read_numbers(None) == []


def test_a_moment_is_written_in_utc_whatever_its_offset() -> None:
    at = datetime(2026, 3, 1, 16, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    assert bulk.moment(at) == "2026-03-01T08:00:00.000005+00:00"
    assert bulk.from_moment(bulk.moment(at)) == at.astimezone(UTC)
    assert bulk.moment(None) == bulk.NULL
