"""Merging customers, and undoing it: one log, in sets, in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guanxi.core import audit, bulk, events
from guanxi.core.models import User
from guanxi.customers import following
from guanxi.customers.events import CustomersMerged, MergeUndone
from guanxi.customers.merging import suggestions, together
from guanxi.customers.merging.forest import FIELDS, GONE, KEPT, below
from guanxi.customers.models import Customer, Merge
from guanxi.customers.parties import roles
from guanxi.customers.types import MergeKind


class CannotMerge(ValueError):
    """These customers cannot be merged, or the merge not be undone; the message is for people."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers that are one. Either may have been merged before; then its survivor is meant."""

    kept_id: int
    gone_id: int
    choices: Mapping[str, str] = field(default_factory=dict)
    """Field of `forest.FIELDS`: ``kept`` or ``gone``, whose value is to stand. Else who stays goes first, and who went
    fills what is empty."""
    reasons: Sequence[str] = ()
    certainty: float | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge, or its undoing, did."""

    merge_id: int
    kept_id: int
    gone_id: int
    moved: Mapping[str, int]
    """Rows that followed, by table; all of the batch's."""


def merge(
    pairs: Sequence[Pair], *, kind: MergeKind, user: User | None, now: datetime, request: HttpRequest | None = None
) -> list[Merged]:
    """Merge each pair; all or none. Pairs that earlier ones of the batch have made one already are left out.

    Everything of who goes follows who stays. Raises CannotMerge when a customer is not there or erased, when the one
    pair given is one customer already, or a choice is none.
    """
    _check_choices(pairs)
    with transaction.atomic():
        following.only_writer()
        current = _current({end for pair in pairs for end in (pair.kept_id, pair.gone_id)})
        into: dict[int, int] = {}
        rows: list[Merge] = []
        for pair in pairs:
            kept, gone = (_follow(current[end], into) for end in (pair.kept_id, pair.gone_id))
            if kept == gone:
                continue
            into[gone] = kept
            rows.append(
                Merge(
                    kept_id=kept,
                    gone_id=gone,
                    kind=kind.value,
                    reasons=list(pair.reasons),
                    certainty=pair.certainty,
                    choices=dict(pair.choices),
                    by=user,
                    at=now,
                )
            )
        if not rows:
            raise CannotMerge(_("These are one customer already."))
        Merge.objects.bulk_create(rows)
        moved = _join({gone: _follow(gone, into) for gone in into}, now)
        tops = {_follow(row.kept_id, into) for row in rows}
        suggestions.settle_merged(together.tree_of(tops), user=user, now=now)
        events.publish(
            [
                CustomersMerged(customer_id=row.kept_id, subject_id=row.pk, occurred_at=now, gone_id=row.gone_id)
                for row in rows
            ],
            now=now,
        )
        audit.record(
            "customer.merged",
            actor=user,
            subject=("customer", rows[0].kept_id),
            detail={"kind": kind.value, "merges": [row.pk for row in rows], "gone": [row.gone_id for row in rows]},
            request=request,
            now=now,
        )
    return [Merged(row.pk, row.kept_id, row.gone_id, moved) for row in rows]


def try_merge(
    pairs: Sequence[Pair], *, kind: MergeKind, user: User | None, now: datetime, request: HttpRequest | None = None
) -> list[Merged]:
    """What `merge` would do, done and taken back. Raises CannotMerge."""
    with transaction.atomic():
        done = merge(pairs, kind=kind, user=user, now=now, request=request)
        transaction.set_rollback(True)
    return done


