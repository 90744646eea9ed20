"""Pairs of records that may be one person."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from guanxi.customers.matching import blocking, labels, training
from guanxi.customers.matching.comparisons import COMPARISONS, Comparison
from guanxi.customers.matching.labels import Certainty
from guanxi.customers.matching.records import Person, table
from guanxi.customers.matching.training import Model

if TYPE_CHECKING:
    import duckdb
    import pyarrow

MAX_PAIRS = 10_000_000
"""Candidates of a run at most; they take most of its time."""
SEED = 1969
BY_NAME = {one.name: one for one in COMPARISONS}
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Reason:
    """What one comparison says; `words.sentence` says it to people."""

    comparison: str
    step: str
    weight: float
    """log2 of how much more often this is seen of one person's two records than of two persons'."""


@dataclass(frozen=True, slots=True)
class Pair:
    left: int
    right: int
    probability: float
    weight: float
    """The prior's and all reasons' together."""
    certainty: Certainty
    reasons: tuple[Reason, ...]
    """Strongest first."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What `find` found."""

    table: "pyarrow.Table"
    """``left_id``, ``right_id``, ``probability``, ``weight``, ``certainty``, and of each comparison its Splink number
    (``gamma_…``, -1 for unknown) and weight (``weight_…``). Ordered by weight, the greatest first, then by ids."""
    model: Model
    keys: dict[str, int]
    """How many pairs share each key of `blocking.KEYS`."""

    @property
    def candidates(self) -> int:
        """The most pairs that were looked at; one that shares two keys is counted twice."""
        return sum(self.keys.values())

    def pairs(self) -> Iterator[Pair]:
        """The rows as values, with their reasons."""
        for batch in self.table.to_batches(max_chunksize=BATCH):
            for row in batch.to_pylist():
                yield _pair(row, self.model.compared)


def find(
    people: "Iterable[Person] | pyarrow.Table",
    against: "Iterable[Person] | pyarrow.Table | None" = None,
    *,
    connect: "Callable[[], duckdb.DuckDBPyConnection] | None" = None,
    model: Model | None = None,
    max_pairs: int = MAX_PAIRS,
    least_weight: float = labels.POSSIBLE,
    seed: int = SEED,
) -> Matches:
    """Pairs among ``people``, or of ``people`` (left) with those they are held ``against`` (right), from
    ``least_weight`` on.

    Both are persons or what `records.table` made of them; ids are unique on each side. ``connect`` opens an empty
    DuckDB with the caller's limits, which is closed at the end. A ``model`` of an earlier run spares the learning, and
    keeps weights the same from night to night. The same records in the same order and seed give the same answer.
    """
    import duckdb

    with (connect or duckdb.connect)() as database:
        sides = load(database, people, against)
        keys = blocking.add_keys(database, "people", "keyed", sides=sides, max_pairs=max_pairs)
        model = model or training.train(database, "keyed", keys, sides=sides, seed=seed)
        found = _score(database, model, [blocking.rule(key, sides) for key in keys], least_weight)
    return Matches(found, model, keys)


def load(database: "duckdb.DuckDBPyConnection", people: Any, against: Any) -> int:
    """Both sides in one table ``people``, numbered on; gives how many sides there are."""
    import numpy as np
    import pyarrow as pa

    numbered, first = [], 0
    for number, side in enumerate(side for side in (people, against) if side is not None):
        columns = side if isinstance(side, pa.Table) else table(side)
        rows = np.arange(first, first + columns.num_rows)
        marks = np.full(columns.num_rows, number, dtype=np.int8)
        numbered.append(columns.append_column("row", pa.array(rows)).append_column("side", pa.array(marks)))
        first += columns.num_rows
    database.register("given_people", pa.concat_tables(numbered))
    database.execute("CREATE TABLE people AS SELECT * FROM given_people")
    database.unregister("given_people")
    return len(numbered)


def _score(
    database: "duckdb.DuckDBPyConnection", model: Model, rules: list[str], least_weight: float
) -> "pyarrow.Table":
    compared = [BY_NAME[name] for name in model.compared]
    if not rules or not compared:
        return _empty(compared)
    splink = training.linker(
        database,
        "keyed",
        compared,
        model.weights,
        prior=model.prior,
        rules=rules,
        by_frequency=model.learnt,
        explain=True,
    )
    scored = splink.inference.predict(threshold_match_weight=least_weight).physical_name
    parts = ", ".join(
        f"pair.{one.code}::TINYINT AS {one.code}, {_weight(one, model)} AS weight_{one.name}" for one in compared
    )
    return database.sql(
        f"""
        SELECT l.id AS left_id, r.id AS right_id, match_probability AS probability, round(match_weight, 6) AS weight,
               {labels.sql(model.compared)} AS certainty, {parts}
        FROM {scored} pair JOIN people l ON l.row = row_l JOIN people r ON r.row = row_r
        ORDER BY weight DESC, left_id, right_id
        """
    ).to_arrow_table()


def _weight(one: Comparison, model: Model) -> str:
    """log2 of a comparison's Bayes factor, with what the value's frequency adds."""
    factors = [f"pair.bf_{one.name}"]
    if model.learnt and any(step.by_frequency for step in one.steps):
        factors.append(f"pair.bf_tf_adj_{one.name}")
    return f"round(log2({' * '.join(factors)}), 6)"


def _empty(compared: list[Comparison]) -> "pyarrow.Table":
    import pyarrow as pa

    parts = [part for one in compared for part in ((one.code, pa.int8()), (f"weight_{one.name}", pa.float64()))]
    numbers = [
        ("left_id", pa.int64()),
        ("right_id", pa.int64()),
        ("probability", pa.float64()),
        ("weight", pa.float64()),
    ]
    return pa.schema([*numbers, ("certainty", pa.string()), *parts]).empty_table()


def _pair(row: dict[str, Any], compared: tuple[str, ...]) -> Pair:
    known = [BY_NAME[name] for name in compared if row[BY_NAME[name].code] >= 0]
    reasons = [Reason(one.name, one.step(row[one.code]).name, row[f"weight_{one.name}"]) for one in known]
    return Pair(
        row["left_id"],
        row["right_id"],
        row["probability"],
        row["weight"],
        Certainty(row["certainty"]),
        tuple(sorted(reasons, key=lambda reason: -abs(reason.weight))),
    )
