"""`guanxi import people`: what it prints, and what it says when it cannot."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from guanxi.config.cli import arguments
from guanxi.customers.models import PeopleBatch
from guanxi.customers.tests.people.files import csv_file, fair_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def run(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_people", *words, "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def test_two_words_are_one_command() -> None:
    assert arguments(["import", "people", "x.vcf"]) == ["import_people", "x.vcf"]
    assert arguments(["import", "orders", "x.csv"]) == ["import", "orders", "x.csv"]
    assert arguments(["import"]) == ["import"]


def test_the_result_is_printed_and_the_same_again_is_unchanged(tmp_path: Path) -> None:
    path = str(fair_file(tmp_path, 20))
    done = run(path, "--name", "Spring fair", "--occasion", "fair", "--date", "2026-04-15", "--role", "distributor")
    assert set(done) == {
        *("batch", "rows", "customers_created", "customers_matched", "companies_created"),
        *("unchanged", "rejected", "rejected_file", "seconds"),
    }
    assert (done["rows"], done["customers_created"], done["companies_created"]) == (20, 20, 7)
    again = run(path, "--name", "Spring fair")
    assert (again["batch"], again["customers_created"], again["unchanged"]) == (done["batch"], 0, 20)
    assert str(PeopleBatch.objects.get().occurred_on) == "2026-04-15"


def test_a_mapping_says_which_column_is_what(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [("A", "B"), ("Ann Invented", "ann@guest.example")])
    mapping = tmp_path / "m.toml"
    mapping.write_text('[columns]\nname = "A"\nemail = "B"\n')
    assert run(str(path), "--name", "List", "--mapping", str(mapping))["customers_created"] == 1


@pytest.mark.parametrize(
    ("toml", "said"),
    [("[columns", "cannot be read"), ("columns = 1", "must be a section"), ('[columns]\nx = "A"', "unknown fields x")],
)
def test_a_bad_mapping_is_refused_in_words(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "m.toml").write_text(toml)
    with pytest.raises(CommandError, match=said):
        run(str(fair_file(tmp_path, 2)), "--name", "List", "--mapping", str(tmp_path / "m.toml"))
    assert not PeopleBatch.objects.exists()


def test_no_file_and_consent_without_how_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        run(str(tmp_path / "none.csv"), "--name", "List")
    with pytest.raises(CommandError, match="a card alone is no consent"):
        run(str(fair_file(tmp_path, 2)), "--name", "List", "--consent", "email")
