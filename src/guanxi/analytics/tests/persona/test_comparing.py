"""Two groups side by side, against counting customers one by one in plain Python; on both engines."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from math import log
from typing import Any

import pytest

from guanxi.analytics.models.contrast import contrast
from guanxi.analytics.models.intervals import Proportion
from guanxi.analytics.persona import DIMENSIONS
from guanxi.analytics.persona.comparing import Persona, compare
from guanxi.analytics.reports.base import Context
from guanxi.analytics.tests.persona.crowd import LISTED, NOW, OTHERS, ZONE, crowd, in_list
from guanxi.segments import queries as segments
from guanxi.segments.conditions.names import Names
from guanxi.segments.models import Segment, SegmentKind
from guanxi.segments.queries import UnknownSegment
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db
NAMES = Names(shops={1: "Tmall", 2: "Old Town"}, tiers={1: "Gold", 2: "Silver", 3: "Platinum"}, currency="CNY")
ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.spark)]
Held = dict[str, dict[int, set[str]]]


@pytest.fixture(autouse=True)
def lists(db: object) -> Iterator[None]:
    for number, name in ((LISTED, "Fair"), (OTHERS, "Odd")):
        Segment.objects.create(pk=number, name=name, kind=SegmentKind.STATIC, created_at=NOW, updated_at=NOW)
    yield


def run(tables: dict[str, Any], segment: int, other: int | None, *, engine: str = "duckdb") -> Persona:
    with given(tables, engine=engine, now=NOW) as snapshot:
        return compare(segment, other, context=Context(snapshot, NOW, ZONE, "CNY"), names=NAMES)


def held(tables: dict[str, Any]) -> Held:
    """Values of each dimension by customer, read one row at a time."""
    found: Held = defaultdict(lambda: defaultdict(set))
    titles = {row["product_id"]: (row["title"], row["category"]) for row in tables["products"]}
    lines = defaultdict(list)
    for line in tables["order_lines"]:
        lines[line["order_id"]].append(line["product_id"])
    hours, days = defaultdict(list), defaultdict(list)
    for order in sorted(tables["orders"], key=lambda row: row["placed_at"]):
        if not order["counted"]:
            continue
        number, clock = order["customer_id"], order["placed_at"].astimezone(ZONE)
        found["shop"][number].add(str(order["shop_id"]))
        hours[number].append(str(clock.hour // 3 * 3))
        days[number].append(str(clock.weekday()))
        for product in lines[order["order_id"]]:
            title, category = titles[product]
            found["product"][number].add(title)
            if category:
                found["category"][number].add(category)
    for name, seen in (("hour", hours), ("weekday", days)):
        for number, values in seen.items():
            counted, last = Counter(values), {value: at for at, value in enumerate(values)}
            found[name][number] = {max(counted, key=lambda value: (counted[value], last[value]))}
    for person in tables["customers"]:
        number = person["customer_id"]
        for name in ("gender", "region"):
            if person[name]:
                found[name][number] = {person[name]}
        if person["birth_year"] and (age := 2026 - person["birth_year"]) >= 0:
            found["age"][number] = {str(max(start for start in (0, 18, 25, 35, 45, 55, 65) if start <= age))}
    for row in tables["visitors"]:
        if row["device"]:
            found["device"][row["customer_id"]].add(row["device"])
    for row in tables["tier_members"]:
        if not row["spare"]:
            found["tier"][row["customer_id"]].add(str(row["tier_id"]))
    return found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("other", [None, OTHERS])
def test_as_counted_one_by_one(other: int | None, engine: str) -> None:
    if engine == "spark":
        pytest.importorskip("pyspark", reason="the extra spark is not installed")
    tables = crowd()
    made, plain = run(tables, LISTED, other, engine=engine), held(tables)
    alive = {row["customer_id"] for row in tables["customers"] if not row["erased"]}
    group = {number for number in alive if in_list(number)[LISTED]}
    against = {number for number in alive if other is None or in_list(number)[other]}
    assert (made.size, made.other_size, made.shared) == (len(group), len(against), len(group & against))
    assert {part.dimension.name for part in made.parts} == set(DIMENSIONS.names())
    for part in made.parts:
        if part.dimension.name in ("rfm", "value"):
            continue
        people = plain[part.dimension.name]
        assert part.group_size == len(group & people.keys())
        assert part.other_size == len(against & people.keys())
        expected = {
            value: (
                sum(value in people[n] for n in group if n in people),
                sum(value in people[n] for n in against if n in people),
            )
            for value in set().union(*people.values())
        }
        if not part.thin:
            assert {one.key: (one.group.count, one.other.count) for one in part.values} == {
                value: counts for value, counts in expected.items() if any(counts)
            }
        for one in part.values:
            assert one.group.share == pytest.approx(one.group.count / part.group_size)
            if one.index is not None:
                assert one.index == pytest.approx(one.group.share / one.other.share)


def test_what_sets_apart_is_first_and_clear() -> None:
    made = run(crowd(900), LISTED, None)
    first = made.standouts(3)
    assert {part.dimension.name for part, value in first} <= {"product", "category", "gender"}
    assert all(value.clear for part, value in first)
    product = next(part for part in made.parts if part.dimension.name == "product")
    assert [abs(one.g2) for one in product.values] == sorted((abs(one.g2) for one in product.values), reverse=True)
    gender = next(part for part in made.parts if part.dimension.name == "gender")
    women = next(one for one in gender.values if one.key == "female")
    assert women.clear and women.g2 > 0 and (women.index or 0) > 1
    region = next(part for part in made.parts if part.dimension.name == "region")
    assert not any(one.clear for one in region.values)  # chosen by chance alone


def test_against_everyone_is_asked_of_the_rest() -> None:
    tables = crowd()
    part = next(part for part in run(tables, LISTED, None).parts if part.dimension.name == "gender")
    for one in part.values:
        rest = Proportion(one.other.count - one.group.count, part.other_size - part.group_size)
        assert one.g2 == pytest.approx(contrast(Proportion(one.group.count, part.group_size), rest).g2)


def test_the_measure_is_the_log_likelihood_ratio() -> None:
    """Observed times the logarithm of observed by expected, over the four cells; its tail as scipy has it."""
    from scipy import stats

    cells = {(0, 0): 30, (0, 1): 70, (1, 0): 45, (1, 1): 255}
    rows, columns = {0: 100, 1: 300}, {0: 75, 1: 325}
    plain = 2 * sum(n * log(n / (rows[r] * columns[c] / 400)) for (r, c), n in cells.items())
    made = contrast(Proportion(30, 100), Proportion(45, 300))
    assert made.g2 == pytest.approx(plain)
    assert made.p_value == pytest.approx(stats.chi2.sf(plain, 1))
    assert contrast(Proportion(45, 300), Proportion(30, 100)).g2 == pytest.approx(-plain)
    assert contrast(Proportion(0, 0), Proportion(30, 100)).g2 == 0


def test_too_few_people_have_no_shares() -> None:
    made = run(crowd(60), LISTED, None)
    assert all(part.thin == (min(part.group_size, part.other_size) < 30) for part in made.parts)
    assert all(not part.values for part in made.parts if part.thin)
    assert any(part.thin for part in made.parts)


def test_a_few_people_are_not_compared() -> None:
    tables = crowd(240)
    for row in tables["customers"]:
        row["region"] = "西藏自治区" if row["customer_id"] in (3, 4, 6, 7) else "浙江省"
    part = next(part for part in run(tables, LISTED, None).parts if part.dimension.name == "region")
    few = next(one for one in part.values if one.key == "西藏自治区")
    assert (few.group.count, few.index, few.g2, few.clear) == (2, None, 0.0, False)


@pytest.mark.parametrize("name", ["age", "gender", "region", "tier", "rfm", "value", "shop", "category", "product"])
def test_a_value_leads_to_a_segment_of_its_people(name: str) -> None:
    tables = crowd(240)
    with given(tables, now=NOW) as snapshot:
        made = compare(LISTED, None, context=Context(snapshot, NOW, ZONE, "CNY"), names=NAMES)
        part = next(part for part in made.parts if part.dimension.name == name)
        assert part.values
        for one in part.values:
            inside = {"condition": "segment", "segments": [LISTED]}
            both = {"match": "all", "of": [inside, one.definition]}
            found = segments.rows(both, snapshot=snapshot, now=NOW)
            assert snapshot.scalar(found.count()) == one.group.count, one.key
            assert one.label


def test_groups_of_equal_value_are_one() -> None:
    tables = crowd(240)
    tables["customer_values"] = [{"customer_id": n, "lifetime_value": 700} for n in range(1, 241)]
    part = next(part for part in run(tables, LISTED, None).parts if part.dimension.name == "value")
    assert [one.key for one in part.values] == [".."]


def test_nobody_and_nothing() -> None:
    empty = run({"customers": []}, LISTED, None)
    assert (empty.size, empty.other_size) == (0, 0)
    assert all(part.thin for part in empty.parts)
    with pytest.raises(UnknownSegment):
        run({"customers": []}, 99, None)
