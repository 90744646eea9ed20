"""Precision and recall on records whose answer is known; `labels` states the figures.

Febrl: Christen, "Febrl: an open source data cleaning, deduplication and record linkage system", KDD 2008. fake_1000:
the demonstration data of Splink.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from guanxi.customers.matching import Certainty, Matches, Person, find, training

pytestmark = pytest.mark.data

Records = list[tuple[Person, str]]
"""Each with the number of who it is."""


@dataclass(frozen=True)
class Score:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def rows(file: Path) -> list[dict[str, str]]:
    if not file.is_file():
        pytest.skip(f"the real data set {file.name} is not here")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, skipinitialspace=True))


def febrl(file: Path) -> Records:
    """Everything but the social security number."""
    return [
        (
            Person(
                id=number,
                given_name=row["given_name"],
                family_name=row["surname"],
                birth_date=row["date_of_birth"],
                street_number=row["street_number"],
                street=row["address_1"],
                more=row["address_2"],
                city=row["suburb"],
                region=row["state"],
                postcode=row["postcode"],
            ),
            row["rec_id"].split("-")[1],
        )
        for number, row in enumerate(rows(file))
    ]


def fake(file: Path) -> Records:
    return [
        (
            Person(
                id=number,
                given_name=row["first_name"],
                family_name=row["surname"],
                birth_date=row["dob"],
                city=row["city"],
                email=row["email"],
            ),
            row["cluster"],
        )
        for number, row in enumerate(rows(file))
    ]


def score(found: Matches, left: Records, right: Records | None, *labels: Certainty) -> Score:
    """Of the pairs with these labels: how many are right, and how many of all right ones they are."""
    table = found.table.select(["left_id", "right_id", "certainty"]).to_pylist()
    pairs = [(row["left_id"], row["right_id"]) for row in table if row["certainty"] in labels]
    hits = sum(left[one][1] == (right or left)[other][1] for one, other in pairs)
    counts = Counter(truth for _person, truth in left)
    if right:
        true = sum(counts[truth] for _person, truth in right)
    else:
        true = sum(count * (count - 1) // 2 for count in counts.values())
    return Score(hits / len(pairs), hits / true)


def persons(records: Records | None) -> list[Person] | None:
    return records and [person for person, _truth in records]


@pytest.fixture(params=["learnt", "shipped"])
def weights(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "shipped":
        monkeypatch.setattr(training, "FEWEST_TO_LEARN", 10**9)
    return str(request.param)


def test_febrl_4(data_folder: Path, weights: str) -> None:
    left, right = (febrl(data_folder / "id_febrl" / f"dataset4{part}.csv") for part in "ab")
    found = find(persons(left) or [], persons(right))
    assert found.model.learnt == (weights == "learnt")
    assert score(found, left, right, Certainty.SURE, Certainty.LIKELY).f1 >= 0.99
    assert score(found, left, right, Certainty.SURE).precision >= 0.999
    assert score(found, left, right, Certainty.SURE).recall >= 0.8


def test_febrl_1(data_folder: Path, weights: str) -> None:
    records = febrl(data_folder / "id_febrl" / "dataset1.csv")
    found = find(persons(records) or [])
    assert found.model.learnt == (weights == "learnt")
    assert score(found, records, None, Certainty.SURE, Certainty.LIKELY).f1 >= 0.97
    assert score(found, records, None, Certainty.SURE).precision >= 0.999
    assert score(found, records, None, Certainty.SURE).recall >= 0.8


def test_fake_1000(data_folder: Path, weights: str) -> None:
    records = fake(data_folder / "id_splink" / "fake_1000.csv")
    found = find(persons(records) or [])
    assert found.model.learnt == (weights == "learnt")
    assert score(found, records, None, Certainty.SURE).precision >= 0.999
    assert score(found, records, None, Certainty.SURE, Certainty.LIKELY).precision >= 0.999
    assert score(found, records, None, Certainty.SURE, Certainty.LIKELY).f1 >= 0.72
    assert score(found, records, None, *Certainty).f1 >= 0.83
