"""The conformance suite of conditions: what each of them must do. See test_spark.py for the other engine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from guanxi.segments import compiler
from guanxi.segments.conditions import CONDITIONS
from guanxi.segments.conditions.base import GROUPS, Context, FixedList
from guanxi.segments.conditions.names import Names
from guanxi.segments.definition import parse, to_json
from guanxi.segments.tests import people, readings
from guanxi.segments.tests.examples import EXAMPLES
from guanxi.segments.tests.people import NOW, ZONE, World
from guanxi.warehouse.queries import Snapshot
from guanxi.warehouse.testing import given

CASES = [
    pytest.param({"condition": name, **params}, id=f"{name}-{i}")
    for name, examples in EXAMPLES.items()
    for i, params in enumerate(examples)
]
NAMES = Names(shops=people.SHOPS, segments={people.LIST_ID: "Fair"}, currency="CNY")


@pytest.fixture(scope="module")
def world() -> World:
    return people.world()


@pytest.fixture(scope="module")
def snapshot(world: World) -> Iterator[Snapshot]:
    with given(world.tables, now=NOW) as filled:
        yield filled


def context_of(snapshot: Snapshot) -> Context:
    return Context(tables=snapshot.tables, now=NOW, zone=ZONE, segment=FixedList)


def members(snapshot: Snapshot, definition: dict[str, Any]) -> list[int]:
    found = compiler.members(parse(definition), context_of(snapshot)).select("customer_id")
    return sorted(snapshot.execute(found).column(0).to_pylist())


def test_every_condition_has_examples() -> None:
    assert list(EXAMPLES) == CONDITIONS.names()


@pytest.mark.parametrize("name", CONDITIONS.names())
def test_says_what_it_is(name: str) -> None:
    condition = CONDITIONS.get(name)
    assert condition.name == name
    assert str(condition.label)
    assert condition.icon
    assert condition.group in GROUPS


@pytest.mark.parametrize("case", CASES)
def test_members_are_those_of_the_plain_reading(case: dict[str, Any], snapshot: Snapshot, world: World) -> None:
    (clean,) = to_json(parse(case))["of"]
    assert members(snapshot, case) == readings.members(world, clean)


@pytest.mark.parametrize("case", CASES)
def test_never_null(case: dict[str, Any], snapshot: Snapshot, world: World) -> None:
    """Whoever is not in is out: a condition and its opposite, inside another group, make everyone."""
    opposite = {"match": "none", "of": [case]}
    everyone = readings.members(world, {"match": "all", "of": []})
    assert members(snapshot, {"match": "any", "of": [case, opposite]}) == everyone
    assert members(snapshot, {"match": "all", "of": [case, opposite]}) == []


@pytest.mark.parametrize("case", CASES)
def test_round_trips_as_json(case: dict[str, Any]) -> None:
    once = to_json(parse(case))
    assert to_json(parse(json.loads(json.dumps(once)))) == once


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("case", CASES)
def test_describes_itself(case: dict[str, Any], language: str) -> None:
    (leaf,) = parse(case).of
    with translation.override(language):
        said = CONDITIONS.get(leaf.condition).describe(dict(leaf.params), NAMES)
    assert said
    assert "{" not in said and "%(" not in said


@pytest.mark.parametrize("case", CASES)
def test_explains_every_customer(case: dict[str, Any], snapshot: Snapshot, world: World) -> None:
    (leaf,) = parse(case).of
    condition, params = CONDITIONS.get(leaf.condition), dict(leaf.params)
    rows = snapshot.execute(condition.own(params, context_of(snapshot))).to_pylist()
    for number in range(1, 37):
        assert condition.own_words(params, [row for row in rows if row["customer_id"] == number], NAMES)
    assert condition.own_words(params, [], NAMES)


def test_empty_tables(world: World) -> None:
    one = {"customer_facts": [], "segment_members": world.tables["segment_members"][:1]}
    with given(one, now=NOW) as empty:
        context = context_of(empty)
        for name, examples in EXAMPLES.items():
            asked = parse({"match": "any", "of": [{"condition": name, **params} for params in examples]})
            own = CONDITIONS.get(name).own(dict(asked.of[0].params), context)
            found = compiler.members(asked, context).select("customer_id").union(own.select("customer_id"))
            assert empty.execute(found).num_rows == 0
