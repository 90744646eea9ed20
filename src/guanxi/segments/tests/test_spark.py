"""The same conditions on Apache Spark. One query a condition, because a local Spark takes a second for each."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import ibis
import pytest

from guanxi.segments import compiler
from guanxi.segments.conditions import CONDITIONS
from guanxi.segments.conditions.base import Context, FixedList
from guanxi.segments.definition import parse, to_json
from guanxi.segments.tests import people, readings
from guanxi.segments.tests.examples import EXAMPLES
from guanxi.segments.tests.people import NOW, ZONE, World
from guanxi.warehouse.queries import Snapshot
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.spark

NESTED: list[dict[str, Any]] = [
    {
        "match": "any",
        "of": [
            {"match": "none", "of": [{"condition": "orders", "within": {"last_days": 90}}, {"condition": "has_email"}]},
            {"match": "all", "of": [{"condition": "rfm", "monetary": [4, 5]}, {"condition": "tag", "values": ["vip"]}]},
        ],
    },
    {
        "match": "none",
        "of": [
            {"condition": "bought_category", "values": ["towels"], "times": {"at_most": 1}},
            {"condition": "segment", "segments": [people.LIST_ID]},
        ],
    },
]


@pytest.fixture(scope="module")
def world() -> World:
    return people.world()


@pytest.fixture(scope="module")
def spark(world: World) -> Iterator[Snapshot]:
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17, and there is no `java` here")
    with given(world.tables, engine="spark", now=NOW) as filled:
        yield filled


def ask(snapshot: Snapshot, definitions: list[dict[str, Any]], owns: list[dict[str, Any]]) -> dict[str, list[int]]:
    """Members of every definition, and the customers whose own values conditions tell, in one query."""
    context = Context(tables=snapshot.tables, now=NOW, zone=ZONE, segment=FixedList)
    tables = {f"in {i}": compiler.members(parse(one), context) for i, one in enumerate(definitions)}
    for i, one in enumerate(owns):
        leaf = parse(one).of[0]
        tables[f"own {i}"] = CONDITIONS.get(leaf.condition).own(dict(leaf.params), context)
    parts = [table.select("customer_id", case=ibis.literal(case)) for case, table in tables.items()]
    found = defaultdict(list)
    for row in snapshot.execute(ibis.union(*parts)).to_pylist():
        found[row["case"]].append(row["customer_id"])
    return {case: sorted(found[case]) for case in tables}


@pytest.mark.parametrize("name", CONDITIONS.names())
def test_same_members_as_the_plain_reading(name: str, spark: Snapshot, world: World) -> None:
    cases = [{"condition": name, **params} for params in EXAMPLES[name]]
    definitions = [one for case in cases for one in (case, {"match": "none", "of": [case]})]
    found = ask(spark, definitions, cases[:1])
    for i, one in enumerate(definitions):
        assert found[f"in {i}"] == readings.members(world, to_json(parse(one))), one


def test_nested_groups(spark: Snapshot, world: World) -> None:
    found = ask(spark, NESTED, [])
    assert list(found.values()) == [readings.members(world, to_json(parse(one))) for one in NESTED]
