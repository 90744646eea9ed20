"""What the cells of lists and cards say: several phones in one, dates as people write them."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from babel import Locale

from guanxi.customers.types import IdentifierKind, IncomingIdentifier

SEVERAL = re.compile(r"[;；,，、/|\n]+")
SPREADSHEET_TEXT = re.compile(r'="([^"]*)"')
FLOAT = re.compile(r"(\d{7,})\.0+")
DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?")
EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|;?\s*ext[.=:]?|#)\s*\d{1,6}\b", re.IGNORECASE)
DASHED_EXTENSION = re.compile(r"((?:\+?86\D?)?\(?0\d{2,3}\)?\D?\d{7,8})\s*-\s*\d{1,6}")
"""A Chinese number of a fixed line, area code and all, with one of its extensions."""


NOTHING = frozenset({"-", "--", "/", "n/a", "na", "none", "null", "nil", "无", "無", "没有"})
"""What people write where they have nothing to say."""
SHORT = {"usa": "US", "uk": "GB", "uae": "AE", "prc": "CN", "中华人民共和国": "CN", "korea": "KR", "russia": "RU"}
"""What people call countries besides their names."""


def text(cell: str) -> str:
    """A cell without what spreadsheets put around it to keep it text."""
    cell = cell.strip().strip("'")
    if match := SPREADSHEET_TEXT.fullmatch(cell):
        cell = match[1]
    cell = cell.strip()
    return "" if cell.lower() in NOTHING else cell


def several(cell: str) -> list[str]:
    """The tags, phones or addresses of one cell."""
    return [one.strip() for one in SEVERAL.split(text(cell)) if one.strip()]


def phones(cells: Iterable[str]) -> list[IncomingIdentifier]:
    """Phone numbers as identifiers; extensions, which no one can be told by, are left off."""
    numbers = [
        DASHED_EXTENSION.sub(r"\1", one.removeprefix("tel:"))
        for cell in cells
        for one in several(EXTENSION.sub("", FLOAT.sub(r"\1", text(cell))))
    ]
    return [IncomingIdentifier(IdentifierKind.PHONE, one) for one in dict.fromkeys(numbers)]


def emails(cells: Iterable[str]) -> list[IncomingIdentifier]:
    found = [one.removeprefix("mailto:") for cell in cells for one in several(cell)]
    return [IncomingIdentifier(IdentifierKind.EMAIL, one) for one in dict.fromkeys(found)]


def country(cell: str) -> str:
    """ISO 3166 alpha-2 of a country named in English or Chinese; another word stays as it is."""
    cell = text(cell)
    return _countries().get(cell.casefold().replace(".", ""), cell[:60])


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    named = {
        name.casefold(): code
        for language in ("zh_Hant", "zh_Hans", "en")
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha()
    }
    return named | {code.casefold(): code for code in named.values()} | SHORT


def birth_date(cell: str) -> date | None:
    """A date that begins with its year, None where a card gives no year or nothing. Raises ValueError."""
    cell = text(cell)
    if not cell or cell.startswith("--"):
        return None
    match = DATE.fullmatch(cell)
    if match is None:
        raise ValueError(cell)
    return date(int(match[1]), int(match[2]), int(match[3]))
