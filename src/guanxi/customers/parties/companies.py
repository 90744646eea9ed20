"""Companies by name: the customer that a company is, found by its exact name or made."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection

from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.customers import profiles
from guanxi.customers.candidates import Candidate
from guanxi.customers.parties.kinds import Party

LONGEST = 200


def key(name: str) -> str:
    """The keyed hash of a company's name, its letters and digits alone, 32 hexadecimal digits; empty without any."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalnum())
    return keyring().hex_hash(plain, "company.name") if plain else ""


def find(keys: Collection[str]) -> dict[str, int]:
    """The customer each key is of; of one that was merged, the one it was before. Keys nobody has are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT replace(k.digest::text, '-', ''), coalesce(k.origin_customer_id, k.customer_id)"
            " FROM customers_companykey k WHERE k.digest = ANY(%s::uuid[])",
            [bulk.array(keys)],
        )
        return dict(cursor.fetchall())


def ensure(companies: Mapping[str, Candidate], *, source: str, now: datetime) -> tuple[dict[str, int], set[int]]:
    """The customer of each company by key, and which of them were made now. The caller is the one writer."""
    found = find(companies)
    missing = [digest for digest in companies if digest not in found]
    numbers = bulk.reserve_ids("customers_customer", len(missing))
    made = dict(zip(missing, numbers, strict=True))
    profiles.create({made[digest]: [companies[digest]] for digest in missing}, shop_id=None, source=source, now=now)
    become(numbers, Party.COMPANY)
    bulk.copy_lines("customers_companykey", "digest, customer_id", (f"{d}\t{number}" for d, number in made.items()))
    return {**found, **made}, set(numbers)


def become(customers: Sequence[int], party: Party) -> None:
    """These customers are people, companies or households."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET party = %s WHERE id = ANY(%s::bigint[]) AND party <> %s",
            [party.value, bulk.numbers(customers), party.value],
        )


def name(customer_id: int, called: str) -> None:
    """A company goes by this name: imports find it by that, unless another goes by it already."""
    digest = key(called)
    if digest:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO customers_companykey (digest, customer_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [digest, customer_id],
            )


def forget(customers: Collection[int]) -> None:
    """No name leads to these customers any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_companykey WHERE customer_id = ANY(%s::bigint[])", [bulk.numbers(customers)]
        )