def undo(merge_id: int, *, user: User | None, now: datetime, request: HttpRequest | None = None) -> Merged:
    """Take a merge back, whatever was merged or undone since: who went is a customer again, with everything that was
    theirs and what has come in for them since. Raises CannotMerge when there is no such merge or it was undone."""
    with transaction.atomic():
        following.only_writer()
        row = Merge.objects.select_for_update().filter(pk=merge_id).first()
        if row is None:
            raise CannotMerge(_("There is no such merge."))
        if row.undone_at:
            raise CannotMerge(_("This merge was undone already."))
        before = _current([row.gone_id])[row.gone_id]
        row.undone_by, row.undone_at = user, now
        row.save(update_fields=["undone_by", "undone_at"])
        tree = together.tree_of([before])
        edges = together.edges_of(tree)
        parted = below(row.gone_id, edges)
        Customer.objects.filter(pk__in=parted).update(merged_into=row.gone_id)
        Customer.objects.filter(pk=row.gone_id).update(merged_into=None)
        moved = following.part(before, to=row.gone_id, origins=parted, now=now)
        together.write_together(tree, edges)
        roles.gather(tree)
        suggestions.dismiss_pair(row.kept_id, row.gone_id, user=user, now=now)
        undone = MergeUndone(customer_id=before, subject_id=row.pk, occurred_at=now, gone_id=row.gone_id)
        events.publish([undone], now=now)
        audit.record(
            "customer.merge_undone",
            actor=user,
            subject=("customer", before),
            detail={"merge": row.pk, "gone": row.gone_id},
            request=request,
            now=now,
        )
    return Merged(row.pk, before, row.gone_id, moved)


def keep_edits(customer_id: int, fields: Sequence[str]) -> None:
    """A person wrote these fields of a customer that others were merged into: they are the customer's own from now on,
    and stand whatever the others say, also empty."""
    if not fields or customer_id not in together.with_own([customer_id]):
        return
    columns = [column for one in fields for column in FIELDS[one]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE customers_ownprofile o SET {', '.join(f'{column} = c.{column}' for column in columns)},"
            " updated_at = c.updated_at FROM customers_customer c WHERE c.id = o.id AND o.id = %s",
            [customer_id],
        )
    for row in Merge.objects.filter(kept_id=customer_id, undone_at=None):
        row.choices |= dict.fromkeys(fields, KEPT)
        row.save(update_fields=["choices"])


def _check_choices(pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        if not set(pair.choices) <= set(FIELDS) or not set(pair.choices.values()) <= {KEPT, GONE}:
            raise CannotMerge(_("A choice names no field of a profile, or neither of the two customers."))


def _current(customers: Collection[int]) -> dict[int, int]:
    """Who each is now. Locks them. Raises CannotMerge."""
    rows = Customer.objects.select_for_update().filter(pk__in=list(customers)).order_by("pk")
    found = {number: (into, erased) for number, into, erased in rows.values_list("pk", "merged_into", "erased_at")}
    for number in customers:
        if number not in found:
            raise CannotMerge(_("There is no customer no. %(number)d.") % {"number": number})
        if found[number][1]:
            raise CannotMerge(_("Customer no. %(number)d was erased.") % {"number": number})
    return {number: into or number for number, (into, _erased) in found.items()}


def _follow(customer: int, into: Mapping[int, int]) -> int:
    while customer in into:
        customer = into[customer]
    return customer


def _join(into: Mapping[int, int], now: datetime) -> dict[str, int]:
    """Point everything of each customer that goes to whom it goes into."""
    trees = together.tree_of({*into, *into.values()})
    together.keep_own(trees)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer c SET merged_into = s.now"
            " FROM unnest(%s::bigint[], %s::bigint[]) s (before, now)"
            " WHERE c.id = s.before OR c.merged_into = s.before",
            [list(into), list(into.values())],
        )
    moved = following.join(into, now=now)
    together.write_together(trees, together.edges_of(trees))
    roles.gather(trees)
    return moved


def catch_up(gone: Collection[int], *, now: datetime) -> None:
    """Let follow what was written for customers while they were merged, by who had looked them up before."""
    with transaction.atomic():
        following.only_writer()
        into = current(gone)
        if into:
            following.join(into, now=now)


def current(customers: Collection[int]) -> dict[int, int]:
    """Who each of these customers is now, for those that were merged into another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, merged_into FROM customers_customer WHERE id = ANY(%s::bigint[]) AND merged_into IS NOT NULL",
            [bulk.ids(customers)],
        )
        return dict(cursor.fetchall())


def everyone(customer_id: int) -> list[int]:
    """A customer and all that were merged into it: the numbers under which its past is told."""
    return sorted(together.tree_of([customer_id]))
