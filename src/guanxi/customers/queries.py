"""What other rooms and pages may know of customers: numbers, derived facts, and personal data masked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.customers import chinese_addresses, masking, normalise
from guanxi.customers.candidates import finder, key
from guanxi.customers.identifier_kinds import TRAITS, masked
from guanxi.customers.merging import log, told
from guanxi.customers.merging.told import MergeCard
from guanxi.customers.models import ConsentEntry, Customer, Identifier, SharedIdentifier, Tag
from guanxi.customers.names import search_tokens, split_name
from guanxi.customers.parties.kinds import Party
from guanxi.customers.profiles import SEAL_NAMES
from guanxi.customers.types import (
    Channel,
    ConsentCard,
    ContactPoint,
    CustomerCard,
    IdentifierCard,
    IdentifierKind,
    SharedCard,
    TagCard,
)
from guanxi.customers.zones import time_zone

SEARCH_LIMIT = 50
CONTACT_FIELD = {Channel.EMAIL: "email", Channel.SMS: "phone"}
CONTACT_KIND = {Channel.EMAIL: IdentifierKind.EMAIL, Channel.SMS: IdentifierKind.PHONE}
PLAIN = (
    *("gender", "birth_year", "birth_month", "country", "region", "city", "division", "language", "source"),
    *("first_shop_id", "party", "roles", "has_email", "has_phone", "created_at", "updated_at", "owner_id"),
    *("merged_into", "erased"),
)
"""Fields of a card as they are in the table, but for the last."""
PROFILES = f"""
SELECT c.id, c.name, c.phone, c.email, c.address,
    ARRAY(SELECT DISTINCT t.name FROM customers_customertag put JOIN customers_tag t ON t.id = put.tag_id
          WHERE put.customer_id = c.id AND put.removed_at IS NULL ORDER BY t.name),
    {", ".join(f"c.{name}" for name in PLAIN[:-1])}, c.erased_at IS NOT NULL
