"""Rows and cards made ready to be recorded: normalised, hashed, refused where they name nobody. Touches no database."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from django.utils.translation import gettext as _

from guanxi.core.crypto import keyring
from guanxi.customers.candidates import Candidate, Key, candidate
from guanxi.customers.normalise import phone_country
from guanxi.customers.parties import companies
from guanxi.customers.people.types import IncomingPerson
from guanxi.customers.types import IdentifierKind, IncomingProfile

FIXED = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.TOLL_FREE)
MAILBOXES = frozenset(
    {"admin", "business", "contact", "contacts", "customerservice", "enquiries", "enquiry", "export", "hello", "hr"}
    | {"import", "info", "inquiry", "mail", "marketing", "office", "order", "orders", "purchase", "purchasing"}
    | {"reception", "sales", "service", "support", "trade"}
)
"""What stands before the @ of an address that several people of a company read."""
MAX_REMARK = 2000


class Refused(ValueError):
    """The row names nobody; the message says why, for people."""


class Ready(NamedTuple):
    """One row, ready to be recorded."""

    person: Candidate
    company: Candidate | None
    company_key: str
    """See `companies.key`; empty without a company."""
    title: str
    role: str
    remark: str
    fields: tuple[tuple[str, str], ...]
    """Key and text of each of the merchant's own fields that it names."""
    digest: str
    """Keyed hash of all that the row says, 32 hexadecimal digits."""

    @property
    def has_person(self) -> bool:
        return bool(self.person.name or self.person.keys or self.person.phone or self.person.email)


def prepare(one: IncomingPerson, *, country: str, seen_at: datetime) -> Ready:
    """``country`` is for phones without a country code and rows that name none. Raises Refused."""
    person = candidate(one.profile, shop_id=0, country=country, seen_at=seen_at)
    person = person._replace(country=one.profile.country or (phone_country(person.phone) if person.phone else ""))
    name = " ".join(one.company.split())[: companies.LONGEST]
    digest = companies.key(name)
    if not person.keys and any(found.value.strip() for found in one.profile.identifiers):
        raise Refused(_("No phone number or e-mail address of the row can be used; nothing else tells the person."))
    if not (person.name or person.keys or digest):
        raise Refused(_("The row names nobody: there is no name, company, phone number or e-mail address."))
    fields = tuple(sorted(one.fields.items()))
    said = (person.fingerprint, name, one.title, one.role, one.remark, *(f"{key}={text}" for key, text in fields))
    return Ready(
        person=person._replace(keys=_own(person.keys)) if digest else person,
        company=_company(name, person) if digest else None,
        company_key=digest,
        title=" ".join(one.title.split()),
        role=one.role,
        remark=one.remark.strip()[:MAX_REMARK],
        fields=fields,
        digest=keyring().hex_hash("\x1d".join(said), "people.row"),
    )


def _own(keys: Sequence[Key]) -> tuple[Key, ...]:
    """Without what people of one company share: its switchboard and its mailboxes, which are no keys to any of them."""
    return tuple(one for one in keys if not (_is_fixed(one) if one.kind is IdentifierKind.PHONE else _is_shared(one)))


def _is_fixed(key: Key) -> bool:
    return _number_type(key.value) in FIXED


@lru_cache(maxsize=8192)
def _number_type(number: str) -> int:
    return phonenumbers.number_type(phonenumbers.parse(number))


def _is_shared(key: Key) -> bool:
    return key.kind is IdentifierKind.EMAIL and key.value.partition("@")[0] in MAILBOXES


def _company(name: str, person: Candidate) -> Candidate:
    """The company stands where its people's cards say they work."""
    profile = IncomingProfile(
        name=name, country=person.country, region=person.region, city=person.city, address=person.address
    )
    return candidate(profile, shop_id=0, country="", seen_at=person.seen_at)
