"""Personal data at rest: authenticated encryption with keys that rotate, and keyed hashes to find it again.

A sealed value is ``version (1) | key number (2) | nonce (12) | AES-256-GCM ciphertext and tag``, bound to the field it
stands in. Hashes are BLAKE2b keyed with a secret of their own, so that rotating the data key moves no index.
"""

import base64
import json
import os
import secrets
from functools import cache
from hashlib import blake2b
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from guanxi.core.secret_files import read_or_make

VERSION = b"\x01"
HEADER = 3
NONCE = 12


class SealBroken(ValueError):
    """The sealed value was altered, belongs to another field, or its key is gone."""


class Keyring:
    """Data keys by number, newest in use, and the secret of the keyed hashes."""

    def __init__(self, *, data: dict[int, bytes], index: bytes) -> None:
        self.data = data
        self.index = index
        self.current = max(data)
        self._ciphers = {number: AESGCM(key) for number, key in data.items()}

    def seal(self, text: str, field: str) -> bytes:
        """Encrypt for one field. Empty text stays empty: whether a field is filled is no secret."""
        if not text:
            return b""
        header = VERSION + self.current.to_bytes(2, "big")
        nonce = os.urandom(NONCE)
        return header + nonce + self._ciphers[self.current].encrypt(nonce, text.encode(), field.encode())

    def open(self, sealed: bytes | memoryview, field: str) -> str:
        """Decrypt. Raises SealBroken."""
        sealed = bytes(sealed)
        if not sealed:
            return ""
        cipher = self._ciphers.get(int.from_bytes(sealed[1:HEADER], "big"))
        if sealed[:1] != VERSION or cipher is None:
            raise SealBroken(f"{field}: no key for this value; restore the keyring it was written with")
        try:
            return cipher.decrypt(sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :], field.encode()).decode()
        except InvalidTag:
            raise SealBroken(f"{field}: the stored value was altered or belongs to another field") from None

    def hash(self, value: str, domain: str) -> UUID:
        """128-bit keyed hash of a normalised value; equal values of one domain have equal hashes."""
        return UUID(self.hex_hash(value, domain))

    def hex_hash(self, value: str, domain: str) -> str:
        """The same as 32 hexadecimal digits, for those who hash by the thousand."""
        return blake2b(value.encode(), key=self.index, person=_person(domain), digest_size=16).hexdigest()

    def token(self, value: str, domain: str) -> int:
        """Signed 64-bit keyed hash, for sets of search words."""
        digest = blake2b(value.encode(), key=self.index, person=_person(domain), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)

    def dump(self) -> str:
        return json.dumps(
            {
                "data": {str(number): base64.b64encode(key).decode() for number, key in self.data.items()},
                "index": base64.b64encode(self.index).decode(),
            }
        )

    @classmethod
    def load(cls, text: str) -> "Keyring":
        raw = json.loads(text)
        return cls(
            data={int(number): base64.b64decode(key) for number, key in raw["data"].items()},
            index=base64.b64decode(raw["index"]),
        )

    @classmethod
    def fresh(cls) -> "Keyring":
        return cls(data={1: secrets.token_bytes(32)}, index=secrets.token_bytes(32))

    def with_new_key(self) -> "Keyring":
        """The same ring with one more data key, used from now on; older keys still open older values."""
        return Keyring(data={**self.data, self.current + 1: secrets.token_bytes(32)}, index=self.index)


@cache
def _person(domain: str) -> bytes:
    return blake2b(domain.encode(), digest_size=16).digest()


def encrypt(content: bytes) -> tuple[str, bytes]:
    """Encrypt something large with a key of its own. Gives the key as text, to be sealed beside it, and the content as
    ``nonce (12) | AES-256-GCM ciphertext and tag``."""
    key, nonce = secrets.token_bytes(32), os.urandom(NONCE)
    return base64.b64encode(key).decode(), nonce + AESGCM(key).encrypt(nonce, content, b"content")


def decrypt(key: str, encrypted: bytes | memoryview) -> bytes:
    """What `encrypt` was given. Raises SealBroken."""
    encrypted = bytes(encrypted)
    try:
        return AESGCM(base64.b64decode(key)).decrypt(encrypted[:NONCE], encrypted[NONCE:], b"content")
    except (InvalidTag, ValueError):
        raise SealBroken("the stored content was altered or its key is another's") from None


def keyring_path() -> Path:
    return Path(settings.GUANXI_HOME) / "secrets" / "data_keys.json"


@cache
def keyring() -> Keyring:
    """This installation's ring: `GUANXI_DATA_KEYS`, else `GUANXI_HOME/secrets/data_keys.json`, made on first use."""
    if text := os.environ.get("GUANXI_DATA_KEYS"):
        return Keyring.load(text)
    return Keyring.load(read_or_make(keyring_path(), lambda: Keyring.fresh().dump()))


def save_keyring(ring: Keyring) -> None:
    """Replace the ring's file in one step and use it from now on in this process."""
    path = keyring_path()
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(ring.dump())
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    keyring.cache_clear()