FROM customers_customer c WHERE c.id = ANY(%s::bigint[])
"""


def search(text: str, *, country: str = "CN", limit: int = SEARCH_LIMIT) -> list[int]:
    """Customers by phone, e-mail, account or number of another system, last four digits, or parts of the name.

    Exact identifiers first, newest customers first among equals. ``country`` is for phones without a country code.
    """
    text = " ".join(text.split())[:200]
    if not text:
        return []
    digests = _search_digests(text, country)
    hashes = {finder(text.casefold())}
    if text.isdigit() and len(text) == 4:
        hashes.add(finder(text))
    tokens = [] if "@" in text or any(c.isdigit() for c in text) else search_tokens(text)
    with connection.cursor() as cursor:
        cursor.execute(
            "(SELECT customer_id, 0 FROM customers_identifier WHERE digest = ANY(%s::uuid[]) LIMIT %s) UNION ALL"
            " (SELECT customer_id, 1 FROM customers_identifier WHERE search_hash = ANY(%s) LIMIT %s) UNION ALL"
            " (SELECT coalesce(merged_into, id), 2 FROM customers_customer"
            " WHERE name_tokens @> %s::bigint[] AND %s LIMIT %s)",
            [digests, limit, list(hashes), limit, tokens, bool(tokens), limit],
        )
        rows = sorted(cursor.fetchall(), key=lambda row: (row[1], -row[0]))
    return list(dict.fromkeys(row[0] for row in rows))[:limit]


def search_each(texts: Collection[str], *, country: str = "CN") -> dict[str, tuple[int, ...]]:
    """What `search` finds for each of many texts, names aside; two queries, however many texts there are.

    Two customers where there are several; a text that finds nobody is left out.
    """
    digests = {text: _search_digests(text, country) for text in texts}
    hashes = {text: finder(" ".join(text.split()).casefold()) for text in texts}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest, customer_id FROM customers_identifier WHERE digest = ANY(%s::uuid[])",
            [[digest for several in digests.values() for digest in several]],
        )
        owners = {digest.hex: (customer_id,) for digest, customer_id in cursor.fetchall()}
        cursor.execute(
            "SELECT search_hash, min(customer_id), max(customer_id) FROM customers_identifier"
            " WHERE search_hash = ANY(%s) GROUP BY search_hash",
            [list(hashes.values())],
        )
        named = {search_hash: (lowest, highest) for search_hash, lowest, highest in cursor.fetchall()}
    found = {
        text: set(named.get(hashes[text], ())).union(*(owners.get(one, ()) for one in digests[text])) for text in texts
    }
    return {text: tuple(sorted(ids))[:2] for text, ids in found.items() if ids}


def _search_digests(text: str, country: str) -> list[str]:
    found = []
    if address := normalise.email(text):
        found.append(key(IdentifierKind.EMAIL, address, 0).digest)
    if number := normalise.phone(text, country):
        found.append(key(IdentifierKind.PHONE, number, 0).digest)
    return found


def profiles(customer_ids: Sequence[int]) -> list[CustomerCard]:
    """Cards in the order of the ids; ids without a customer are left out."""
    with connection.cursor() as cursor:
        cursor.execute(PROFILES, [bulk.numbers(customer_ids)])
        cards = {row[0]: _card(*row) for row in cursor.fetchall()}
    return [cards[one] for one in customer_ids if one in cards]


def _card(
    number: int, name: bytes, phone: bytes, email: bytes, address: bytes, labels: list[str], *plain: Any
) -> CustomerCard:
    unseal = keyring().open
    facts = dict(zip(PLAIN, plain, strict=True))
    shown = unseal(name, SEAL_NAMES["name"])
    return CustomerCard(
        id=number,
        name=shown if facts["party"] == Party.COMPANY else masking.name(shown),
        phone=masking.phone(unseal(phone, SEAL_NAMES["phone"])),
        email=masking.email(unseal(email, SEAL_NAMES["email"])),
        address=masking.address(unseal(address, SEAL_NAMES["address"])),
        tags=tuple(labels),
        **facts,
    )


def time_zone_of(customer_id: int, *, now: datetime) -> str:
    """The zone in which this customer lives, as the tz database names it; empty when it is not sure."""
    row = Customer.objects.filter(pk=customer_id).values_list("phone", "country").first()
    return time_zone(*row, now=now) if row else ""


def contact_points(customer_ids: Sequence[int], *, channel: Channel) -> dict[int, ContactPoint]:
    """Where and how to address these customers, for those that the channel can reach."""
    field = CONTACT_FIELD[channel]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {field}, name, language, region FROM customers_customer"
            f" WHERE id = ANY(%s::bigint[]) AND has_{field} AND erased_at IS NULL",
            [bulk.numbers(customer_ids)],
        )
        rows = cursor.fetchall()
    unseal = keyring().open
    found = {}
    for number, address, sealed_name, language, region in rows:
        name = unseal(sealed_name, SEAL_NAMES["name"])
        given, family = split_name(name)
        found[number] = ContactPoint(
            address=unseal(address, SEAL_NAMES[field]),
            name=name,
            given_name=given,
            family_name=family,
            language=language,
            region=region,
        )
    return found


def addresses(customer_ids: Sequence[int], *, channel: Channel) -> dict[int, str]:
    """The addresses alone of those that the channel can reach. Personal, in full."""
    field = CONTACT_FIELD[channel]
    rows = Customer.objects.filter(pk__in=list(customer_ids), erased_at=None, **{f"has_{field}": True})
    return dict(rows.values_list("pk", field))


def reachable(customer_ids: Sequence[int], *, channel: Channel) -> set[int]:
    """Those among them that have an address on the channel; opens nothing, so a million take seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM customers_customer WHERE id = ANY(%s::bigint[]) AND has_{CONTACT_FIELD[channel]}"
            " AND erased_at IS NULL",
            [bulk.numbers(customer_ids)],
        )
        return {row[0] for row in cursor.fetchall()}


def contact_digest(address: str, *, channel: Channel) -> UUID:
    """The keyed hash under which a customer is found by a normalised address of this channel."""
    return UUID(key(CONTACT_KIND[channel], address, 0).digest)


