"""Segments through their life: made, changed, refreshed, copied, put away; who entered and who left."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection

from guanxi.segments import queries, services
from guanxi.segments.definition import parse, to_json
from guanxi.segments.errors import DefinitionError
from guanxi.segments.models import Membership, Segment, SegmentCount
from guanxi.segments.tests import people, readings
from guanxi.segments.tests.people import NOW
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db

WITH_EMAIL = {"condition": "has_email"}
LATER = NOW + timedelta(days=1)


@pytest.fixture
def warehouse() -> Iterator[people.World]:
    world = people.world()
    with given(world.tables, now=NOW):
        yield world


def announced() -> list[tuple[str, int, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, customer_id, subject_id, data->>'first_refresh' FROM core_event"
            " WHERE kind LIKE 'segment.%%' ORDER BY kind, customer_id"
        )
        return cursor.fetchall()


def expected(world: people.World, definition: dict[str, object]) -> list[int]:
    return readings.members(world, {"match": "all", "of": [definition]})


def test_refresh_writes_members_and_announces_only_the_difference(warehouse: people.World) -> None:
    number = services.create_segment(name="Mail", definition=WITH_EMAIL, now=NOW)
    everyone = expected(warehouse, WITH_EMAIL)
    done = services.refresh_membership(number, now=NOW)
    assert (done.count, done.entered, done.left) == (len(everyone), len(everyone), 0)
    assert queries.listed(number).tolist() == everyone
    assert announced() == [("segment.entered", customer, number, "true") for customer in everyone]

    leaver, joiner = everyone[0], next(n for n in range(1, 37) if n not in everyone)
    for row in warehouse.tables["customer_facts"]:
        if row["customer_id"] in (leaver, joiner):
            row["has_email"], row["erased"] = row["customer_id"] == joiner, False
    with given(warehouse.tables, now=LATER):
        done = services.refresh_membership(number, now=LATER)
    assert (done.count, done.entered, done.left) == (len(everyone), 1, 1)
    assert announced()[-2:] == [
        ("segment.entered", everyone[-1], number, "true"),
        ("segment.left", leaver, number, None),
    ]
    assert ("segment.entered", joiner, number, "false") in announced()
    assert Membership.objects.get(segment_id=number, customer_id=leaver).left_at == LATER
    assert list(SegmentCount.objects.order_by("at").values_list("entered", "left")) == [(len(everyone), 0), (1, 1)]


def test_refresh_again_changes_nothing(warehouse: people.World) -> None:
    number = services.create_segment(name="Mail", definition=WITH_EMAIL, now=NOW)
    services.refresh_membership(number, now=NOW)
    before = announced()
    done = services.refresh_membership(number, now=LATER)
    assert (done.entered, done.left) == (0, 0)
    assert announced() == before


def test_queries_agree_with_each_other(warehouse: people.World) -> None:
    ids = queries.members(WITH_EMAIL, now=NOW)
    assert ids.dtype == np.int64
    assert ids.tolist() == expected(warehouse, WITH_EMAIL)
    assert queries.count(WITH_EMAIL, now=NOW) == len(ids)
    parts = queries.breakdown(WITH_EMAIL, now=NOW)
    assert parts.total == len(ids)
    for shares in (parts.shops, parts.spend, parts.regions):
        assert sum(share.count for share in shares) == len(ids)
    picked = queries.sample(WITH_EMAIL, now=NOW, limit=5)
    assert len(picked) == 5
    assert set(picked) <= set(ids.tolist())


def test_members_of_a_segment_within_a_segment(warehouse: people.World) -> None:
    inner = services.create_segment(name="Mail", definition=WITH_EMAIL, now=NOW)
    outer = {"match": "none", "of": [{"condition": "segment", "segments": [inner]}]}
    everyone = readings.members(warehouse, {"match": "all", "of": []})
    mail = expected(warehouse, WITH_EMAIL)
    assert queries.members(outer, now=NOW).tolist() == [n for n in everyone if n not in mail]


def test_a_circle_is_refused(warehouse: people.World) -> None:
    first = services.create_segment(name="First", definition=WITH_EMAIL, now=NOW)
    second = services.create_segment(name="Second", definition={"condition": "segment", "segments": [first]}, now=NOW)
    with pytest.raises(DefinitionError, match="First → Second → First"):
        services.update_segment(first, name="First", definition={"condition": "segment", "segments": [second]}, now=NOW)
    assert Segment.objects.get(pk=first).definition["of"][0]["condition"] == "has_email"
    Segment.objects.filter(pk=first).update(definition={"condition": "segment", "segments": [second]})
    with pytest.raises(DefinitionError, match="depends on itself"):
        queries.members(first, now=NOW)


def test_a_name_is_taken_once(warehouse: people.World) -> None:
    services.create_segment(name="Mail", definition=WITH_EMAIL, now=NOW)
    with pytest.raises(services.NameTaken, match="called “Mail” already"):
        services.create_segment(name=" Mail ", definition=WITH_EMAIL, now=NOW)


def test_lists_are_filled_replaced_and_copied() -> None:
    done = services.create_list(name="Fair", customer_ids=[3, 1, 3], now=NOW)
    number = done.segment_id
    assert (done.count, done.entered) == (2, 2)
    services.change_list(number, customer_ids=[5], now=LATER)
    assert queries.members(number, now=NOW).tolist() == [1, 3, 5]
    done = services.change_list(number, customer_ids=[5, 6], now=LATER, replace=True)
    assert (done.count, done.entered, done.left) == (2, 1, 2)
    copy = services.duplicate_segment(number, now=LATER)
    assert queries.listed(copy).tolist() == [5, 6]
    assert queries.summary(copy).name == "Fair (2)"


def test_archived_segments_are_hidden_and_come_back() -> None:
    number = services.create_list(name="Fair", customer_ids=[], now=NOW).segment_id
    services.archive_segment(number, now=NOW)
    assert queries.summaries() == []
    assert [row.id for row in queries.summaries(archived=True)] == [number]
    services.restore_segment(number, now=NOW)
    assert [row.id for row in queries.summaries()] == [number]


def test_explains_each_condition(warehouse: people.World) -> None:
    definition = {"match": "any", "of": [WITH_EMAIL, {"match": "none", "of": [{"condition": "orders"}]}]}
    expected_ids = readings.members(warehouse, to_json(parse(definition)))
    for customer in range(1, 37, 5):
        told = queries.explain(definition, customer_id=customer, now=NOW)
        facts = warehouse.facts(customer)
        assert (told.known, told.inside) == (not facts["erased"], customer in expected_ids)
        if told.known:
            email, group = told.reason.of
            assert (email.inside, email.own) == (facts["has_email"], "yes" if facts["has_email"] else "no")
            (orders,) = group.of
            assert (orders.inside, orders.own) == (facts["orders"] > 0, str(facts["orders"]))
            assert group.inside != orders.inside
    assert not queries.explain(definition, customer_id=999, now=NOW).known


def test_explains_a_list() -> None:
    number = services.create_list(name="Fair", customer_ids=[1, 2], now=NOW).segment_id
    services.change_list(number, customer_ids=[1], now=LATER, replace=True)
    assert queries.explain(number, customer_id=1, now=LATER).inside
    assert not queries.explain(number, customer_id=2, now=LATER).inside
    assert queries.explain(number, customer_id=3, now=LATER).reason.own == "never on the list"


def test_stays_of_a_customer() -> None:
    number = services.create_list(name="Fair", customer_ids=[1], now=NOW).segment_id
    services.change_list(number, customer_ids=[], now=LATER, replace=True)
    (stay,) = queries.stays(customer_id=1)
    assert (stay.segment_id, stay.name, stay.entered_at, stay.left_at) == (number, "Fair", NOW, LATER)


def test_suggestions_are_the_most_frequent_that_contain_the_text(warehouse: people.World) -> None:
    assert queries.suggestions("region", "bay") == ["Bayern"]
    assert set(queries.suggestions("region", "")) == {"浙江省", "广东省", "Bayern"}
    assert queries.suggestions("product", "TOWEL") == ["Bath towel", "TOWEL 100 % cotton"]
