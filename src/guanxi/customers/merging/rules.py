"""Merging by rule: what one source shows to be one person, where nothing speaks against it.

A profile that carries identifiers of two customers says that they are one. That is certain only where each of these
identifiers has one holder: accounts that the platform gives to one person, or a phone or e-mail that has been verified
both times. (A buyer's account with a friend's phone is no proof of anything.) It is not done

- where the two have different names, dates of birth or genders;
- where each has a value of its own of a kind that gives one to a person, in the same place: two accounts of one shop;
- where a person has said that they are two, or has undone their merge.

Then, and in all other cases, the pair is suggested instead.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from guanxi.customers.candidates import Candidate
from guanxi.customers.identifier_kinds import CONTACTS, HOLDERS
from guanxi.customers.merging import log, suggestions
from guanxi.customers.models import Customer, Identifier, Suggestion, SuggestionOutcome
from guanxi.customers.names import whole_name
from guanxi.customers.types import MergeKind, Resolution

Pair = tuple[int, int]
"""Two customers, the one with the lower number first."""


def apply(
    candidates: Sequence[Candidate], found: Sequence[Resolution], *, verified: Collection[str], now: datetime
) -> dict[int, int]:
    """Merge or suggest the customers that these profiles show to be one. Returns those that are gone, and who they are.

    ``verified`` are the digests of identifiers that had been verified before these profiles came.
    """
    shown: dict[Pair, list[str]] = {}
    certain: set[Pair] = set()
    for candidate, one in zip(candidates, found, strict=True):
        if not one.customer_id or not one.others:
            continue
        kinds = one.reason.split(">")
        proven = _proven(kinds, candidate, verified)
        for other in one.others:
            pair = (min(one.customer_id, other), max(one.customer_id, other))
            shown[pair] = [f"identifier:{kind}" for kind in kinds[1:]]
            if proven:
                certain.add(pair)
    certain = _undisputed(certain) if certain else certain
    suggestions.add({pair: reasons for pair, reasons in shown.items() if pair not in certain}, now=now)
    if not certain:
        return {}
    log.merge(
        [log.Pair(kept, gone, reasons=shown[kept, gone]) for kept, gone in sorted(certain)],
        kind=MergeKind.RULE,
        user=None,
        now=now,
    )
    return log.current({customer for pair in certain for customer in pair})


def _proven(kinds: Sequence[str], candidate: Candidate, verified: Collection[str]) -> bool:
    """Whether every identifier by which this profile found customers has one holder."""
    checked = {
        key.kind for key in candidate.keys if key.kind in CONTACTS and key.verified and key.digest in verified
    } | HOLDERS
    return all(kind in checked for kind in kinds)


def _undisputed(pairs: Collection[Pair]) -> set[Pair]:
    """Those against which nothing speaks."""
    everyone = {customer for pair in pairs for customer in pair}
    people = Customer.objects.filter(pk__in=everyone, erased_at=None).in_bulk()
    held = _held(everyone)
    apart = set(
        Suggestion.objects.filter(outcome=SuggestionOutcome.DISMISSED, low_id__in=everyone, high_id__in=everyone)
        .values_list("low_id", "high_id")
        .distinct()
    )
    return {
        (one, other)
        for one, other in pairs
        if (one, other) not in apart
        and one in people
        and other in people
        and _alike(people[one], people[other])
        and not held.get(one, set()) & held.get(other, set())
    }


def _held(customers: Collection[int]) -> dict[int, set[tuple[str, int, str]]]:
    """For each customer, of which kinds, and where, they have a value, of kinds that give one to a person."""
    found: dict[int, set[tuple[str, int, str]]] = {}
    rows = Identifier.objects.filter(customer_id__in=customers, kind__in=HOLDERS)
    for customer, kind, shop_id, within in rows.values_list("customer_id", "kind", "shop_id", "within"):
        found.setdefault(customer, set()).add((kind, shop_id, within))
    return found


def _alike(one: Customer, other: Customer) -> bool:
    """Whether what is known of both agrees."""
    names = [whole_name(person.name) for person in (one, other) if person.name]
    dates = {person.birth_date for person in (one, other) if person.birth_date}
    genders = {person.gender for person in (one, other) if person.gender}
    return len(set(names)) < 2 and len(dates) < 2 and len(genders) < 2
