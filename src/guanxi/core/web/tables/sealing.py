"""Search texts that may be personal data stand in addresses only encrypted: addresses end up in logs and histories."""

import base64
import binascii

from guanxi.core.crypto import SealBroken, keyring


def seal_text(text: str, table: str) -> str:
    if not text:
        return ""
    return base64.urlsafe_b64encode(keyring().seal(text, f"search.{table}")).decode().rstrip("=")


def open_text(sealed: str, table: str) -> str:
    """What was sealed; empty for anything else."""
    try:
        return keyring().open(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)), f"search.{table}")
    except (SealBroken, binascii.Error, ValueError):
        return ""
