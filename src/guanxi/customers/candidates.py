"""Incoming profiles made ready to be resolved: identifiers normalised and hashed. Touches no database."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import Any, NamedTuple

from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.customers import chinese_addresses, normalise
from guanxi.customers.identifier_kinds import HINTS, HOLDERS, NAMED, place
from guanxi.customers.types import Channel, IdentifierKind, IncomingConsent, IncomingProfile, Purpose

KINDS = {kind.value: kind for kind in IdentifierKind}


class Key(NamedTuple):
    """One identifier that may tell a person."""

    kind: IdentifierKind
    shop_id: int
    digest: str
    """32 hexadecimal digits; kind, shop and app are part of what is hashed."""
    value: str
    within: str = ""
    verified: bool = False


class Candidate(NamedTuple):
    """A profile ready to be resolved. A tuple, because these pass between processes by the thousand."""

    keys: tuple[Key, ...]
    name: str
    phone: str
    email: str
    address: str
    birth_date: str
    gender: str
    country: str
    region: str
    city: str
    division: str
    language: str
    seen_at: datetime
    tags: Sequence[str]
    consents: Sequence[IncomingConsent]
    hints: tuple[Key, ...]
    """Browsers and devices."""
    fingerprint: str
    """Everything the source said of the person, for digests of what contains it. Personal: hash it, never keep it."""


SEEN_AT = Candidate._fields.index("seen_at")
"""Between the keys and this, all fields are text."""


@lru_cache(maxsize=65536)
def key(kind: IdentifierKind, value: str, shop_id: int, within: str = "", verified: bool = False) -> Key:
    """A key from a normalised value. Buyers come back, so keys are remembered."""
    shop_id, within = place(kind, shop_id, within)
    purpose = f"identifier.{kind.value}.{shop_id}{f'.{within}' if within else ''}"
    return Key(kind, shop_id, keyring().hex_hash(value, purpose), value, within, verified)


@lru_cache(maxsize=32768)
def finder(text: str) -> int:
    """Keyed hash by which people search for a phone's last four digits or an account name, whatever its shop."""
    return keyring().token(text, "identifier.search")


def search_hash(found: Key) -> int | None:
    """What goes beside an identifier to search it by; none for e-mail, which is searched whole."""
    if found.kind is IdentifierKind.PHONE:
        return finder(found.value[-4:])
    return finder(found.value.casefold()) if found.kind in HOLDERS else None


def candidate(profile: IncomingProfile, *, shop_id: int, country: str, seen_at: datetime) -> Candidate:
    """``country`` and ``seen_at`` stand in where the profile has none."""
    home = profile.country or country
    keys, hints, phone, email = [], [], "", ""
    for found in profile.identifiers:
        value = normalise.identifier(found.kind, found.value, home if len(home) == 2 else country)
        if not value:
            continue
        if found.kind in HINTS:
            hints.append(key(found.kind, value, shop_id, found.within[:60]))
            continue
        within = found.within.strip()[:60] if found.kind in NAMED else ""
        keys.append(key(found.kind, value, shop_id, within, found.verified))
        if found.kind is IdentifierKind.PHONE:
            phone = phone or value
        elif found.kind is IdentifierKind.EMAIL:
            email = email or value
    name = "" if normalise.is_masked(profile.name) else " ".join(profile.name.split())[:200]
    address = f"{profile.address} {profile.postcode}".strip()
    birth_date = _birth_date(profile.birth_date)
    region = normalise.region(profile.region)
    city = "" if normalise.is_masked(profile.city) else profile.city.strip()[:60]
    gender = profile.gender if profile.gender in ("female", "male") else ""
    seen_at = profile.seen_at or seen_at
    hidden = normalise.is_masked(address)
    said = (name, address, birth_date, gender, home, region, city, profile.language, *(k.value for k in keys))
    return Candidate(
        keys=tuple(keys),
        name=name,
        phone=phone,
        email=email,
        address="" if hidden else address[:500],
        birth_date=birth_date,
        gender=gender,
        country=(home or (normalise.phone_country(phone) if phone else ""))[:60],
        region=region,
        city=city,
        division=chinese_addresses.division(region, city, "" if hidden else profile.address),
        language=profile.language[:12],
        seen_at=seen_at,
        tags=profile.tags,
        consents=profile.consents,
        hints=tuple(hints),
        fingerprint="\x1f".join(said) + _extras(profile),
    )


def to_columns(candidates: Sequence[Candidate]) -> tuple[Any, ...]:
    """As columns of text and numbers, for passing between processes. `from_columns` makes them candidates again,
    without their fingerprints, which have done their work by then."""
    return (
        _key_columns([one.keys for one in candidates]),
        list(zip(*[one[1:SEEN_AT] for one in candidates], strict=True)),
        [bulk.moment(one.seen_at) for one in candidates],
        [tuple(one.tags) for one in candidates],
        [
            tuple([(each.channel.value, each.purpose.value, each.granted, bulk.moment(each.at)) for each in said])
            if (said := one.consents)
            else ()
            for one in candidates
        ],
        _key_columns([one.hints for one in candidates]),
    )


def from_columns(columns: tuple[Any, ...]) -> list[Candidate]:
    keys, texts, seen_at, tags, consents, hints = columns
    said = [
        tuple([IncomingConsent(Channel(one), Purpose(two), yes, bulk.from_moment(at)) for one, two, yes, at in each])
        if each
        else ()
        for each in consents
    ]
    moments = map(bulk.from_moment, seen_at)
    rows = zip(_keys(keys), *texts, moments, tags, said, _keys(hints), repeat(""), strict=False)
    return list(map(Candidate._make, rows))


def _key_columns(keys: Sequence[Sequence[Key]]) -> tuple[list[int], list[str], list[tuple[Any, ...]]]:
    """How many each has, the kinds of all, and the rest."""
    flat = list(chain.from_iterable(keys))
    return list(map(len, keys)), [key.kind.value for key in flat], list(zip(*[key[1:] for key in flat], strict=True))


def _keys(columns: tuple[list[int], list[str], list[tuple[Any, ...]]]) -> Iterator[tuple[Key, ...]]:
    counts, kinds, rest = columns
    flat = map(Key._make, zip(map(KINDS.__getitem__, kinds), *rest, strict=True))
    return (tuple(islice(flat, count)) if count else () for count in counts)


def _birth_date(value: date | None) -> str:
    return value.isoformat() if value and value.year > 1900 else ""


def _extras(profile: IncomingProfile) -> str:
    if not profile.consents and not profile.tags:
        return ""
    return "\x1e".join([*profile.tags, *(f"{c.channel}{c.purpose}{c.granted}{c.at}" for c in profile.consents)])
