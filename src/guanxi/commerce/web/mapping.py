"""Which column is what, as a form: guessed from the file, corrected by a person, saved with the shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.commerce.connectors.table_guess import guess_from
from guanxi.commerce.connectors.table_mapping import DATE_ORDERS, parse_mapping
from guanxi.commerce.connectors.table_words import FIELDS, STATE_WORDS
from guanxi.commerce.queries import STATUS_LABELS
from guanxi.commerce.web.forms import zone_choices
from guanxi.commerce.web.preview import masked_text
from guanxi.core.table_files.base import RejectedRow
from guanxi.core.table_files.tables import Table, open_table
from guanxi.customers import masking

SAMPLE = 2000
SAMPLES_SHOWN = 3
LONGEST_SAMPLE = 24
MOST_STATES = 40
GROUPS: Sequence[tuple[Promise, tuple[str, ...]]] = (
    (_("What every order needs"), ("order", "placed_at", "total", "unit_price", "quantity", "line_total")),
    (_("Products"), ("title", "sku", "external_product_id", "variant", "category", "discount")),
    (_("Who bought"), ("phone", "email", "account", "customer_id", "name")),
    (_("State and times"), ("status", "paid_at", "shipped_at", "completed_at")),
    (_("More about the money"), ("currency", "shipping", "tax", "refund", "discount_code")),
    (_("Consent to marketing"), ("accepts_email", "accepts_sms")),
    (
        _("More about the buyer"),
        ("gender", "birth_date", "country", "region", "city", "address", "postcode", "tags"),
    ),
    (_("Delivery"), ("carrier", "tracking_number")),
)
OPEN_GROUPS = 3
PERSONAL = {"name": masking.name, "account": masking.account, "customer_id": masking.account}
HIDDEN = frozenset({"address", "birth_date", "phone", "email", "postcode"})
DATE_WORDS = {
    "": _("As the file tells (2024-04-03), or day first"),
    "day-first": _("Day first: 03/04/2024 is the 3rd of April"),
    "month-first": _("Month first: 03/04/2024 is the 4th of March"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of ours with the file's columns to choose from."""

    name: str
    label: Promise
    chosen: str


@dataclass(frozen=True, slots=True)
class Group:
    label: Promise
    choices: list[Choice]
    open: bool


@dataclass(slots=True)
class Editor:
    mapping: dict[str, Any]
    columns: list[tuple[str, str]] = field(default_factory=list)
    """Name, and the name with some of its values."""
    groups: list[Group] = field(default_factory=list)
    states: list[tuple[str, str]] = field(default_factory=list)
    """Words of the state column and what they are taken for; empty for a word that is not known."""

    @property
    def statuses(self) -> list[tuple[str, Promise]]:
        return list(STATUS_LABELS.items())

    @property
    def dates(self) -> list[tuple[str, Promise]]:
        return [(order, DATE_WORDS[order]) for order in DATE_ORDERS]

    @property
    def zones(self) -> list[tuple[str, str]]:
        return zone_choices()

    @property
    def prefix(self) -> str:
        return str(self.mapping.get("cancellations", {}).get("prefix", ""))

    @property
    def negative(self) -> bool:
        return bool(self.mapping.get("cancellations", {}).get("negative", True))


def starting_mapping(path: Path, saved: Mapping[str, Any]) -> dict[str, Any]:
    """The shop's saved mapping when the file has its columns, else a guess. Raises UnreadableFile."""
    table = open_table(path, sample=True)
    columns = [column for column in saved.get("columns", {}).values() if column]
    if columns and all(column in table for column in columns):
        return dict(saved)
    return guess_from(table)


def editor(path: Path, mapping: dict[str, Any]) -> Editor:
    """Raises UnreadableFile."""
    table = open_table(path, sample=True)
    rows = [item[1] for item in islice(table.rows(), SAMPLE) if not isinstance(item, RejectedRow)]
    chosen = mapping.get("columns", {})
    found = Editor(mapping, _columns(table, rows, {column: name for name, column in chosen.items()}))
    found.groups = [
        Group(
            label,
            [Choice(name, FIELDS[name], chosen.get(name, "")) for name in names],
            number < OPEN_GROUPS or any(chosen.get(name) for name in names),
        )
        for number, (label, names) in enumerate(GROUPS)
    ]
    if chosen.get("status") in table:
        found.states = _states(table, rows, chosen["status"], mapping)
    return found


def _columns(table: Table, rows: Sequence[Sequence[str]], fields: Mapping[str, str]) -> list[tuple[str, str]]:
    columns = []
    for place, name in enumerate(table.header):
        if not name:
            continue
        values = list(dict.fromkeys(cells[place].strip() for cells in rows[:50] if cells[place].strip()))
        shown = " · ".join(_sample(value, fields.get(name, "")) for value in values[:SAMPLES_SHOWN])
        columns.append((name, f"{name}  ({shown})" if shown else name))
    return columns


def _sample(value: str, name: str) -> str:
    """A value short and without personal data, as far as its column and its looks tell."""
    if name in HIDDEN:
        value = masked_text(value) if masked_text(value) != value else masking.HIDDEN
    else:
        value = PERSONAL[name](value) if name in PERSONAL else masked_text(value)
    return value if len(value) <= LONGEST_SAMPLE else f"{value[: LONGEST_SAMPLE - 1]}…"


def _states(
    table: Table, rows: Sequence[Sequence[str]], column: str, mapping: Mapping[str, Any]
) -> list[tuple[str, str]]:
    cell = table.cell(column)
    words = sorted({cell(cells).strip() for cells in rows} - {""})[:MOST_STATES]
    said = {str(word).lower(): str(state) for word, state in mapping.get("statuses", {}).items()}
    return [(word, said.get(word.lower()) or str(STATE_WORDS.get(word.lower(), ""))) for word in words]


def posted_mapping(posted: QueryDict) -> dict[str, Any]:
    """The mapping that the form says, checked. Raises BadMapping."""
    mapping = said_mapping(posted)
    parse_mapping(mapping)
    return mapping


def said_mapping(posted: QueryDict) -> dict[str, Any]:
    """The mapping that the form says, right or wrong."""
    mapping: dict[str, Any] = {
        "rows": posted.get("rows", "orders"),
        "columns": {name: posted[f"column-{name}"] for name in FIELDS if posted.get(f"column-{name}")},
        "cancellations": {"prefix": posted.get("prefix", "").strip(), "negative": "negative" in posted},
    }
    for name in ("currency", "time_zone", "date_order", "status"):
        if value := posted.get(name, "").strip():
            mapping[name] = value
    words = zip(posted.getlist("word"), posted.getlist("state"), strict=False)
    if statuses := {word: state for word, state in words if state and STATE_WORDS.get(word.lower()) != state}:
        mapping["statuses"] = statuses
    return mapping
