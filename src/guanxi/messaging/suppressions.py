"""The list of addresses nobody writes to: by keyed hash, so that it holds no address itself."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from guanxi.core import audit, bulk
from guanxi.core.models import User
from guanxi.customers import queries as customers
from guanxi.customers.types import Channel
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.models import SoftBounces, Suppression
from guanxi.messaging.types import SuppressionReason

SOFT_LIMIT = 5
"""Passing bounces after which an address counts as dead."""


class NotAnAddress(ValueError):
    """Nothing can be sent to what was given."""


def among(digests: Sequence[UUID], channel: str) -> set[UUID]:
    """Which of these are suppressed. One query, however many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest FROM messaging_suppression WHERE channel = %s AND digest = ANY(%s::uuid[])",
            [channel, bulk.array(map(str, digests))],
        )
        return {row[0] for row in cursor.fetchall()}


def any_at_all(channel: str) -> bool:
    return Suppression.objects.filter(channel=channel).exists()


def find(address: str, channel: str) -> Suppression | None:
    """By exact address; the list can be searched in no other way. Raises NotAnAddress."""
    return Suppression.objects.filter(channel=channel, digest=_digest(address, channel)).first()


def add(address: str, *, channel: str, note: str, actor: User, now: datetime) -> Suppression:
    """By hand. Raises NotAnAddress."""
    digest = _digest(address, channel)
    with transaction.atomic():
        row, made = Suppression.objects.get_or_create(
            channel=channel,
            digest=digest,
            defaults={"reason": SuppressionReason.MANUAL, "note": note[:200], "added_by": actor, "at": now},
        )
        if made:
            audit.record("suppression.added", actor=actor, subject=("suppression", row.pk), now=now)
    return row


def remove(suppression_id: int, *, note: str, actor: User, now: datetime) -> bool:
    """Let messages go to this address again; its soft bounces are forgotten. ``note`` says why, for the audit trail."""
    with transaction.atomic():
        row = Suppression.objects.select_for_update().filter(pk=suppression_id).first()
        if row is None:
            return False
        SoftBounces.objects.filter(channel=row.channel, digest=row.digest).delete()
        detail: dict[str, object] = {"reason": row.reason, "note": note[:200]}
        audit.record("suppression.removed", actor=actor, subject=("suppression", row.pk), detail=detail, now=now)
        row.delete()
    return True


def put(digest: UUID, *, channel: str, reason: str, message_id: int | None, now: datetime) -> None:
    """By the machine; an address that is there already keeps its first reason."""
    row = Suppression(channel=channel, digest=digest, reason=reason, message_id=message_id, at=now)
    Suppression.objects.bulk_create([row], ignore_conflicts=True)


def add_unknown_users(found: Sequence[tuple[str, str, int]], *, now: datetime) -> None:
    """(channel, address, message) of addresses that a receiving server said do not exist."""
    rows = [
        Suppression(
            channel=channel,
            digest=CHANNELS.get(channel).digest(address),
            reason=SuppressionReason.HARD_BOUNCE,
            message_id=message_id,
            at=now,
        )
        for channel, address, message_id in found
    ]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def count_soft(digest: UUID, *, channel: str, message_id: int, now: datetime) -> int:
    """One more passing bounce; suppresses the address at SOFT_LIMIT. Returns how many there are."""
    with transaction.atomic():
        row, _made = SoftBounces.objects.get_or_create(channel=channel, digest=digest, defaults={"last_at": now})
        SoftBounces.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=now)
        row.refresh_from_db(fields=["count"])
        if row.count >= SOFT_LIMIT:
            put(digest, channel=channel, reason=SuppressionReason.SOFT_BOUNCES, message_id=message_id, now=now)
    return row.count


def suppressed_ids(addresses: dict[int, str], channel: str) -> set[int]:
    """Of customers by address, those whose address is suppressed."""
    if not addresses or not any_at_all(channel):
        return set()
    digest = CHANNELS.get(channel).digest
    owners: dict[UUID, list[int]] = defaultdict(list)
    for customer_id, address in addresses.items():
        owners[digest(address)].append(customer_id)
    return {customer_id for found in among(list(owners), channel) for customer_id in owners[found]}


def suppressed_customers(customer_ids: Sequence[int], channel: str) -> set[int]:
    """Of these customers those whose address is suppressed, found by hashes: only who may be one has it opened."""
    if not customer_ids or not any_at_all(channel):
        return set()
    kind = Channel(channel)
    digests = customers.contact_digests(customer_ids, channel=kind)
    found = among([digest for _customer, digest in digests], channel)
    suspects = [customer for customer, digest in digests if digest in found]
    return suppressed_ids(customers.addresses(suspects, channel=kind), channel)


def _digest(address: str, channel: str) -> UUID:
    kind = CHANNELS.get(channel)
    if not kind.normalise(address):
        raise NotAnAddress
    return kind.digest(address)
