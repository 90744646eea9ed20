"""Weights learnt from the records themselves, without anyone saying who is who.

u from pairs of a random sample, m by expectation maximisation (EM) on candidates that share one thing, of everything
else (Winkler 2000; both as Splink has them). What is learnt is weighed against the shipped figures by how many cases it
rests on: m of a shop with thirty doubles is nearly the shipped one, of one with ten thousand its own.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guanxi.customers.matching import blocking
from guanxi.customers.matching.comparisons import COMPARISONS, Comparison, Weights, for_splink, shipped

if TYPE_CHECKING:
    import duckdb
    from splink import Linker

FEWEST_TO_LEARN = 500
"""Fewer records than this are compared by the shipped weights: there is too little to learn from."""
RANDOM_RECORDS = 1500
"""About a million random pairs: enough to see what one in a hundred thousand does."""
EM_PAIRS = 300_000
"""Of each learning key at most, and picked by the key's hash."""
SHIPPED_M_CASES = 50
SHIPPED_U_CASES = 2000
"""How many cases the shipped figures are worth beside learnt ones."""
FOUND_BY_CERTAIN = 0.7
"""Share of all doubles assumed to agree in one of `blocking.CERTAIN`."""
GREATEST_PRIOR = 0.01
"""Of very few records, where a pair or two is all there is, agreement must still be earned."""
DIGITS = 7
"""Learnt figures are rounded, so that sums in another order give the same ones."""
LEARNING_KEYS = {
    "birth": {"birth"},
    "name": {"given", "family"},
    "email": {"email"},
    "street_number": {"address"},
    "family_phone": {"family", "phone"},
}
"""With the comparisons that have nothing to learn from pairs that share it."""


@dataclass(frozen=True, slots=True)
class Model:
    """What pairs are weighed by."""

    weights: Weights
    prior: float
    """How probable it is that two records picked at random are one person."""
    learnt: bool
    """False: the shipped weights, because there were too few records."""
    compared: tuple[str, ...]
    """Names of the comparisons that have something to compare."""


def present(connection: "duckdb.DuckDBPyConnection", source: str) -> list[Comparison]:
    """The comparisons that have a column with anything in it."""
    columns = sorted({column for one in COMPARISONS for column in one.needs})
    counts = connection.execute(f"SELECT {', '.join(f'count({c})' for c in columns)} FROM {source}").fetchall()[0]
    filled = {column for column, count in zip(columns, counts, strict=True) if count}
    return [one for one in COMPARISONS if filled.intersection(one.needs)]


def train(
    connection: "duckdb.DuckDBPyConnection", source: str, keys: Mapping[str, int], *, sides: int, seed: int
) -> Model:
    """The model for the records of ``source``, which `blocking.add_keys` made with ``keys``."""
    records, possible = _sizes(connection, source)
    compared = present(connection, source)
    names = tuple(one.name for one in compared)
    prior = _prior(connection, source, keys, possible, sides)
    weights = shipped()
    if records < FEWEST_TO_LEARN or not keys:
        return Model(weights, prior, learnt=False, compared=names)
    weights |= _learn_u(connection, source, compared, weights, seed=seed)
    weights |= _learn_m(connection, source, compared, weights, keys, sides=sides, doubles=prior * possible)
    return Model(weights, prior, learnt=True, compared=names)


def linker(
    connection: "duckdb.DuckDBPyConnection",
    source: str,
    compared: Sequence[Comparison],
    weights: Weights,
    *,
    prior: float,
    rules: Sequence[str] = (),
    by_frequency: bool = False,
    explain: bool = False,
) -> "Linker":
    """Splink over one table whose rows are numbered by ``row``: pairs come with the lower number first."""
    from splink import DuckDBAPI, Linker

    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "row",
        "probability_two_random_records_match": prior,
        "comparisons": [for_splink(one, weights, by_frequency=by_frequency) for one in compared],
        "blocking_rules_to_generate_predictions": list(rules),
        "retain_matching_columns": explain,  # it is what makes Splink tell the steps
        "retain_intermediate_calculation_columns": explain,
        "max_iterations": 30,
    }
    logging.getLogger("splink").setLevel(logging.ERROR)  # it tells its progress as warnings
    return Linker(source, settings, DuckDBAPI(connection), set_up_basic_logging=False, validate_settings=False)


