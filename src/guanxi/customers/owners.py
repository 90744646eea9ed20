"""Who of the staff looks after a customer, in sets."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanxi.core import audit, bulk, events, staff
from guanxi.core.models import User
from guanxi.customers.events import CustomerOwnerChanged

CHANGE = """
UPDATE customers_customer c SET owner_id = %(owner)s FROM (
  SELECT id, owner_id FROM customers_customer
  WHERE {which} AND owner_id IS DISTINCT FROM %(owner)s ORDER BY id FOR UPDATE) before
WHERE c.id = before.id
RETURNING c.id, before.owner_id, c.merged_into IS NULL AND c.erased_at IS NULL
"""
THESE = """
id IN (SELECT coalesce(merged_into, id) FROM customers_customer WHERE id = ANY(%(customers)s::bigint[]))
AND erased_at IS NULL
"""
ANNOUNCE = """
SELECT %(kind)s, s.id, s.id, %(now)s::timestamptz, %(now)s::timestamptz,
  jsonb_build_object('from_owner', s.before, 'to_owner', %(owner)s::bigint)
FROM unnest(%(ids)s::bigint[], %(before)s::bigint[]) s (id, before)
"""


class UnknownOwner(ValueError):
    """Nobody who may sign in has this number; the message is for people."""


NOBODY = "nobody"


def owner_from(text: str) -> int | None:
    """What a form says: the number of one of the staff, or ``nobody``. Raises UnknownOwner."""
    if text == NOBODY:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise UnknownOwner(_("Choose someone who may sign in."))
    return int(text)


def assign(customer_ids: Collection[int], *, owner_id: int | None, user: User | None, now: datetime) -> int:
    """Give customers to one of the staff, or to nobody. Returns how many changed hands. Raises UnknownOwner.

    Of a customer that was merged into another, that other is meant; what each had before is its own again when the
    merge is undone.
    """
    return _change(
        THESE, {"customers": bulk.numbers(customer_ids)}, owner_id, user, now, action="customer.assigned", detail={}
    )


def hand_over(from_id: int, *, owner_id: int | None, user: User | None, now: datetime) -> int:
    """Give all customers of one of the staff to another, or to nobody; also those whom merges hide, so that none comes
    back to someone who left. Returns how many customers changed hands. Raises UnknownOwner."""
    return _change(
        "owner_id = %(from)s",
        {"from": from_id},
        owner_id,
        user,
        now,
        action="customer.handed_over",
        detail={"from": from_id},
    )


def counts() -> dict[int, int]:
    """How many customers each of the staff looks after."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT owner_id, count(*) FROM customers_customer WHERE owner_id IS NOT NULL AND merged_into IS NULL"
            " AND erased_at IS NULL GROUP BY owner_id"
        )
        return dict(cursor.fetchall())


def _change(
    which: str,
    parameters: Mapping[str, int | str],
    owner_id: int | None,
    user: User | None,
    now: datetime,
    *,
    action: str,
    detail: dict[str, object],
) -> int:
    if owner_id is not None and owner_id not in dict(staff.colleagues()):
        raise UnknownOwner(_("Choose someone who may sign in."))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CHANGE.format(which=which), {**parameters, "owner": owner_id})
            shown = [(number, before) for number, before, there in cursor.fetchall() if there]
        if shown:
            told = {
                "kind": CustomerOwnerChanged.kind,
                "owner": owner_id,
                "now": now,
                "ids": [number for number, _before in shown],
                "before": [before for _number, before in shown],
            }
            events.publish_select(ANNOUNCE, told)
            audit.record(
                action,
                actor=user,
                subject=("customer", shown[0][0]) if len(shown) == 1 else None,
                detail={**detail, "to": owner_id, "customers": len(shown)},
                now=now,
            )
    return len(shown)
