"""The way out when no server is set: messages stay here, encrypted, and can be looked at as the receiver would."""

import base64
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.messaging import tokens
from guanxi.messaging.channels.base import Connection, Handover, Outcome, Transport, TransportTrouble, Verdict
from guanxi.messaging.models import OutboxMessage


def pack(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 1)).decode()


def unpack(stored: str) -> bytes:
    return zlib.decompress(base64.b64decode(stored))


def forget_old(*, now: datetime) -> int:
    """Delete messages that have been kept for GUANXI_OUTBOX_DAYS; 0 keeps them for ever. Returns how many went."""
    if settings.OUTBOX_DAYS <= 0:
        return 0
    gone, _by_model = OutboxMessage.objects.filter(at__lt=now - timedelta(days=settings.OUTBOX_DAYS)).delete()
    return gone


class OutboxConnection(Connection):
    """Writes one row per message. Its number is the key, so repeating is harmless and there is no last step."""

    def send(self, handover: Handover, last_step: Callable[[], None], following: Handover | None = None) -> Outcome:
        row = OutboxMessage(message_id=handover.message_id, content=pack(handover.content), at=timezone.now())
        if handover.message_id == tokens.TEST:
            row.save()  # the newest test takes the place of the one before
            return Outcome(handover.message_id, Verdict.SENT)
        try:
            OutboxMessage.objects.bulk_create([row], ignore_conflicts=True)
        except DatabaseError as error:
            raise TransportTrouble(_("The local outbox cannot be written to; the log says why.")) from error
        return Outcome(handover.message_id, Verdict.SENT)

    @property
    def alive(self) -> bool:
        return True

    def close(self) -> None:
        """The database connection is the thread's, which ends it."""


class OutboxTransport(Transport):
    label = gettext_lazy("Local outbox")

    def open(self) -> OutboxConnection:
        return OutboxConnection()
