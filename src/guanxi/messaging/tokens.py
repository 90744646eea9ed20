"""What stands in a message's links instead of a person: the message's number, signed.

A token opens exactly what its own message may do: be counted as read, lead to its own links, end its own consent. It
is lower case throughout, so that it survives as a part of a bounce address too.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import constant_time_compare

SALT = "guanxi.messaging.token"
MAC_BYTES = 10
TEST = 0
"""Number of a message that was only a test or a preview."""


class BadToken(ValueError):
    """The token was altered or comes from another installation."""


@lru_cache(maxsize=1024)
def token(message_id: int) -> str:
    """For example ``1f3-mzxw6ytboi2dqmbr``."""
    number = f"{message_id:x}"
    return f"{number}-{_mac(number, settings.SECRET_KEY)}"


def message_id(text: str) -> int:
    """The message a token stands for. Raises BadToken."""
    number, _, mac = text.lower().partition("-")
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(mac, _mac(number, str(secret))):
            return int(number, 16)
    raise BadToken(text[:80])


def _mac(number: str, secret: str) -> str:
    digest = hmac.digest(_key(secret), number.encode(), "sha256")[:MAC_BYTES]
    return base64.b32encode(digest).decode().lower()


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    """As Django's salted_hmac derives it, but once and not for every message."""
    return hashlib.sha256(f"{SALT}{secret}".encode()).digest()