def contact_digests(customer_ids: Sequence[int], *, channel: Channel) -> list[tuple[int, UUID]]:
    """Customers with each of their identifiers on the channel, former addresses included, as `contact_digest`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, digest FROM customers_identifier WHERE customer_id = ANY(%s::bigint[]) AND kind = %s",
            [bulk.numbers(customer_ids), CONTACT_KIND[channel].value],
        )
        return cursor.fetchall()


def identifiers(customer_id: int) -> list[IdentifierCard]:
    return [
        IdentifierCard(
            id=row.pk,
            kind=row.kind,
            shop_id=row.shop_id,
            within=row.within,
            masked=masked(row.kind, row.value),
            source=row.source,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            valid_until=row.valid_until,
            verified_at=row.verified_at,
        )
        for row in Identifier.objects.filter(customer_id=customer_id).order_by("kind", "first_seen_at", "pk")
    ]


def shared_identifiers(*, limit: int = 200) -> list[SharedCard]:
    """Those set aside first, newest first; then those that a person restored."""
    rows = SharedIdentifier.objects.order_by(F("restored_at").asc(nulls_first=True), "-set_aside_at", "-pk")
    return [
        SharedCard(
            id=row.pk,
            kind=row.kind,
            shop_id=row.shop_id,
            masked=masked(row.kind, row.value),
            people_seen=row.people_seen,
            customer_ids=tuple(row.customer_ids),
            set_aside_at=row.set_aside_at,
            restored_at=row.restored_at,
        )
        for row in rows[:limit]
    ]


def consents(customer_id: int) -> list[ConsentCard]:
    """The ledger of one customer, newest first."""
    cards: list[ConsentCard] = []
    seen: set[tuple[str, str]] = set()
    for row in ConsentEntry.objects.filter(customer_id=customer_id).order_by("-at", "-pk"):
        subject = (row.channel, row.purpose)
        cards.append(
            ConsentCard(
                channel=row.channel,
                purpose=row.purpose,
                granted=row.granted,
                source=row.source,
                at=row.at,
                recorded_at=row.recorded_at,
                detail=row.detail,
                holds=subject not in seen,
            )
        )
        seen.add(subject)
    return cards


def tags() -> list[TagCard]:
    """Every tag there is, by name."""
    return [TagCard(row.pk, row.name, row.colour) for row in Tag.objects.filter(deleted_at=None).order_by("name")]


def tag_counts() -> dict[int, int]:
    """How many customers have each tag."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tag_id, count(DISTINCT customer_id) FROM customers_customertag WHERE removed_at IS NULL"
            " GROUP BY tag_id"
        )
        return dict(cursor.fetchall())


def explain(reason: str) -> str:
    """A `Resolution.reason` in words."""
    first, *others = reason.split(">")
    words: dict[str, Promise | str] = {
        "created": _("First seen with this order."),
        "guest": _("Nothing in it tells who the buyer is."),
        "known": _("The order was theirs before."),
    }
    words |= {kind.value: traits.same for kind, traits in TRAITS.items()}
    nouns = {kind.value: traits.noun for kind, traits in TRAITS.items()}
    sentence = str(words.get(first, first))
    for other in others:
        sentence += " " + _("The %(identifier)s points at another customer.") % {"identifier": nouns.get(other, other)}
    return sentence


def division_name(code: str) -> str:
    """A division of China with those above it: ``浙江省杭州市西湖区``. Empty for no code of ours."""
    return chinese_addresses.division_name(code)


def divisions_named(text: str, *, limit: int) -> list[str]:
    """Divisions whose name, with those above it, contains this, the largest first."""
    return chinese_addresses.divisions_named(text, limit=limit)


def division_code(name: str) -> str:
    """The code of a division by its name, with or without those above it. Empty where it is none, or several."""
    return chinese_addresses.division("", "", name)


def current(customer_ids: Collection[int]) -> dict[int, int]:
    """Who these customers are now, for those that were merged into another."""
    return log.current(list(customer_ids))


def merges_of(customer_id: int) -> list[MergeCard]:
    """The merges that made this customer what it is, the newest first."""
    return told.merges_of(customer_id)


def present(customer_ids: Collection[int]) -> dict[int, int]:
    """Those of the ids that are a customer's who was not erased, each with the customer it is now after merges."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, coalesce(merged_into, id) FROM customers_customer"
            " WHERE id = ANY(%s::bigint[]) AND erased_at IS NULL",
            [bulk.ids(customer_ids)],
        )
        return dict(cursor.fetchall())


def present_sql() -> str:
    """A SELECT of ``customer_id`` that says the same of everyone, for other rooms to join in sets."""
    return "SELECT id AS customer_id FROM customers_customer WHERE erased_at IS NULL AND merged_into IS NULL"


def newest_ids(*, limit: int, before_id: int | None = None) -> list[int]:
    """Ids for paging through all customers, newest first."""
    rows = Customer.objects.filter(erased_at=None, merged_into=None)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:limit])
