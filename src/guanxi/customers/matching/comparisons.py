"""What is compared of two people, in which steps of likeness, and how much each step is worth by itself.

``m`` is how often a step is seen of two records of one person, ``u`` of two people picked at random; log2(m/u) is the
step's weight (Fellegi and Sunter, "A Theory for Record Linkage", JASA 1969). The figures here are the shipped ones,
set by judgement and not fitted to any data. They are used as they are for few records, and are where learning starts
for many; see `training`.

Streets, numbers and second lines are one comparison, and so are city, district, region and postcode: who shares one
shares the others too, and counting them one by one would take a household for one person.
"""

from dataclasses import dataclass
from typing import Any

CLOSE, ALIKE = 0.92, 0.8
"""Jaro-Winkler likeness of names one slip apart, and of names that may be one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of likeness; a pair stands on the first whose condition it meets."""

    name: str
    sql: str
    m: float
    u: float
    by_frequency: str = ""
    """The column whose common values weigh less and rare ones more."""


@dataclass(frozen=True, slots=True)
class Comparison:
    name: str
    needs: tuple[str, ...]
    """Left out where no record has any of these columns."""
    unknown: str
    """When nothing can be said, for or against."""
    steps: tuple[Step, ...]

    @property
    def code(self) -> str:
        return f"gamma_{self.name}"

    def step(self, gamma: int) -> Step:
        """The step that Splink numbers so: 0 is the last, "different"."""
        return self.steps[len(self.steps) - 1 - gamma]

    def gamma(self, step: str) -> int:
        """The number that Splink gives a step."""
        return len(self.steps) - 1 - [each.name for each in self.steps].index(step)


def same(*columns: str) -> str:
    return " AND ".join(f"{column}_l = {column}_r" for column in columns)


def missing(column: str) -> str:
    return f"({column}_l IS NULL OR {column}_r IS NULL)"


def like(column: str, least: float, other: str = "") -> str:
    return f"jaro_winkler_similarity({column}_l, {other or column}_r, {least}) >= {least}"


def other_digits(column: str) -> str:
    """How many places differ in texts of the same length. An edit distance would take most of a run's time."""
    return f"hamming({column}_l, {column}_r)"


def _latin(column: str) -> str:
    """Sounds are compared by letters only where they are the spelling: 小明 and 小红 are not one slip apart."""
    return f"{column}_l = {column}_sound_l AND {column}_r = {column}_sound_r"


def _name(part: str, other: str, m: tuple[float, ...], u: tuple[float, ...]) -> Comparison:
    initial = f"length(least({part}_l, {part}_r)) = 1 AND {_latin(part)} AND {part}_l[1:1] = {part}_r[1:1]"
    conditions = (
        ("same", same(part), part),
        ("sound", f"{part}_sound_l = {part}_sound_r", ""),
        ("swapped", f"{part}_sound_l = {other}_sound_r OR {other}_sound_l = {part}_sound_r", ""),
        ("close", f"{_latin(part)} AND {like(part, CLOSE)}", ""),
        ("initial", initial, ""),
        ("alike", f"{_latin(part)} AND {like(part, ALIKE)}", ""),
        ("different", "ELSE", ""),
    )
    steps = [Step(name, sql, m[n], u[n], column) for n, (name, sql, column) in enumerate(conditions)]
    return Comparison(part, (part,), missing(part), tuple(steps))


