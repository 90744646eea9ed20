"""Identifiers that tie unlike people together: seen, set aside, listed, restored.

A shop's own telephone typed into every order, or a forwarder's e-mail, is no key. For each phone and e-mail we keep
keyed hashes of the different names and accounts it came with. The people behind it are as many as the smaller of the
two numbers, of what is said at all: one account with many receivers is one buyer, and so is one name with an account
in each of our shops.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.customers.candidates import Candidate, Key, search_hash
from guanxi.customers.identifier_kinds import CONTACTS, HOLDERS, PASSING
from guanxi.customers.models import Customer, Identifier, SharedIdentifier
from guanxi.customers.names import whole_name
from guanxi.customers.types import IdentifierKind

HANDFUL = 5
"""More unlike people than this and the identifier is set aside."""
SHOWN = 20
"""Customers kept with an identifier that was set aside."""
SHARED_COLUMNS = "kind, shop_id, within, digest, search_hash, value, customer_ids, people_seen, set_aside_at"


@dataclass(slots=True)
class Company:
    """The names and accounts a phone or e-mail came with, as keyed hashes."""

    names: set[int] = field(default_factory=set)
    accounts: set[int] = field(default_factory=set)

    def people(self) -> int:
        return min((len(seen) for seen in (self.names, self.accounts) if seen), default=0)


def company(candidates: Iterable[Candidate]) -> dict[str, Company]:
    """For each phone and e-mail, by digest, whom it came with in these profiles."""
    found: dict[str, Company] = {}
    for one in candidates:
        contacts = [key.digest for key in one.keys if key.kind in CONTACTS]
        if not contacts:
            continue
        name = whole_name(one.name) if one.name else None
        accounts = [int(key.digest[:15], 16) for key in one.keys if key.kind in HOLDERS][:1]
        for digest in contacts:
            seen = found.get(digest)
            if seen is None:
                seen = found[digest] = Company()
            if name is not None:
                seen.names.add(name)
            seen.accounts.update(accounts)
    return found


def capped(values: Iterable[int]) -> list[int]:
    """As many as are needed to see that they are too many."""
    return sorted(values)[: HANDFUL + 1]


def set_aside_keys(keys: dict[str, Key], people: dict[str, int], owners: dict[str, int], *, now: datetime) -> None:
    """Take these keys out of use. ``owners`` says whose they were, for those that were someone's."""
    seal_name = SharedIdentifier._meta.get_field("value").seal_name
    lines = []
    for digest, key in keys.items():
        value = bulk.binary(keyring().seal(key.value, seal_name))
        about = f"{{{owners.get(digest, '')}}}\t{people[digest]}\t{now.isoformat()}"
        place = f"{key.kind.value}\t{key.shop_id}\t{bulk.text(key.within, 60)}"
        lines.append(f"{place}\t{digest}\t{search_field(key)}\t{value}\t{about}")
    bulk.copy_lines("customers_sharedidentifier", SHARED_COLUMNS, lines)
    Identifier.objects.filter(digest__in=list(keys)).delete()


def add_customers(tied: Mapping[str, Iterable[int]]) -> None:
    """Note customers whose profiles carried an identifier when it was set aside."""
    with connection.cursor() as cursor:
        for digest, customers in tied.items():
            cursor.execute(
                "UPDATE customers_sharedidentifier SET customer_ids = (SELECT (customer_ids || array_agg(c))[1:%s]"
                " FROM unnest(%s::bigint[]) c WHERE c <> ALL (customer_ids)) WHERE digest = %s"
                " AND NOT %s::bigint[] <@ customer_ids",
                [SHOWN, sorted(customers), digest, sorted(customers)],
            )


def search_field(key: Key) -> str:
    """`search_hash` as a field of COPY."""
    found = search_hash(key)
    return bulk.NULL if found is None else str(found)


def set_aside(identifier_id: int, *, now: datetime) -> int:
    """A person says that this identifier is no key. Returns the SharedIdentifier's id."""
    row = Identifier.objects.select_for_update().get(pk=identifier_id)
    shared, _made = SharedIdentifier.objects.update_or_create(
        digest=row.digest,
        defaults={
            "kind": row.kind,
            "shop_id": row.shop_id,
            "within": row.within,
            "search_hash": row.search_hash,
            "value": row.value,
            "customer_ids": [row.customer_id],
            "people_seen": min((len(seen) for seen in (row.names_seen, row.accounts_seen) if seen), default=1),
            "set_aside_at": now,
            "restored_at": None,
        },
    )
    row.delete()
    return shared.pk


def restore(shared_id: int, *, now: datetime) -> None:
    """A person says that this identifier is a key after all: its first holder has it again, and it stays one."""
    shared = SharedIdentifier.objects.select_for_update().get(pk=shared_id)
    shared.restored_at = now
    shared.save(update_fields=["restored_at"])
    holder = Customer.objects.filter(pk__in=shared.customer_ids[:1], erased_at=None).first()
    passing = IdentifierKind(shared.kind) in PASSING  # its time is over; it comes again with whom it is seen then
    if holder and not passing and not Identifier.objects.filter(digest=shared.digest).exists():
        Identifier.objects.create(
            customer=holder,
            kind=shared.kind,
            shop_id=shared.shop_id,
            within=shared.within,
            digest=shared.digest,
            search_hash=shared.search_hash,
            value=shared.value,
            source="restored",
            first_seen_at=now,
            last_seen_at=now,
        )


def known_shared(digests: Sequence[str]) -> tuple[set[str], set[str]]:
    """Which of these digests are set aside, and which were restored by a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT replace(digest::text, '-', ''), restored_at IS NULL FROM customers_sharedidentifier"
            " WHERE digest = ANY(%s::uuid[])",
            [bulk.array(digests)],
        )
        rows = cursor.fetchall()
    return {digest for digest, aside in rows if aside}, {digest for digest, aside in rows if not aside}
