"""The merchant's own fields in a file of people."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from guanxi.customers.fields import queries, services
from guanxi.customers.models import Customer
from guanxi.customers.people.importing import import_people
from guanxi.customers.people.services import BatchPlan, open_batch
from guanxi.customers.tests.people.files import csv_file

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 20, 9, tzinfo=UTC)
ROWS = [("姓名", "手机", "展位面积"), ("展客1", "13912340001", "36.5"), ("展客2", "13912340002", "")]


@pytest.fixture
def area() -> int:
    """The key of the field is found by its label in the header."""
    return services.define(key="area", label="展位面积", kind="number", user=None, now=NOW)


def bring(path: Path) -> dict[str, object]:
    plan = BatchPlan(name="Spring fair", occurred_on=date(2026, 4, 15), occasion="fair")
    return import_people(path, batch=open_batch(plan, user=None, now=NOW), now=NOW)


def said() -> dict[str, list[str]]:
    people = {one.pk: one.name for one in Customer.objects.order_by("pk")}
    shown = queries.values(list(people))
    return {
        name: [value.plain for value in shown.get(number, {}).values() if value.plain]
        for number, name in people.items()
    }


def test_a_column_that_goes_by_a_fields_name_fills_it(home: Path, tmp_path: Path, area: int) -> None:
    bring(csv_file(tmp_path, ROWS))
    assert said() == {"展客1": ["36.5"], "展客2": []}


def test_the_same_file_again_changes_nothing_and_a_new_value_is_taken(home: Path, tmp_path: Path, area: int) -> None:
    bring(csv_file(tmp_path, ROWS))
    assert bring(csv_file(tmp_path, ROWS))["unchanged"] == 2
    bring(csv_file(tmp_path, [ROWS[0], ("展客1", "13912340001", "48")], name="later.csv"))
    assert said()["展客1"] == ["48"]


def test_a_row_whose_value_is_none_comes_back_with_the_reason(home: Path, tmp_path: Path, area: int) -> None:
    done = bring(csv_file(tmp_path, [*ROWS, ("展客3", "13912340003", "large")]))
    assert done["rejected"] == 1
    rejected = Path(str(done["rejected_file"])).read_text("utf-8-sig")
    assert "展位面积: " in rejected
    assert "展客3" not in said()
