"""A message's bytes, put together directly: the standard library's EmailMessage needs ten times as long.

RFC 5322 (lines end in CRLF and stay under 998 octets), RFC 2045 and 2046 (parts), RFC 2047 (words outside ASCII in
headers). Tests read every message back with the standard library.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

BOUNDARY = "=_guanxi_part"
"""Can stand in no body: quoted-printable writes ``=`` as ``=3D``, and base64 knows no ``_``."""
WORD_OCTETS = 39
"""Octets of text in one encoded word; in base64 with its frame that stays under the 75 characters of RFC 2047."""
PLAIN_HEADER = re.compile(r"[ -~]{0,60}")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")

PART = "Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"


def message(headers: Iterable[tuple[str, str]], *, text: str, html: str) -> bytes:
    """The whole message; ``headers`` are ready lines. With HTML it has both parts, plain text first."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers) + "MIME-Version: 1.0\r\n"
    if not html:
        return head.encode("ascii") + _part("plain", text)
    opening = f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n--{BOUNDARY}\r\n'
    return b"".join(
        (
            (head + opening).encode("ascii"),
            _part("plain", text),
            f"\r\n--{BOUNDARY}\r\n".encode(),
            _part("html", html),
            f"\r\n--{BOUNDARY}--\r\n".encode(),
        )
    )


def _part(kind: str, text: str) -> bytes:
    encoding, body = encode_body(text)
    return PART.format(kind=kind, encoding=encoding).encode() + body


def encode_body(text: str) -> tuple[str, bytes]:
    """Transfer encoding and encoded text: quoted-printable where most is ASCII, else base64."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        text += "\n"
    data = text.replace("\n", "\r\n").encode("utf-8", "replace")
    if len(data) - len(text) < len(text) // 6:
        return "quoted-printable", binascii.b2a_qp(data, istext=True)
    encoded = b64encode(data)
    return "base64", b"\r\n".join([encoded[at : at + 76] for at in range(0, len(encoded), 76)]) + b"\r\n"


def header(value: str) -> str:
    """Free text as a header's value: one line of plain ASCII as it is, everything else as folded encoded words."""
    value = CONTROL.sub(" ", value).strip()
    if PLAIN_HEADER.fullmatch(value) and "=?" not in value:
        return value
    words, current, octets = [], "", 0
    for character in value:
        size = len(character.encode("utf-8", "replace"))
        if octets + size > WORD_OCTETS:
            words.append(current)
            current, octets = "", 0
        current += character
        octets += size
    words.append(current)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word.encode('utf-8', 'replace')).decode()}?=" for word in words)


@lru_cache(maxsize=64)
def mailbox(name: str, address: str) -> str:
    """``Name <address>`` for a header."""
    if not name:
        return address
    shown = header(name)
    if shown == name.strip() and not re.fullmatch(r"[\w !#$%&'*+/=?^`{|}~-]*", name, re.ASCII):
        shown = '"' + name.strip().replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{shown} <{address}>"


@lru_cache(maxsize=8)
def date(moment: datetime) -> str:
    """RFC 5322 date; callers round to the second, so a run writes most of them once."""
    return format_datetime(moment)


def stuffed(content: bytes) -> bytes:
    """Ready for DATA: lines that begin with a dot get another (RFC 5321, 4.5.2), and it ends in CRLF."""
    if content.startswith(b"."):
        content = b"." + content
    if b"\n." in content:
        content = content.replace(b"\r\n.", b"\r\n..")
    return content if content.endswith(b"\r\n") else content + b"\r\n"
