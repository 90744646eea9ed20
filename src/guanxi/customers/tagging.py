"""Tags on customers, in sets. A tag was put by hand (or by what a source says), or by a rule; what hands do goes before
what rules do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from guanxi.customers.models import Tag

MAX_NAME = 60

MAKE = """
INSERT INTO customers_tag (name, colour) SELECT n, 'blue' FROM unnest(%s::text[]) n
ON CONFLICT (name) DO UPDATE SET deleted_at = NULL WHERE customers_tag.deleted_at IS NOT NULL
"""
ADD = """
INSERT INTO customers_customertag (customer_id, origin_customer_id, tag_id, added_at)
SELECT DISTINCT ON (c.id, t.id) coalesce(c.merged_into, c.id), CASE WHEN c.merged_into IS NOT NULL THEN c.id END, t.id,
  %(now)s::timestamptz
FROM unnest(%(customers)s::bigint[], %(names)s::text[]) AS s (customer_id, name)
JOIN customers_tag t ON t.name = s.name
JOIN customers_customer c ON c.id = s.customer_id AND c.erased_at IS NULL
"""
ONCE = " ON CONFLICT (coalesce(origin_customer_id, customer_id), tag_id) DO UPDATE SET"
ON_AGAIN = f"""
{ONCE} removed_at = NULL, by_rule = EXCLUDED.by_rule, added_at = CASE
  WHEN customers_customertag.removed_at IS NULL THEN customers_customertag.added_at ELSE EXCLUDED.added_at END
"""
TAKEN_BY_RULE = "customers_customertag.removed_at IS NOT NULL AND customers_customertag.by_rule IS NOT NULL"
KEEP = f"{ON_AGAIN} WHERE {TAKEN_BY_RULE}"
AGAIN = f"{ON_AGAIN} WHERE customers_customertag.removed_at IS NOT NULL OR customers_customertag.by_rule IS NOT NULL"
MEMBERS = """
CREATE TEMP TABLE rule_members ON COMMIT DROP AS SELECT DISTINCT customer_id FROM ({members}) m;
CREATE TEMP TABLE rule_tagged ON COMMIT DROP AS
SELECT id, customer_id, by_rule IS NOT DISTINCT FROM %(rule)s::bigint AS ours FROM customers_customertag
WHERE tag_id = %(tag)s AND removed_at IS NULL;
ANALYZE rule_members, rule_tagged
"""
"""Both sides with statistics: those of the tables do not know what this transaction wrote, and a plan made for one row
would take hours for a million."""
FOLLOW_ON = f"""
INSERT INTO customers_customertag (customer_id, tag_id, added_at, by_rule)
SELECT c.id, %(tag)s::bigint, %(now)s::timestamptz, %(rule)s::bigint
FROM (SELECT customer_id FROM rule_members EXCEPT SELECT customer_id FROM rule_tagged) m
JOIN customers_customer c ON c.id = m.customer_id AND c.erased_at IS NULL AND c.merged_into IS NULL
{ON_AGAIN} WHERE {TAKEN_BY_RULE}
"""
FOLLOW_OFF = """
UPDATE customers_customertag SET removed_at = %(now)s WHERE id IN (
  SELECT g.id FROM rule_tagged g WHERE g.ours
  AND NOT EXISTS (SELECT FROM rule_members m WHERE m.customer_id = g.customer_id))
