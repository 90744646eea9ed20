"""Suggested merges: pairs scored a second, on Febrl 4 and on invented customers against as many known ones.

    python -m bench.matching [--customers 1000000]

The baseline is the same candidates in DuckDB by hand: a self join on the same keys, once for each pair, without
comparing anything. So the ratio tells what learning, comparing and explaining cost on top of finding the pairs. The
invented customers are half Chinese, half Western; a tenth of the new ones are known ones with slips. Febrl 4 is left
out where its files are not beside the project.
"""

import csv
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.harness import Clock, begin, finish, report

if TYPE_CHECKING:
    import pyarrow

    from guanxi.customers.matching import Matches, Person

FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文志红梅春燕晓东海鹏飞宇轩子涵欣怡梓浩然诗雨佳琪思远嘉"
SYLLABLES = (
    "ma",
    "ri",
    "an",
    "ber",
    "to",
    "lin",
    "da",
    "jo",
    "han",
    "el",
    "so",
    "fi",
    "pe",
    "ter",
    "ka",
    "ro",
    "vin",
    "mi",
)
STREETS = ("人民路", "解放路", "中山路", "建设路", "文化路", "和平街", "新华街", "长江路")
CITIES = 300


def people(count: int, *, first: int, known: int, seed: int) -> "Iterator[Person]":
    """``count`` customers numbered from ``first``; every tenth is one of the ``known`` with a slip."""
    from guanxi.customers.matching import Person

    for number in range(first, first + count):
        draw = random.Random(seed * 2**40 + number)
        again = known > 0 and number % 10 == 0
        truth = random.Random(draw.randrange(known)) if again else random.Random(number)
        slip = draw.random() if again else 1.0
        chinese = truth.random() < 0.5
        given = "".join(truth.choices(GIVEN, k=2)) if chinese else "".join(truth.choices(SYLLABLES, k=3))
        family = truth.choice(FAMILY) if chinese else "".join(truth.choices(SYLLABLES, k=4))
        birth = f"{truth.randrange(1950, 2006)}-{truth.randrange(1, 13):02}-{truth.randrange(1, 29):02}"
        city, phone = truth.randrange(CITIES), f"{truth.randrange(10000):04}"
        street = truth.choice(STREETS) if chinese else "".join(truth.choices(SYLLABLES, k=4)) + " street"
        yield Person(
            id=number,
            given_name=given if slip > 0.2 else given[:-1],
            family_name=family,
            birth_date=birth if truth.random() < 0.4 else "",
            street=street,
            street_number=str(truth.randrange(1, 400)) if slip > 0.4 else "",
            city=f"city {city}" if slip > 0.3 else "",
            region=f"region {city // 10}",
            postcode=f"{city * 100 + truth.randrange(30):06}" if truth.random() < 0.6 else "",
            phone=phone if slip > 0.5 else f"{draw.randrange(10000):04}",
            email=f"{family}{given}{truth.randrange(1000)}@example.org" if truth.random() < 0.5 else "",
        )


def febrl(part: str) -> "list[Person] | None":
    from guanxi.customers.matching import Person

    shared = Path(os.environ.get("GUANXI_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
    file = shared / "id_febrl" / f"dataset4{part}.csv"
    if not file.is_file():
        return None
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
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
            )
            for number, row in enumerate(csv.DictReader(lines, skipinitialspace=True))
        ]


def by_hand(left: "pyarrow.Table", right: "pyarrow.Table", keys: list[str]) -> tuple[int, Clock]:
    """The pairs that share a key, each once, in plain SQL with the same budget."""
    import duckdb

    from guanxi.customers.matching import blocking, engine

    with duckdb.connect() as database:
        sides = engine.load(database, left, right)
        with Clock() as clock:
            blocking.add_keys(database, "people", "keyed", sides=sides, max_pairs=engine.MAX_PAIRS)
            pairs = " UNION ".join(
                f"SELECT l.row, r.row FROM keyed l JOIN keyed r ON {blocking.rule(key)} AND l.row < r.row"
                for key in keys
            )
            (count,) = database.execute(f"SELECT count(*) FROM ({pairs})").fetchall()[0]
    return count, clock


def measure(name: str, left: "pyarrow.Table", right: "pyarrow.Table", *, goal: bool) -> "Matches":
    from guanxi.customers.matching import blocking, find

    with Clock() as clock:
        found = find(left, right)
    pairs, hand = by_hand(left, right, [key for key in blocking.KEYS if key in found.keys])
    print(f"{name}: {pairs:,} candidates ({found.candidates:,} with repeats), {found.table.num_rows:,} pairs found")
    report(f"{name}: pairs scored", pairs / clock.seconds, "/s", baseline=pairs / hand.seconds, of="join by hand")
    wanted = {"goal": "under 120 s", "met": clock.seconds < 120} if goal else {}
    report(f"{name}: matching, elapsed", clock.seconds, "s", **wanted)
    report(f"{name}: matching, processor", clock.cpu, "s", baseline=hand.cpu, of="join by hand")
    return found


def main() -> None:
    options = begin(__doc__, customers=1_000_000)
    from guanxi.customers.matching import table

    first, second = febrl("a"), febrl("b")
    if first and second:
        measure("Febrl 4", table(first), table(second), goal=False)
    known = table(people(options.customers, first=0, known=0, seed=1))
    fresh = list(people(options.customers, first=options.customers, known=options.customers, seed=2))
    with Clock() as clock:
        new = table(fresh)
    del fresh
    report("records made ready to compare", options.customers / clock.seconds, "/s")
    measure(f"{options.customers:,} against as many", new, known, goal=True)
    finish(options)


if __name__ == "__main__":
    main()
