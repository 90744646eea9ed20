"""Any table of people: a fair's list of cards without photos, an export of an address book, a list of one's own."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.headers import plain
from guanxi.core.table_files.tables import Table, kind_of, open_table
from guanxi.customers.chinese_names import is_chinese
from guanxi.customers.fields import services as field_values
from guanxi.customers.fields.types import Definition, Refused
from guanxi.customers.parties.kinds import ROLE_WORDS
from guanxi.customers.people.readers import cells
from guanxi.customers.people.readers.words import ENOUGH, FIELD_BY_WORD, GENDERS, OWN, targets
from guanxi.customers.people.types import IncomingPerson, Reading
from guanxi.customers.types import IncomingProfile

Said = dict[str, str]


class PeopleTable:
    name = "table"
    label = gettext_lazy("Table (CSV or Excel)")
    icon = "table"
    help = gettext_lazy(
        "A row for each person under one row with the names of the columns: name, company, title, phone, e-mail,"
        " address, remark, in English or Chinese. You see which column is taken for what, and can change it."
    )

    def recognises(self, path: Path) -> float:
        try:
            if kind_of(path) == "json":
                return 0
            columns = guess_columns(open_table(path, sample=True).header, {})
        except UnreadableFile:
            return 0
        return 0.8 if any(field in columns for field in ENOUGH) else 0.2

    def header(self, path: Path) -> list[str]:
        return open_table(path, sample=True).header

    def read(self, path: Path, reading: Reading) -> Iterator[IncomingPerson | RejectedRow]:
        table = open_table(path, spread=True)
        columns = dict(reading.mapping) or guess_columns(table.header, reading.own)
        check_mapping(columns, reading.own)
        table.require(columns.values())
        return _rows(table, {field: table.cell(column) for field, column in columns.items()}, reading.own)


def guess_columns(header: Sequence[str], own: Mapping[str, Definition]) -> dict[str, str]:
    """Field to column. The first column that goes by a field's name has it; a second phone is the other phone."""
    columns: dict[str, str] = {}
    mine = {plain(word): OWN + one.key for one in own.values() for word in (one.key, str(one.label))}
    for name in header:
        field = mine.get(plain(name)) or FIELD_BY_WORD.get(plain(name))
        if field == "phone" and "phone" in columns:
            field = "telephone"
        if field and field not in columns:
            columns[field] = name
    return columns


def check_mapping(columns: Mapping[str, Any], own: Mapping[str, Definition]) -> None:
    """Raises UnreadableFile when these columns cannot tell people, or are for fields there are not."""
    known = targets(own)
    unknown = [str(name) for name in columns if name not in known]
    if unknown:
        raise UnreadableFile(
            _("The mapping names the unknown fields %(names)s. There are: %(known)s.")
            % {"names": ", ".join(unknown), "known": ", ".join(known)}
        )
    if not any(columns.get(field) for field in (*ENOUGH, "company")):
        raise UnreadableFile(
            _("No column is known to hold a name, a phone number or an e-mail address. Say below which it is.")
        )


def _rows(
    table: Table, picks: Mapping[str, Callable[[Sequence[str]], str]], own: Mapping[str, Definition]
) -> Iterator[IncomingPerson | RejectedRow]:
    for row in table.rows():
        if isinstance(row, RejectedRow):
            yield row
            continue
        number, values = row
        kept = values[:-1]
        try:
            said = {field: cells.text(pick(values)) for field, pick in picks.items()}
            yield _person(number, kept, said, own=_own(said, own))
        except ValueError as error:
            yield RejectedRow(row=number, cells=kept, reason=str(error))


def _own(said: Said, own: Mapping[str, Definition]) -> Said:
    """What a row says of the merchant's own fields. Raises ValueError with the reason where it is no value of one."""
    found = {name.removeprefix(OWN): text for name, text in said.items() if name.startswith(OWN) and text}
    for key, text in found.items():
        if isinstance(read := field_values.read(own, key, text), Refused):
            raise ValueError(f"{own[key].label}: {read.reason}")
    return found


def _person(number: int, kept: Sequence[str], said: Said, *, own: Said) -> IncomingPerson:
    """Raises ValueError with the reason, where something that was said cannot be understood."""
    get = said.get
    return IncomingPerson(
        row=number,
        cells=kept,
        profile=IncomingProfile(
            identifiers=(
                *cells.phones([get("phone", ""), get("telephone", "")]),
                *cells.emails([get("email", "")]),
            ),
            name=get("name", "") or _whole_name(get("family_name", ""), get("given_name", "")),
            gender=GENDERS.get(get("gender", "").lower(), ""),
            birth_date=_birth_date(get("birth_date", "")),
            country=cells.country(get("country", "")),
            region=get("region", ""),
            city=get("city", ""),
            address=get("address", ""),
            postcode=get("postcode", ""),
            tags=tuple(cells.several(get("tags", ""))),
        ),
        company=get("company", ""),
        title=get("title", ""),
        role=_role(get("role", "")),
        remark=get("remark", ""),
        fields=own,
    )


def _whole_name(family: str, given: str) -> str:
    if is_chinese(family) and (not given or is_chinese(given)):
        return family + given
    return f"{given} {family}".strip()


def _birth_date(text: str) -> Any:
    try:
        return cells.birth_date(text)
    except ValueError:
        raise ValueError(_("This is no date of birth; write it as 1988-03-14.")) from None


def _role(text: str) -> str:
    """A word that stands for no role says something else of the person, and is left aside."""
    return ROLE_WORDS.get(text.lower(), "")


def load_mapping(path: Path, own: Mapping[str, Definition]) -> dict[str, str]:
    """The section ``[columns]`` of a TOML file: field = "column". Raises UnreadableFile."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFile(_("The mapping cannot be read: %(error)s") % {"error": error}) from None
    columns = data.get("columns")
    if not isinstance(columns, dict):
        raise UnreadableFile(_("“%(name)s” in the mapping must be a section.") % {"name": "columns"})
    mapping = {str(field): str(column) for field, column in columns.items() if column}
    check_mapping(mapping, own)
    return mapping
