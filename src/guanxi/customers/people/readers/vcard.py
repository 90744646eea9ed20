"""Electronic cards: vCard 2.1 (versit 1996), 3.0 (RFC 2426) and 4.0 (RFC 6350), any number in one file.

vobject reads single cards well and files badly: one broken line ends the whole file, pictures are decoded only to be
thrown away, and lines it leaves out it writes to its log, with what people's cards say. So the file is taken apart
here, its encoding found as that of a table is, what is no text left out, and each card given to vobject alone.
"""

import codecs
import logging
import quopri
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import vobject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.csv_files import detect_encoding
from guanxi.customers.people.readers import cells
from guanxi.customers.people.types import IncomingPerson, Reading
from guanxi.customers.types import IncomingProfile

logging.getLogger("vobject.base").setLevel(logging.CRITICAL + 1)

BEGIN, END = re.compile(r"\s*BEGIN:VCARD\s*", re.IGNORECASE), re.compile(r"\s*END:VCARD\s*", re.IGNORECASE)
PICTURES = re.compile(r"(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY|X-MS-[\w-]+|X-EVOLUTION-[\w-]+)[;:]", re.IGNORECASE)
PROPERTY = re.compile(r"(?:[\w-]+\.)?[A-Za-z][\w-]*(?:;[^:]*)?:")
QUOTED_PRINTABLE = re.compile(r"[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE[^:]*:", re.IGNORECASE)
CHARSET = re.compile(r"CHARSET=\"?([\w-]+)", re.IGNORECASE)
CODING = re.compile(r";(?:ENCODING=QUOTED-PRINTABLE|QUOTED-PRINTABLE|CHARSET=\"?[\w-]+\"?)", re.IGNORECASE)
LONGEST = 100_000
"""Characters of one card without its pictures."""
GENDERS = {"M": "male", "F": "female"}
EVERYONE = {"my contacts", "mycontacts", "* mycontacts"}
"""Groups that an address book puts everyone in."""
NOT_TALK = {"FAX", "PAGER", "MODEM"}


class Vcard:
    name = "vcard"
    label = gettext_lazy("vCard (.vcf)")
    icon = "id"
    help = gettext_lazy(
        "Phones, mail programs and card scanners export contacts as a file that ends in .vcf; all cards may be in one."
    )

    def recognises(self, path: Path) -> float:
        try:
            with path.open("rb") as file:
                head = file.read(4096)
        except OSError:
            return 0
        return 1 if b"BEGIN:VCARD" in head.replace(b"\0", b"").upper() else 0

    def header(self, path: Path) -> list[str]:
        return ["card"]

    def read(self, path: Path, reading: Reading) -> Iterator[IncomingPerson | RejectedRow]:
        if not self.recognises(path):
            raise UnreadableFile(_("There are no cards in this file; they begin with the line BEGIN:VCARD."))
        return _cards(path, detect_encoding(path))


def _cards(path: Path, encoding: str) -> Iterator[IncomingPerson | RejectedRow]:
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        for number, (lines, whole) in enumerate(_taken_apart(file), start=1):
            source = "\n".join(lines)
            if not whole or len(source) > LONGEST:
                yield RejectedRow(row=number, cells=[source[:LONGEST]], reason=_("The card is not whole."))
                continue
            try:
                yield _person(number, source)
            except Exception:  # vobject raises whatever its parts do
                reason = _("The card cannot be read; something in it is damaged.")
                yield RejectedRow(row=number, cells=[source], reason=reason)


def _taken_apart(lines: Iterator[str]) -> Iterator[tuple[list[str], bool]]:
    """The lines of each card without its pictures, and whether its end was found."""
    card: list[str] = []
    inside, skipped = 0, False
    for line in (each.rstrip("\n") for each in lines):
        if BEGIN.fullmatch(line):
            if inside == 1 and not card[-1].upper().startswith("AGENT"):
                yield card, False
                inside = 0
            inside += 1
            card = card if inside > 1 else []
        if not inside:
            continue
        skipped = _is_left_out(line, skipped)
        if not skipped:
            card.append(line)
        if END.fullmatch(line):
            inside -= 1
            if not inside:
                yield card, True
    if inside:
        yield card, False


def _is_left_out(line: str, before: bool) -> bool:
    """A picture and the lines that carry it on: folded ones, empty ones, and those of bare base64 that follow."""
    if PICTURES.match(line):
        return True
    return before and (line[:1] in (" ", "\t", "") or not PROPERTY.match(line))


