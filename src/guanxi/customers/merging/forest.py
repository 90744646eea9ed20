"""Merges as a forest: who is whom now, and from whom each field of a profile is. Pure.

Every merge is an edge from who went to who stayed, and a customer goes at most once, so the edges that are not undone
make trees. The one at the top of a tree is the customer that pages and messages know. Taking away any edge leaves
two trees, which is why merges can be undone in any order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_tokens"),
    "phone": ("phone", "has_phone"),
    "email": ("email", "has_email"),
    "address": ("address",),
    "birth_date": ("birth_date", "birth_year", "birth_month"),
    "gender": ("gender",),
    "country": ("country",),
    "region": ("region",),
    "city": ("city", "division"),
    "language": ("language",),
}
"""Fields of a profile that are chosen one by one, with the columns that belong to each."""
KEPT, GONE = "kept", "gone"


class Edge(NamedTuple):
    merge_id: int
    gone: int
    kept: int
    choices: Mapping[str, str]
    """Field: KEPT or GONE."""


def below(customer: int, edges: Iterable[Edge]) -> set[int]:
    """The customer and everyone merged into it, at whatever remove."""
    into: dict[int, list[int]] = {}
    for edge in edges:
        into.setdefault(edge.kept, []).append(edge.gone)
    found, waiting = {customer}, [customer]
    while waiting:
        for gone in into.get(waiting.pop(), ()):
            found.add(gone)
            waiting.append(gone)
    return found


def tops(customers: Iterable[int], edges: Iterable[Edge]) -> dict[int, int]:
    """Who each of these customers is now."""
    above = {edge.gone: edge.kept for edge in edges}
    found = {}
    for customer in customers:
        top = customer
        while top in above:
            top = above[top]
        found[customer] = top
    return found


def sources(filled: Mapping[int, Collection[str]], edges: Sequence[Edge]) -> dict[int, dict[str, int]]:
    """For each customer, whose own value each field has, all merged into it considered.

    ``filled`` says which fields the own profile of each has. A field is that of who stays where it has one, else that
    of who went; where someone chose, it is as chosen. Later merges come after earlier ones.
    """
    into: dict[int, list[Edge]] = {}
    for edge in sorted(edges):
        into.setdefault(edge.kept, []).append(edge)
    found: dict[int, dict[str, int]] = {}

    def of(customer: int) -> dict[str, int]:
        if customer not in found:
            chosen = dict.fromkeys(FIELDS, customer)
            for edge in into.get(customer, ()):
                theirs = of(edge.gone)
                for field in FIELDS:
                    empty = field not in filled[chosen[field]]
                    if edge.choices.get(field, GONE if empty and field in filled[theirs[field]] else KEPT) == GONE:
                        chosen[field] = theirs[field]
            found[customer] = chosen
        return found[customer]

    for customer in filled:
        of(customer)
    return found
