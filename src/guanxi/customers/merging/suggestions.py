"""Pairs of customers that may be one, for a person to decide."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from guanxi.core.models import User
from guanxi.customers.identifier_kinds import TRAITS
from guanxi.customers.matching import Reason
from guanxi.customers.matching.words import sentences
from guanxi.customers.models import Suggestion, SuggestionOutcome

Pairs = Mapping[tuple[int, int], Sequence[str]]
ADD = """
INSERT INTO customers_suggestion (low_id, high_id, reasons, certainty, sure, found_at, outcome)
SELECT s.low, s.high, s.reasons::jsonb, s.certainty, s.sure, %(now)s, ''
FROM unnest(%(low)s::bigint[], %(high)s::bigint[], %(reasons)s::text[], %(certainty)s::float8[], %(sure)s::boolean[])
  AS s (low, high, reasons, certainty, sure)
ON CONFLICT DO NOTHING
"""
SETTLE = """
UPDATE customers_suggestion s SET outcome = 'merged', settled_at = %(now)s, settled_by_id = %(user)s
FROM customers_customer l, customers_customer h
WHERE s.outcome = '' AND l.id = s.low_id AND h.id = s.high_id
  AND coalesce(l.merged_into, l.id) = coalesce(h.merged_into, h.id)
  AND (s.low_id = ANY(%(ids)s) OR s.high_id = ANY(%(ids)s))
"""


def add(
    pairs: Pairs,
    *,
    now: datetime,
    certainty: Mapping[tuple[int, int], float] | None = None,
    sure: Collection[tuple[int, int]] = (),
) -> int:
    """Suggest pairs with their reasons; one that was suggested before keeps its answer. Returns how many are new."""
    if not pairs:
        return 0
    given = certainty or {}
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {
                "low": [min(pair) for pair in pairs],
                "high": [max(pair) for pair in pairs],
                "reasons": [json.dumps(list(reasons)) for reasons in pairs.values()],
                "certainty": [given.get(pair) for pair in pairs],
                "sure": [pair in sure for pair in pairs],
                "now": now,
            },
        )
        return cursor.rowcount


def waiting() -> QuerySet[Suggestion]:
    """Those without an answer, the most certain first."""
    return Suggestion.objects.filter(outcome=SuggestionOutcome.OPEN).order_by(
        F("certainty").desc(nulls_last=True), "-pk"
    )


def waiting_of(customer_id: int) -> QuerySet[Suggestion]:
    """Those without an answer about one customer."""
    return waiting().filter(Q(low_id=customer_id) | Q(high_id=customer_id))


def of_pair(one: int, other: int) -> Suggestion | None:
    """The suggestion that these two are one, while it waits for an answer."""
    return waiting().filter(low_id=min(one, other), high_id=max(one, other)).first()


def dismiss(suggestion_ids: Collection[int], *, user: User | None, now: datetime) -> int:
    """These are different people. Returns how many were waiting."""
    return (
        waiting()
        .filter(pk__in=list(suggestion_ids))
        .order_by()
        .update(outcome=SuggestionOutcome.DISMISSED, settled_at=now, settled_by=user)
    )


def dismiss_pair(one: int, other: int, *, user: User | None, now: datetime) -> None:
    """A person took these two apart: they are not suggested again."""
    Suggestion.objects.update_or_create(
        low_id=min(one, other),
        high_id=max(one, other),
        defaults={"outcome": SuggestionOutcome.DISMISSED, "settled_at": now, "settled_by": user},
        create_defaults={
            "outcome": SuggestionOutcome.DISMISSED,
            "settled_at": now,
            "settled_by": user,
            "found_at": now,
        },
    )


def settle_merged(customers: Collection[int], *, user: User | None, now: datetime) -> None:
    """After a merge: pairs with one of these customers that are one now need no answer."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"now": now, "user": user.pk if user else None, "ids": list(customers)})


def words(reasons: Sequence[str]) -> list[str]:
    """Reasons of a merge or a suggestion, for people."""
    identifiers = {
        kind.value: _("One record came with the %(identifier)s of the one and something of the other.")
        % {"identifier": traits.noun}
        for kind, traits in TRAITS.items()
    }
    compared = [_compared(one) for one in reasons if one.startswith("match:")]
    told = [str(identifiers.get(one.partition(":")[2], one)) for one in reasons if not one.startswith("match:")]
    return [*told, *sentences(tuple(compared))]


def _compared(reason: str) -> Reason:
    """``match:birth:same:8.21``, what the matching said of one comparison."""
    _match, comparison, step, weight = reason.split(":")
    return Reason(comparison, step, float(weight))
