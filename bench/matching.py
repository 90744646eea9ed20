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
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.harness import Clock, begin, finish, report

if TYPE_CHECKING:
    import duckdb
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
CITIES, POOL = 300, 20_000


def pool() -> "list[Person]":
    """Names and streets to draw customers from, the first half Chinese."""
    from guanxi.customers.matching import Person

    draw = random.Random(7)
    chinese = [(draw.choice(FAMILY), "".join(draw.choices(GIVEN, k=2)), draw.choice(STREETS)) for _name in range(POOL)]
    western = [["".join(draw.choices(SYLLABLES, k=k)) for k in (4, 3, 4)] for _name in range(POOL)]
    return [
        Person(id=number, family_name=family, given_name=given, street=street)
        for number, (family, given, street) in enumerate([*chinese, *western])
    ]


def customers(pool: "pyarrow.Table", count: int, *, first: int, again: bool) -> "pyarrow.Table":
    """``count`` customers numbered from ``first``. With ``again`` every tenth is one of those numbered from 0, with a
    slip: a name cut short, or a number, city or telephone that is missing or another."""
    import duckdb

    def draw(what: int, of: int, whom: str = "who") -> str:
        return f"(hash({whom}, {what}) % {of})::BIGINT"

    def slips(what: int, tenths: int) -> str:
        return f"(nth <> who AND {draw(what, 10, 'nth')} < {tenths})"

    who = f"CASE WHEN nth % 10 = 0 THEN {draw(0, count, 'nth')} ELSE nth END" if again else "nth"
    half = f"{draw(1, 2)} * {POOL}"
    birth = f"strftime(DATE '1950-01-01' + {draw(5, 20000)}::INTEGER, '%Y%m%d')"
    with duckdb.connect() as database:
        database.register("pool", pool)
        return database.sql(
            f"""
            WITH numbers AS (SELECT range AS nth FROM range({first}, {first + count})),
                 drawn AS (SELECT nth, {who} AS who FROM numbers)
            SELECT nth AS id,
                   CASE WHEN {slips(20, 2)} THEN g.given[:-2] ELSE g.given END AS given, f.family,
                   CASE WHEN {slips(20, 2)} THEN g.given_sound[:-2] ELSE g.given_sound END AS given_sound,
                   f.family_sound,
                   CASE WHEN {draw(4, 10)} < 4 THEN {birth} END AS birth,
                   CASE WHEN NOT {slips(21, 4)} THEN {draw(7, 400)}::VARCHAR END AS number,
                   s.street, NULL::VARCHAR AS more,
                   CASE WHEN NOT {slips(22, 3)} THEN 'city ' || {draw(8, CITIES)} END AS city,
                   NULL::VARCHAR AS district, 'region ' || {draw(8, CITIES)} // 10 AS region,
                   CASE WHEN {draw(9, 10)} < 6 THEN ({draw(8, CITIES)} * 100 + {draw(10, 30)})::VARCHAR END AS postcode,
                   lpad((CASE WHEN {slips(23, 5)} THEN {draw(11, 10000, "nth")} ELSE {draw(11, 10000)} END)::VARCHAR,
                        4, '0') AS phone,
                   CASE WHEN {draw(12, 2)} = 0 THEN f.family_sound || {draw(13, 100000)} END AS email,
                   NULL::VARCHAR[] AS accounts
            FROM drawn
            JOIN pool f ON f.id = {half} + {draw(2, POOL)}
            JOIN pool g ON g.id = {half} + {draw(3, POOL)}
            JOIN pool s ON s.id = {half} + {draw(6, POOL)}
            ORDER BY nth
            """
        ).to_arrow_table()


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


def limited() -> "duckdb.DuckDBPyConnection":
    """With the memory that a warehouse has by default."""
    import duckdb

    return duckdb.connect(config={"memory_limit": "1GB", "temp_directory": tempfile.gettempdir() + "/guanxi-duckdb"})


def by_hand(left: "pyarrow.Table", right: "pyarrow.Table", keys: list[str]) -> tuple[int, Clock]:
    """The pairs that share a key, each once, in plain SQL with the same budget."""
    from guanxi.customers.matching import blocking, engine

    with limited() as database:
        sides = engine.load(database, left, right)
        with Clock() as clock:
            blocking.add_keys(database, "people", "keyed", sides=sides, max_pairs=engine.MAX_PAIRS)
            pairs = " UNION ".join(
                f"SELECT l.row, r.row FROM keyed l JOIN keyed r ON {blocking.rule(key, sides)} AND l.row < r.row"
                for key in keys
            )
            (count,) = database.execute(f"SELECT count(*) FROM ({pairs})").fetchall()[0]
    return count, clock


def measure(name: str, left: "pyarrow.Table", right: "pyarrow.Table", *, goal: bool) -> "Matches":
    from guanxi.customers.matching import blocking, find

    with Clock() as clock:
        found = find(left, right, connect=limited)
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
    persons = pool()
    table(persons[:10])  # loads what Chinese names need
    with Clock() as clock:
        names = table(persons)
    report("records made ready to compare, processor", len(persons) / clock.cpu, "/s")
    known = customers(names, options.customers, first=0, again=False)
    new = customers(names, options.customers, first=options.customers, again=True)
    measure(f"{options.customers:,} against as many", new, known, goal=True)
    finish(options)


if __name__ == "__main__":
    main()