def _person(number: int, source: str) -> IncomingPerson:
    card = vobject.readOne(_unquoted(source), ignoreUnreadable=True)
    said = card.contents
    address = _first(said, "adr")
    return IncomingPerson(
        row=number,
        cells=[source],
        profile=IncomingProfile(
            identifiers=(*cells.phones(_phones(said)), *cells.emails(_texts(said, "email"))),
            name=_name(said),
            gender=_gender(said),
            birth_date=_birth_date(said),
            country=cells.country(_word(getattr(address, "country", ""))),
            region=_word(getattr(address, "region", "")),
            city=_word(getattr(address, "city", "")),
            address=" ".join(
                f"{_word(getattr(address, 'extended', ''))} {_word(getattr(address, 'street', ''))}".split()
            ),
            postcode=_word(getattr(address, "code", "")),
            tags=_tags(said),
        ),
        company=next(iter(_words(_first(said, "org") or [])), ""),
        title=next(iter(_texts(said, "title")), ""),
        remark="\n".join(_texts(said, "note")),
    )


def _unquoted(source: str) -> str:
    """The card with what is quoted-printable made plain. vobject knows neither soft line breaks before indented or
    empty lines nor letters cut in two, and phones write both."""
    lines: list[str] = []
    soft = False
    for line in source.split("\n"):
        if soft:
            lines[-1] = lines[-1][:-1] + line.strip()
        else:
            lines.append(line)
        soft = bool(QUOTED_PRINTABLE.match(lines[-1])) and line.endswith("=")
    return "\n".join(_plain(line) if QUOTED_PRINTABLE.match(line) else line for line in lines)


def _plain(line: str) -> str:
    head, _colon, value = line.partition(":")
    charset = CHARSET.search(head)
    try:
        encoding = codecs.lookup(charset[1]).name if charset else "utf-8"
    except LookupError:
        encoding = "utf-8"
    text = quopri.decodestring(value.encode()).decode(encoding, errors="ignore")
    return f"{CODING.sub('', head)}:" + text.replace("\r", "").replace("\n", "\\n")


def _first(said: dict[str, Any], name: str) -> Any:
    return said[name][0].value if said.get(name) else None


def _texts(said: dict[str, Any], name: str) -> list[str]:
    return [text for one in said.get(name, ()) if (text := _word(one.value))]


def _phones(said: dict[str, Any]) -> list[str]:
    """Telephones that people answer, mobile ones first."""
    found = []
    for one in said.get("tel", ()):
        kinds = {part.strip().upper() for value in one.params.get("TYPE", ()) for part in value.split(",")}
        kinds |= {value.upper() for value in one.singletonparams}
        if not kinds & NOT_TALK:
            found.append((not kinds & {"CELL", "IPHONE"}, _word(one.value)))
    return [number for _order, number in sorted(found, key=lambda pair: pair[0]) if number]


def _name(said: dict[str, Any]) -> str:
    """As the card shows it; where it shows only the company, by its parts. Chinese puts the family first."""
    shown = next(iter(_texts(said, "fn")), "")
    parts = _first(said, "n")
    family, given = (_word(getattr(parts, part, "")) for part in ("family", "given"))
    if family and given and not (family + given).isascii() and shown.replace(" ", "") == given + family:
        return family + given
    return shown or (f"{family}{given}" if not (family + given).isascii() else f"{given} {family}".strip())


def _tags(said: dict[str, Any]) -> tuple[str, ...]:
    words = [tag for one in said.get("categories", ()) for word in _words(one.value) for tag in cells.several(word)]
    return tuple(dict.fromkeys(tag.strip("\\") for tag in words if tag.casefold() not in EVERYONE))


def _gender(said: dict[str, Any]) -> str:
    words = [*_texts(said, "gender"), *_texts(said, "x-gender")]
    return next((GENDERS[word[:1].upper()] for word in words if word[:1].upper() in GENDERS), "")


def _birth_date(said: dict[str, Any]) -> Any:
    """Cards say birthdays in many ways, also in words; one that is no date of the calendar is left aside."""
    for text in _texts(said, "bday"):
        try:
            return cells.birth_date(text)
        except ValueError:
            continue
    return None


def _words(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [word for part in parts if (word := _word(part))]


def _word(value: Any) -> str:
    """Text of one value; a list of them, as a comma that nobody escaped makes one, is put together again."""
    text = ",".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
    return "\n".join(line.strip() for line in text.replace("\r", "").split("\n")).strip()
