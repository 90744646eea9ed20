"""People as the matching compares them: names folded and by their sound, dates as digits, addresses in parts."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from guanxi.customers import chinese_addresses, chinese_names, normalise

if TYPE_CHECKING:
    import pyarrow

NOT_A_WORD = re.compile(r"[^\w]+|_")
DIGITS = re.compile(r"\d+")
STREET_WORDS = {
    "st": "street", "str": "street", "rd": "road", "ave": "avenue", "av": "avenue", "dr": "drive", "ln": "lane",
    "blvd": "boulevard", "pl": "place", "cres": "crescent", "ct": "court", "sq": "square", "hwy": "highway",
}  # fmt: skip
BATCH = 20_000
TEXTS = (
    "given", "family", "given_sound", "family_sound", "birth", "number", "street", "more",
    "city", "district", "region", "postcode", "phone", "email",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of one customer. Empty text means it is not known; personal, so keep it no longer than the run."""

    id: int
    name: str = ""
    """The whole name; read only where neither ``given_name`` nor ``family_name`` is there."""
    given_name: str = ""
    family_name: str = ""
    birth_date: str = ""
    """ISO 8601, with or without dashes."""
    address: str = ""
    """Street, number and what else there is, as given; read only where ``street`` is empty."""
    street_number: str = ""
    street: str = ""
    more: str = ""
    """The second line of an address: building, estate, village."""
    postcode: str = ""
    city: str = ""
    district: str = ""
    region: str = ""
    phone: str = ""
    """Whole or masked: the last four digits are what counts."""
    email: str = ""
    accounts: tuple[str, ...] = ()
    """Account names on any platform, browsers and devices: weak, because a name on one platform may be another person's
    elsewhere, and a family shares a computer."""


def table(people: Iterable[Person]) -> "pyarrow.Table":
    """The people in the columns that `comparisons` and `blocking` name, in the order given; read in batches."""
    import pyarrow as pa

    schema = pa.schema(
        [("id", pa.int64()), *((text, pa.string()) for text in TEXTS), ("accounts", pa.list_(pa.string()))]
    )
    batches, left = [], iter(people)
    while rows := [_row(person) for person in islice(left, BATCH)]:
        columns = zip(schema, zip(*rows, strict=True), strict=True)
        batches.append(pa.record_batch([pa.array(values, field.type) for field, values in columns], schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


def _row(person: Person) -> tuple[object, ...]:
    given, family = person.given_name, person.family_name
    if not given and not family:
        given, family = split(person.name)
    region, city, district, number, street, more = _place(person)
    texts = (
        folded(given),
        folded(family),
        folded(chinese_names.sound(given)),
        folded(chinese_names.family_sound(family)),
        _eight_digits(person.birth_date),
        number,
        street,
        more,
        city,
        district,
        region,
        folded(person.postcode).replace(" ", ""),
        _last_four(person.phone),
        _local_part(person.email),
    )
    accounts = sorted({account.strip().casefold() for account in person.accounts} - {""})
    return (person.id, *(text or None for text in texts), accounts or None)


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Without case, marks and punctuation, Chinese in simplified characters: ``Müller-Lüdenscheidt`` is
    ``muller ludenscheidt``."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", chinese_names.simplified(text))
        text = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(NOT_A_WORD.sub(" ", text.casefold()).split())


def split(name: str) -> tuple[str, str]:
    """Given and family name of a whole name: family first in Chinese characters and before a comma, else last."""
    name = name.strip()
    if chinese_names.is_chinese(name):
        return chinese_names.split(name)
    family, comma, given = name.partition(",")
    if comma:
        return given.strip(), family.strip()
    given, _space, family = name.rpartition(" ")
    return (given.strip(), family) if given else (family, "")


def _place(person: Person) -> tuple[str, str, str, str, str, str]:
    """Region, city, district, number, street and second line, folded."""
    region, city, district = person.region, person.city, person.district
    street, more, number = person.street, person.more, person.street_number
    if not street and person.address:
        street, _comma, more = person.address.partition(",")
        if chinese_names.CHINESE.search(person.address):
            place = chinese_addresses.parse(f"{region}{city}{district}{person.address}")
            region, city, district = place.province or region, place.city or city, place.district or district
            street, more = place.rest, ""
        number = number or "-".join(DIGITS.findall(f"{street} {more}"))
    return (
        folded(normalise.region(region)),
        folded(city),
        folded(district),
        folded(number),
        _words(street),
        _words(more),
    )


@lru_cache(maxsize=65536)
def _words(line: str) -> str:
    words = DIGITS.sub(" ", folded(line)).split()
    return " ".join(STREET_WORDS.get(word, word) for word in words)


def _eight_digits(day: str) -> str:
    digits = "".join(DIGITS.findall(day))
    return digits if len(digits) == 8 else ""


def _last_four(phone: str) -> str:
    tail = phone.strip()[-4:]
    return tail if len(tail) == 4 and tail.isdecimal() else ""


def _local_part(email: str) -> str:
    return email.strip().casefold().partition("@")[0].partition("+")[0]
