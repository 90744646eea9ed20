"""What customers that were merged say together, and what each says alone, in the database."""

from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from guanxi.core import bulk
from guanxi.customers.merging.forest import FIELDS, Edge, sources
from guanxi.customers.models import Customer, Merge, OwnProfile
from guanxi.customers.profiles import WRITTEN

KEPT_ALONE = ", ".join(f"{columns[0]} <> '' AS {field}" for field, columns in FIELDS.items())


def edges_of(customers: Collection[int]) -> list[Edge]:
    """The merges that hold, between these customers; those of a whole tree give the tree."""
    rows = Merge.objects.filter(gone_id__in=list(customers), undone_at=None).order_by("pk")
    return [Edge(*values) for values in rows.values_list("pk", "gone_id", "kept_id", "choices")]


def tree_of(tops: Collection[int]) -> set[int]:
    """These customers and all that were merged into them."""
    found = Customer.objects.filter(merged_into__in=list(tops)).values_list("pk", flat=True)
    return {*tops, *found}


def keep_own(customers: Collection[int]) -> None:
    """Put aside what each says alone, for those that were alone until now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_ownprofile ({WRITTEN}) SELECT {WRITTEN} FROM customers_customer"
            " WHERE id = ANY(%s) ON CONFLICT (id) DO NOTHING",
            [list(customers)],
        )


def write_together(customers: Collection[int], edges: Sequence[Edge]) -> None:
    """Write what these customers, which have own profiles, say with all that were merged into them.

    ``customers`` are whole trees and ``edges`` theirs. Who is alone gets the own profile back, which then goes.
    """
    if not customers:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {KEPT_ALONE} FROM customers_ownprofile WHERE id = ANY(%s)", [list(customers)])
        filled = {
            number: {field for field, said in zip(FIELDS, flags, strict=True) if said}
            for number, *flags in cursor.fetchall()
        }
        _copy(sources(filled, edges))
    joined = {end for edge in edges for end in (edge.gone, edge.kept)}
    OwnProfile.objects.filter(pk__in=set(customers) - joined).delete()


def _copy(chosen: Mapping[int, Mapping[str, int]]) -> None:
    """Sealed values go from row to row as they are; nothing is opened."""
    columns = ", ".join(f"{column} = {field}_of.{column}" for field, names in FIELDS.items() for column in names)
    joins = " ".join(f"JOIN customers_ownprofile {field}_of ON {field}_of.id = s.{field}" for field in FIELDS)
    arrays = ", ".join(["%s::bigint[]"] * (len(FIELDS) + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE customers_customer c SET {columns}, profile_seen_at = own.profile_seen_at,"
            f" updated_at = own.updated_at FROM unnest({arrays}) s (id, {', '.join(FIELDS)})"
            f" JOIN customers_ownprofile own ON own.id = s.id {joins} WHERE c.id = s.id AND c.erased_at IS NULL",
            [list(chosen), *([whose[field] for whose in chosen.values()] for field in FIELDS)],
        )


def bring_up_to_date(customers: Collection[int]) -> None:
    """After own profiles of some changed: write what their trees say together."""
    rows = Customer.objects.filter(pk__in=list(customers)).values_list("pk", "merged_into")
    tree = tree_of({into or number for number, into in rows})
    write_together(tree, edges_of(tree))


def with_own(customers: Collection[int]) -> set[int]:
    """Those of them that a merge joins with others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM customers_ownprofile WHERE id = ANY(%s::bigint[])",
            [bulk.numbers(customers)],
        )
        return {number for (number,) in cursor.fetchall()}