"""
MERGE = f"""
INSERT INTO customers_customertag (customer_id, origin_customer_id, tag_id, added_at)
SELECT customer_id, origin_customer_id, %(into)s, added_at FROM customers_customertag
WHERE tag_id = %(tag)s AND removed_at IS NULL
{ON_AGAIN} WHERE customers_customertag.removed_at IS NOT NULL OR customers_customertag.by_rule IS NOT NULL
"""
TAKE_OFF = """
UPDATE customers_customertag SET removed_at = %(now)s, by_rule = NULL WHERE tag_id = %(tag)s AND removed_at IS NULL
"""

RenameTold = Callable[[str, str], None]
_told_of_renames: list[RenameTold] = []


class TagTaken(ValueError):
    """Another tag has this name, or the name is none."""


def tell_of_renames(told: RenameTold) -> None:
    """Call this with the old and the new name of tags, in the transaction that renames them; for rooms that keep
    names of tags."""
    _told_of_renames.append(told)


def add(labels: Iterable[tuple[int, str]], *, now: datetime, again: bool) -> int:
    """Put tags on customers, making those that are new. A tag that hands took off comes back only with ``again``.

    Returns how many were put on, those that only a rule had put on included: they are the hands' from now on.
    """
    pairs = sorted({(customer, clean(name)) for customer, name in labels if clean(name)})
    if not pairs:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MAKE, [sorted({name for _customer, name in pairs})])
        cursor.execute(
            ADD + (AGAIN if again else KEEP),
            {"customers": [c for c, _name in pairs], "names": [name for _c, name in pairs], "now": now},
        )
        return cursor.rowcount


def remove(customer_ids: Sequence[int], names: Sequence[str], *, now: datetime) -> int:
    """Take tags off by hand; returns how many there were. No rule puts them on these customers again."""
    tags = list(Tag.objects.filter(name__in=[clean(name) for name in names]).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customertag SET removed_at = %s, by_rule = NULL"
            " WHERE customer_id = ANY(%s) AND tag_id = ANY(%s) AND removed_at IS NULL",
            [now, list(customer_ids), tags],
        )
        return cursor.rowcount


def make(name: str) -> int:
    """The number of the tag with this name, made when there is none. Raises TagTaken for a name that is none."""
    if not clean(name):
        raise TagTaken
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MAKE, [[clean(name)]])
    return Tag.objects.get(name=clean(name)).pk


def follow_rule(
    rule_id: int, tag_id: int, *, members: str, parameters: Mapping[str, Any], now: datetime
) -> tuple[int, int]:
    """Put a rule's tag on all it is for, and take it off those whom only this rule gave it. Returns how many of each.

    ``members`` is a SELECT of ``customer_id`` with named ``parameters`` other than rule, tag and now. Where hands put
    the tag on or took it off, it stays as it is.
    """
    values = {**parameters, "rule": rule_id, "tag": tag_id, "now": now}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in MEMBERS.format(members=members).split(";"):
            cursor.execute(statement, values)
        cursor.execute(FOLLOW_ON, values)
        put_on = cursor.rowcount
        cursor.execute(FOLLOW_OFF, values)
        taken_off = cursor.rowcount
        cursor.execute("DROP TABLE rule_members, rule_tagged")
        return put_on, taken_off


def rename(tag_id: int, name: str) -> None:
    """Call a tag otherwise, on everyone who has it. Raises TagTaken."""
    with transaction.atomic():
        tag = Tag.objects.select_for_update().get(pk=tag_id, deleted_at=None)
        old, tag.name = tag.name, clean(name)
        if not tag.name or Tag.objects.filter(name=tag.name).exclude(pk=tag_id).exists():
            raise TagTaken
        tag.save(update_fields=["name"])
        with connection.cursor() as cursor:  # the name is in the warehouse beside each customer's tag
            cursor.execute("UPDATE customers_customertag SET tag_id = tag_id WHERE tag_id = %s", [tag_id])
        for told in _told_of_renames:
            told(old, tag.name)


def merge(tag_id: int, *, into: int, now: datetime) -> None:
    """Give everyone with one tag the other instead, as by hand. Raises Tag.DoesNotExist."""
    with transaction.atomic():
        names = dict(Tag.objects.select_for_update().filter(deleted_at=None).values_list("pk", "name"))
        if tag_id == into or not {tag_id, into} <= names.keys():
            raise Tag.DoesNotExist
        with connection.cursor() as cursor:
            cursor.execute(MERGE, {"tag": tag_id, "into": into})
        delete(tag_id, now=now)
        for told in _told_of_renames:
            told(names[tag_id], names[into])


def delete(tag_id: int, *, now: datetime) -> None:
    """Take a tag off everyone and out of all lists."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_OFF, {"tag": tag_id, "now": now})
        Tag.objects.filter(pk=tag_id).update(deleted_at=now)


def clean(name: str) -> str:
    return " ".join(name.split())[:MAX_NAME]
