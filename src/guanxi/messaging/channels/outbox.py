"""The way out when no server is set: messages stay here, encrypted, and can be looked at as the receiver would."""

import base64
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.crypto import keyring
from guanxi.messaging import tokens
from guanxi.messaging.channels.base import Connection, Handover, Outcome, Transport, TransportTrouble, Verdict
from guanxi.messaging.models import OutboxMessage

SEAL_NAME = "messaging_outboxmessage.content"
PUT = "INSERT INTO messaging_outboxmessage (message_id, content, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
"""One statement for one message, in a thread that competes with the filling in of the next."""


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
        number, content, at = handover.message_id, pack(handover.content), timezone.now()
        if number == tokens.TEST:
            OutboxMessage(message_id=number, content=content, at=at).save()  # takes the place of the one before
            return Outcome(number, Verdict.SENT)
        try:
            with connection.cursor() as cursor:
                cursor.execute(PUT, [number, keyring().seal(content, SEAL_NAME), at])
        except DatabaseError as error:
            raise TransportTrouble(_("The local outbox cannot be written to; the log says why.")) from error
        return Outcome(number, Verdict.SENT)

    @property
    def alive(self) -> bool:
        return True

    def close(self) -> None:
        """The database connection is the thread's, which ends it."""


class OutboxTransport(Transport):
    label = gettext_lazy("Local outbox")

    def open(self) -> OutboxConnection:
        return OutboxConnection()