GIVEN = _name(
    "given",
    "family",
    (0.72, 0.02, 0.05, 0.08, 0.02, 0.05, 0.06),
    (0.006, 0.0005, 0.001, 0.003, 0.0005, 0.014, 0.975),
)
FAMILY = _name(
    "family",
    "given",
    (0.76, 0.02, 0.05, 0.08, 0.003, 0.045, 0.042),
    (0.008, 0.001, 0.001, 0.003, 0.0005, 0.014, 0.9725),
)
BIRTH = Comparison(
    "birth",
    ("birth",),
    missing("birth"),
    (
        Step("same", same("birth"), 0.84, 0.00004, "birth"),
        Step(
            "swapped",
            "birth_l[1:4] = birth_r[1:4] AND birth_l[5:6] = birth_r[7:8] AND birth_l[7:8] = birth_r[5:6]",
            0.01,
            0.00006,
        ),
        Step("one_digit", f"{other_digits('birth')} <= 1", 0.09, 0.0009),
        Step("two_digits", f"{other_digits('birth')} <= 2", 0.03, 0.009),
        Step("different", "ELSE", 0.03, 0.99),
    ),
)
_STREET = f"({same('street')} OR street_l = more_r OR more_l = street_r)"
_STREET_LIKE = f"({like('street', CLOSE)} OR {like('street', CLOSE, 'more')} OR {like('more', CLOSE, 'street')})"
ADDRESS = Comparison(
    "address",
    ("street",),
    missing("street"),
    (
        Step("whole", f"{same('street', 'number')} AND more_l IS NOT DISTINCT FROM more_r", 0.45, 0.00005),
        Step("same", f"{_STREET} AND number_l = number_r", 0.15, 0.00005),
        Step("close", f"{_STREET_LIKE} AND number_l = number_r", 0.15, 0.00005),
        Step("street", _STREET, 0.1, 0.001),
        Step("alike", _STREET_LIKE, 0.05, 0.005),
        Step("different", "ELSE", 0.1, 0.99385),
    ),
)
PLACE = Comparison(
    "place",
    ("city", "district", "postcode", "region"),
    " AND ".join(missing(column) for column in ("city", "district", "postcode", "region")),
    (
        Step("postcode_and_city", same("postcode", "city"), 0.6, 0.0005),
        Step("district", same("district", "city"), 0.08, 0.002),
        Step("postcode", same("postcode"), 0.09, 0.0006),
        Step("city", same("city"), 0.1, 0.003, "city"),
        Step("close", f"levenshtein(postcode_l, postcode_r) <= 1 OR {like('city', CLOSE)}", 0.08, 0.01),
        Step("region", same("region"), 0.03, 0.23),
        Step("different", "ELSE", 0.02, 0.7539),
    ),
)
PHONE = Comparison(
    "phone",
    ("phone",),
    missing("phone"),
    (Step("same", same("phone"), 0.6, 0.0001), Step("different", "ELSE", 0.4, 0.9999)),
)
EMAIL = Comparison(
    "email",
    ("email",),
    missing("email"),
    (
        Step("same", same("email"), 0.6, 0.0002, "email"),
        Step("close", like("email", CLOSE), 0.15, 0.0008),
        Step("different", "ELSE", 0.25, 0.999),
    ),
)
ACCOUNT = Comparison(
    "account",
    ("accounts",),
    missing("accounts"),
    (Step("same", "list_has_any(accounts_l, accounts_r)", 0.4, 0.00005), Step("different", "ELSE", 0.6, 0.99995)),
)
COMPARISONS = (GIVEN, FAMILY, BIRTH, ADDRESS, PLACE, PHONE, EMAIL, ACCOUNT)

Weights = dict[str, list[tuple[float, float]]]
"""By a comparison's name: m and u of each of its steps."""


def shipped() -> Weights:
    """The figures written above."""
    return {one.name: [(step.m, step.u) for step in one.steps] for one in COMPARISONS}


def for_splink(comparison: Comparison, weights: Weights, *, by_frequency: bool) -> dict[str, Any]:
    """The comparison as Splink's settings have it."""
    levels: list[dict[str, Any]] = [{"sql_condition": comparison.unknown, "is_null_level": True}]
    for step, (m, u) in zip(comparison.steps, weights[comparison.name], strict=True):
        level: dict[str, Any] = {"sql_condition": step.sql, "m_probability": m, "u_probability": u}
        if by_frequency and step.by_frequency:
            level |= {"tf_adjustment_column": step.by_frequency, "tf_minimum_u_value": 0.00001}
        levels.append(level)
    return {"output_column_name": comparison.name, "comparison_levels": levels}
