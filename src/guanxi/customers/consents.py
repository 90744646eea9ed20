"""The ledger of consent: who said yes or no to which channel and purpose, when, and where they said it.

The newest entry holds. What a customer told us themselves goes before what an export says: once someone has
unsubscribed here, the "accepts marketing" of a later order is not recorded, because the shop platform does not know of
the unsubscription and repeats its old yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from guanxi.core import bulk, events
from guanxi.customers.types import Channel, IncomingConsent, Purpose

DIRECT_SOURCES = ("unsubscribe", "complaint", "preferences", "form", "api")
"""Where the customer, or a person of the merchant on their word, says it to us."""

RECORD = """
INSERT INTO customers_consententry
  (customer_id, origin_customer_id, channel, purpose, granted, at, source, recorded_at, detail)
SELECT s.customer_id, s.origin, s.channel, s.purpose, s.granted, s.at, %(source)s, %(now)s, %(detail)s
FROM (
  SELECT coalesce(c.merged_into, c.id) AS customer_id, CASE WHEN c.merged_into IS NOT NULL THEN c.id END AS origin,
         u.channel, u.purpose, u.granted, u.at
  FROM unnest(%(customers)s::bigint[], %(channels)s::text[], %(purposes)s::text[], %(granted)s::boolean[],
              %(at)s::timestamptz[]) AS u (customer_id, channel, purpose, granted, at)
  JOIN customers_customer c ON c.id = u.customer_id
) s
WHERE %(direct)s OR (
  (SELECT e.granted FROM customers_consententry e
   WHERE e.customer_id = s.customer_id AND e.channel = s.channel AND e.purpose = s.purpose AND e.at <= s.at
   ORDER BY e.at DESC, e.id DESC LIMIT 1) IS DISTINCT FROM s.granted
  AND (NOT s.granted OR
   (SELECT e.granted FROM customers_consententry e
    WHERE e.customer_id = s.customer_id AND e.channel = s.channel AND e.purpose = s.purpose
      AND e.source = ANY(%(direct_sources)s)
    ORDER BY e.at DESC, e.id DESC LIMIT 1) IS DISTINCT FROM FALSE))
ON CONFLICT DO NOTHING
RETURNING id
"""

ANNOUNCE = """
SELECT CASE WHEN e.granted THEN 'consent.granted' ELSE 'consent.withdrawn' END,
       coalesce(e.origin_customer_id, e.customer_id), e.id, e.at,
       e.recorded_at, jsonb_build_object('channel', e.channel, 'purpose', e.purpose, 'source', e.source)
FROM customers_consententry e
WHERE e.id = ANY(%s)
  AND NOT EXISTS (SELECT FROM customers_consententry n
    WHERE n.customer_id = e.customer_id AND n.channel = e.channel AND n.purpose = e.purpose
      AND (n.at, n.id) > (e.at, e.id))
  AND (SELECT p.granted FROM customers_consententry p
    WHERE p.customer_id = e.customer_id AND p.channel = e.channel AND p.purpose = e.purpose
      AND (p.at, p.id) < (e.at, e.id)
    ORDER BY p.at DESC, p.id DESC LIMIT 1) IS DISTINCT FROM e.granted
ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a message may go."""

    allowed: bool
    reason: str
    """``granted``, ``not_needed`` (service messages), ``withdrawn``, ``never_given`` or ``erased``."""


GRANTED, NOT_NEEDED = Answer(True, "granted"), Answer(True, "not_needed")
WITHDRAWN, NEVER_GIVEN, ERASED = Answer(False, "withdrawn"), Answer(False, "never_given"), Answer(False, "erased")


def record(said: Sequence[tuple[int, IncomingConsent]], *, source: str, now: datetime, detail: str = "") -> int:
    """Enter what customers said; an import's repetition of what is known is left out. Returns the entries made.

    A change of what holds becomes the event consent.granted or consent.withdrawn.
    """
    direct = source in DIRECT_SOURCES
    rows = _without_repetitions(said)
    if not rows:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            {
                "customers": [customer for customer, _consent in rows],
                "channels": [consent.channel.value for _customer, consent in rows],
                "purposes": [consent.purpose.value for _customer, consent in rows],
                "granted": [consent.granted for _customer, consent in rows],
                "at": [consent.at for _customer, consent in rows],
                "source": source[:60],
                "detail": detail[:200],
                "now": now,
                "direct": direct,
                "direct_sources": list(DIRECT_SOURCES),
            },
        )
        made = [row[0] for row in cursor.fetchall()]
        if made:
            events.publish_select(ANNOUNCE, [made])
    return len(made)


def _without_repetitions(said: Sequence[tuple[int, IncomingConsent]]) -> list[tuple[int, IncomingConsent]]:
    """In order of time, each customer's answer only where it differs from the one before."""
    last: dict[tuple[int, Channel, Purpose], bool] = {}
    rows = []
    for customer, consent in sorted(said, key=lambda pair: (pair[1].at, pair[0])):
        subject = (customer, consent.channel, consent.purpose)
        if last.get(subject) is not consent.granted:
            last[subject] = consent.granted
            rows.append((customer, consent))
    return rows


def may_contact(customer_ids: Sequence[int], *, channel: Channel, purpose: Purpose) -> dict[int, Answer]:
    """For each customer, whether a message of this purpose may go by this channel, and why."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.erased_at IS NOT NULL, (SELECT e.granted FROM customers_consententry e"
            "  WHERE e.customer_id = c.id AND e.channel = %s AND e.purpose = %s ORDER BY e.at DESC, e.id DESC LIMIT 1)"
            " FROM customers_customer c WHERE c.id = ANY(%s::bigint[])",
            [channel.value, purpose.value, bulk.numbers(customer_ids)],
        )
        said = {None: NOT_NEEDED if purpose is Purpose.SERVICE else NEVER_GIVEN, True: GRANTED, False: WITHDRAWN}
        found = {customer: ERASED if erased else said[granted] for customer, erased, granted in cursor.fetchall()}
    return {customer: found.get(customer, ERASED) for customer in customer_ids}
