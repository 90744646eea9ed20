"""How long visits are kept, and forgetting them."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from guanxi.core import preferences
from guanxi.visits.models import Interest, Session, Visitor

SETTING = "visits.keep_days"
USUAL, SHORTEST, LONGEST = 90, 7, 730
CHUNK = 20_000
DELETED = {
    "events": """
        DELETE FROM visits_visitevent WHERE ctid IN (
          SELECT ctid FROM visits_visitevent WHERE received_at < %(before)s LIMIT %(chunk)s)
    """,
    "sessions": """
        DELETE FROM visits_session WHERE id IN (
          SELECT s.id FROM visits_session s JOIN visits_visitor v ON v.id = s.visitor_id
          WHERE s.started_at < %(before)s AND s.ended_at < %(before)s AND v.customer_id IS NULL LIMIT %(chunk)s)
    """,
    "visitors": """
        DELETE FROM visits_visitor WHERE id IN (
          SELECT id FROM visits_visitor WHERE last_seen_at < %(before)s AND known_since IS NULL LIMIT %(chunk)s)
    """,
    "interests": """
        DELETE FROM visits_interest WHERE id IN (
          SELECT i.id FROM visits_interest i LEFT JOIN visits_visitor v ON v.id = i.visitor_id
          WHERE i.seen_at < %(before)s AND v.customer_id IS NULL LIMIT %(chunk)s)
    """,
}
"""What a customer did stays, in the event log, the sessions and the interests; single events go for everybody."""


def keep_days() -> int:
    return int(preferences.get(SETTING, USUAL))


def set_keep_days(days: int) -> None:
    preferences.put(SETTING, min(LONGEST, max(SHORTEST, days)))


def delete_old(*, now: datetime) -> dict[str, int]:
    """Delete what is older than the merchant keeps it, some thousand rows at a time. Returns how many of each."""
    before = now - timedelta(days=keep_days())
    deleted = dict.fromkeys(DELETED, 0)
    for name, statement in DELETED.items():
        gone = CHUNK
        while gone == CHUNK:
            with connection.cursor() as cursor:  # a transaction each, so that nobody waits long
                cursor.execute(statement, {"before": before, "chunk": CHUNK})
                gone = cursor.rowcount
            deleted[name] += gone
    return deleted


def forget_customers(customer_ids: list[int]) -> None:
    """What these customers' browsers did, and that they are theirs; for customers whose data is erased."""
    with transaction.atomic(), connection.cursor() as cursor:
        visitors = list(Visitor.objects.filter(customer_id__in=customer_ids).values_list("pk", flat=True))
        cursor.execute(
            "DELETE FROM visits_visitevent e USING visits_visitor v WHERE v.id = ANY(%s) AND e.visitor = v.key",
            [visitors],
        )
        Session.objects.filter(visitor_id__in=visitors).delete()
        Interest.objects.filter(visitor_id__in=visitors).delete()
        cursor.execute(
            "UPDATE visits_visitor SET customer_id = NULL, origin_customer_id = NULL, key = gen_random_uuid(),"
            " visits = 0, pages = 0, products = 0, searches = 0, carts = 0, orders = 0, forms = 0, heat = 0"
            " WHERE id = ANY(%s)",
            [visitors],
        )
