"""Definitions nobody thought of: the engine and the plain reading agree on all of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.segments import compiler
from guanxi.segments.conditions.base import Context, FixedList
from guanxi.segments.conditions.names import Names
from guanxi.segments.definition import describe, parse, to_json
from guanxi.segments.tests import people, readings
from guanxi.segments.tests.examples import EXAMPLES
from guanxi.segments.tests.people import NOW, ZONE, World
from guanxi.warehouse import testing
from guanxi.warehouse.queries import Snapshot

LEAVES = st.sampled_from([{"condition": name, **params} for name, examples in EXAMPLES.items() for params in examples])
MATCHES = st.sampled_from(["all", "any", "none"])


def _groups(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"match": MATCHES, "of": st.lists(children, min_size=1, max_size=4)})


DEFINITIONS = _groups(st.recursive(LEAVES, _groups, max_leaves=8)).filter(lambda one: _depth(one) <= 6)


def _depth(node: dict[str, Any]) -> int:
    return 1 + max(map(_depth, node["of"])) if "of" in node else 0


@pytest.fixture(scope="module")
def world() -> World:
    return people.world(customers=48, seed=11)


@pytest.fixture(scope="module")
def snapshot(world: World) -> Iterator[Snapshot]:
    with testing.given(world.tables, now=NOW) as filled:
        yield filled


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(definition=DEFINITIONS)
def test_engine_and_plain_reading_agree(definition: dict[str, Any], snapshot: Snapshot, world: World) -> None:
    node = parse(definition)
    clean = to_json(node)
    assert to_json(parse(clean)) == clean
    assert describe(node, Names())
    context = Context(tables=snapshot.tables, now=NOW, zone=ZONE, segment=FixedList)
    found = snapshot.execute(compiler.members(node, context).select("customer_id")).column(0).to_pylist()
    assert sorted(found) == readings.members(world, clean)
