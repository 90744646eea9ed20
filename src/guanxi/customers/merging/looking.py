"""Looking through all customers for pairs that may be one person; see matching/ for how."""

from collections.abc import Callable, Iterator
from datetime import datetime

from guanxi.customers.matching import Certainty, Pair, Person, find
from guanxi.customers.merging import suggestions
from guanxi.customers.models import Customer, Hint, Identifier
from guanxi.customers.types import IdentifierKind
from guanxi.warehouse.engines.duckdb import connect

LEAST_WEIGHT = 3.0
"""Pairs below this are not worth a person's time; see matching/labels.py."""
BATCH = 5000
COLUMNS = ("pk", "name", "birth_date", "address", "city", "region", "phone", "email")


def look(*, now: datetime, report: Callable[[int, int], None]) -> tuple[int, int]:
    """Suggest pairs among all customers. Returns how many customers were compared and how many pairs are new.

    ``report`` is told how many customers were read and how many there are. Names and addresses are opened in memory,
    for as long as this takes.
    """
    everyone = Customer.objects.filter(erased_at=None, merged_into=None)
    total = everyone.count()
    found = find(_people(total, report), least_weight=LEAST_WEIGHT, connect=connect)
    new, pairs, certainty, sure = 0, {}, {}, set()
    for pair in found.pairs():
        ends = (min(pair.left, pair.right), max(pair.left, pair.right))
        pairs[ends], certainty[ends] = _reasons(pair), pair.probability
        if pair.certainty is Certainty.SURE:
            sure.add(ends)
        if len(pairs) == BATCH:
            new += suggestions.add(pairs, certainty=certainty, sure=sure, now=now)
            pairs, certainty, sure = {}, {}, set()
    return total, new + suggestions.add(pairs, certainty=certainty, sure=sure, now=now)


def _people(total: int, report: Callable[[int, int], None]) -> Iterator[Person]:
    last, read = 0, 0
    while rows := list(
        Customer.objects.filter(erased_at=None, merged_into=None, pk__gt=last)
        .order_by("pk")
        .values_list(*COLUMNS)[:BATCH]
    ):
        last = rows[-1][0]
        shared = _shared([row[0] for row in rows])
        for number, name, born, address, city, region, phone, email in rows:
            yield Person(
                id=number,
                name=name,
                birth_date=born,
                address=address,
                city=city,
                region=region,
                phone=phone,
                email=email,
                accounts=shared.get(number, ()),
            )
        read += len(rows)
        report(read, total)


def _shared(customer_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """What two records of one person often share and two people seldom: account names, browsers and devices."""
    found: dict[int, tuple[str, ...]] = {}
    accounts = Identifier.objects.filter(customer_id__in=customer_ids, kind=IdentifierKind.PLATFORM_ACCOUNT.value)
    for number, value in accounts.values_list("customer_id", "value"):
        found[number] = (*found.get(number, ()), value)
    for number, digest in Hint.objects.filter(customer_id__in=customer_ids).values_list("customer_id", "digest"):
        found[number] = (*found.get(number, ()), digest.hex)
    return found


def _reasons(pair: Pair) -> list[str]:
    return [f"match:{one.comparison}:{one.step}:{one.weight:.2f}" for one in pair.reasons]