def _sizes(connection: "duckdb.DuckDBPyConnection", source: str) -> tuple[int, int]:
    """How many records, and how many pairs of them there are (between the sides, where there are two)."""
    rows = connection.execute(f"SELECT count(*) FROM {source} GROUP BY side").fetchall()
    counts = [int(count) for (count,) in rows]
    if len(counts) == 2:
        return sum(counts), counts[0] * counts[1]
    return sum(counts), sum(counts) * (sum(counts) - 1) // 2


def _prior(
    connection: "duckdb.DuckDBPyConnection", source: str, keys: Mapping[str, int], possible: int, sides: int
) -> float:
    pairs = " UNION ".join(
        f"SELECT l.row, r.row FROM {source} l JOIN {source} r ON {blocking.rule(key, sides)} AND l.row < r.row"
        for key in blocking.CERTAIN
        if key in keys
    )
    doubles = connection.execute(f"SELECT count(*) FROM ({pairs})").fetchall()[0][0] if pairs else 0
    return float(min(max(doubles / FOUND_BY_CERTAIN, 1) / max(possible, 1), GREATEST_PRIOR))


def _learn_u(
    connection: "duckdb.DuckDBPyConnection", source: str, compared: Sequence[Comparison], known: Weights, *, seed: int
) -> Weights:
    """u from all pairs of the records that a hash with the seed puts first."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE random_records AS SELECT * FROM {source}"
        f" ORDER BY hash(row, {seed}), row LIMIT {RANDOM_RECORDS}"
    )
    splink = linker(connection, "random_records", compared, known, prior=0.0001)
    splink.training.estimate_u_using_random_sampling(max_pairs=RANDOM_RECORDS**2)
    (records,) = connection.execute("SELECT count(*) FROM random_records").fetchall()[0]
    cases = records * (records - 1) / 2
    learnt = _figures(splink, "u_probability")
    return {
        one.name: [
            (m, _weighed([(u, SHIPPED_U_CASES), (found, cases)]))
            for (m, u), found in zip(known[one.name], learnt[one.name], strict=True)
        ]
        for one in compared
    }


def _learn_m(
    connection: "duckdb.DuckDBPyConnection",
    source: str,
    compared: Sequence[Comparison],
    known: Weights,
    keys: Mapping[str, int],
    *,
    sides: int,
    doubles: float,
) -> Weights:
    """m by EM over the pairs of each learning key, weighed by the doubles that EM believes to be among them."""
    cases: dict[str, list[tuple[list[float], float]]] = {one.name: [] for one in compared}
    for key in (key for key in LEARNING_KEYS if key in keys):
        others = [one for one in compared if one.name not in LEARNING_KEYS[key]]
        if len(others) < 2:
            continue
        rule = f"{blocking.rule(key, sides)} AND l.k_{key} % {keys[key] // EM_PAIRS + 1} = 0"
        sql = f"SELECT count(*) FROM {source} l JOIN {source} r ON {rule} AND l.row < r.row"
        (pairs,) = connection.execute(sql).fetchall()[0]
        if not pairs:
            continue
        splink = linker(connection, source, others, known, prior=min(0.5, max(0.001, doubles / pairs / 2)))
        learnt, doubled = _expect(splink, rule)
        for name, figures in learnt.items():
            cases[name].append((figures, doubled * pairs))
    return {
        name: [
            (_weighed([(m, SHIPPED_M_CASES), *((figures[n], many) for figures, many in seen)]), u)
            for n, (m, u) in enumerate(known[name])
        ]
        for name, seen in cases.items()
    }


def _expect(splink: "Linker", rule: str) -> tuple[dict[str, list[float]], float]:
    """m of each step, and the share of doubles among the pairs; nothing where EM took likeness for unlikeness."""
    session = splink.training.estimate_parameters_using_expectation_maximisation(
        rule, estimate_without_term_frequencies=True
    )
    m, u = _figures(splink, "m_probability"), _figures(splink, "u_probability")
    upside_down = any(m[name][-1] > u[name][-1] for name in m)
    return ({}, 0) if upside_down else (m, float(session.core_model_settings.probability_two_random_records_match))


def _figures(splink: "Linker", which: str) -> dict[str, list[float]]:
    """m or u of every comparison's steps; 0 where a step was never seen."""
    model = splink.misc.save_model_to_json()
    return {
        comparison["output_column_name"]: [
            float(level.get(which) or 0) for level in comparison["comparison_levels"] if not level.get("is_null_level")
        ]
        for comparison in model["comparisons"]
    }


def _weighed(cases: Sequence[tuple[float, float]]) -> float:
    """The mean of figures by the cases they rest on."""
    return round(sum(figure * many for figure, many in cases) / sum(many for _figure, many in cases), DIGITS)
