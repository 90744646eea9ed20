"""What customers are and what they are to us, in sets."""

from collections.abc import Collection, Mapping

from django.db import connection

from guanxi.core import bulk

GATHER = """
UPDATE customers_customer c SET roles = g.roles
FROM (
  SELECT t.id, coalesce((SELECT array_agg(DISTINCT r ORDER BY r) FROM customers_customer m, unnest(m.own_roles) r
                         WHERE m.id = t.id OR m.merged_into = t.id), '{}') AS roles
  FROM customers_customer t WHERE t.id = ANY(%s::bigint[])
) g
WHERE c.id = g.id AND c.roles IS DISTINCT FROM g.roles
"""
GIVE = """
UPDATE customers_customer c SET own_roles = g.roles
FROM (
  SELECT t.id, (SELECT array_agg(DISTINCT r ORDER BY r) FROM unnest(t.own_roles || string_to_array(s.given, ',')) r)
    AS roles
  FROM unnest(%s::bigint[], %s::text[]) s (id, given) JOIN customers_customer t ON t.id = s.id
  WHERE t.erased_at IS NULL
) g
WHERE c.id = g.id AND c.own_roles IS DISTINCT FROM g.roles
"""


def give(roles: Mapping[int, Collection[str]]) -> None:
    """Add roles to customers; those they have stay."""
    given = {customer: sorted(several) for customer, several in roles.items() if several}
    if not given:
        return
    with connection.cursor() as cursor:
        words = [",".join(several) for several in given.values()]
        cursor.execute(GIVE, [bulk.numbers(given), bulk.texts(words)])
    gather(given)


def replace(customer_id: int, roles: Collection[str]) -> None:
    """The roles of one customer are these from now on, whatever those merged into it were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET own_roles = CASE WHEN id = %(id)s THEN %(roles)s::varchar[] ELSE '{}' END"
            " WHERE id = %(id)s OR merged_into = %(id)s",
            {"id": customer_id, "roles": sorted(roles)},
        )
    gather([customer_id])


def gather(customers: Collection[int]) -> None:
    """Write the roles that customers have now, with those of all that were merged into them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT coalesce(merged_into, id) FROM customers_customer WHERE id = ANY(%s::bigint[])",
            [bulk.numbers(customers)],
        )
        tops = [row[0] for row in cursor.fetchall()]
        cursor.execute(GATHER, [bulk.numbers({*tops, *customers})])
