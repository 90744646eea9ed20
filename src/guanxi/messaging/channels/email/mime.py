"""A message's bytes, put together directly: the standard library's EmailMessage needs ten times as long.

RFC 5322 (lines end in CRLF and stay under 998 octets), RFC 2045 and 2046 (parts), RFC 2047 (words outside ASCII in
headers). Tests read every message back with the standard library.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
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
MULTIPART = f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n--{BOUNDARY}\r\n'
BEFORE_HTML = f"\r\n--{BOUNDARY}\r\n{PART.format(kind='html', encoding='quoted-printable')}".encode()
CLOSING = f"\r\n--{BOUNDARY}--\r\n".encode()
REMEMBER_FROM = 160
"""Shorter pieces are names and links, which differ from message to message."""


def message(headers: str, *, text: str, html: Sequence[str] = ()) -> bytes:
    """The whole message; ``headers`` are ready lines. With HTML it has both parts, plain text first."""
    head = headers + "MIME-Version: 1.0\r\n"
    encoding, body = encode_text(text)
    plain = PART.format(kind="plain", encoding=encoding)
    if not html:
        return (head + plain).encode("ascii") + body
    return b"".join((f"{head}{MULTIPART}{plain}".encode("ascii"), body, BEFORE_HTML, encode_pieces(html), CLOSING))


def encode_text(text: str) -> tuple[str, bytes]:
    """Transfer encoding and encoded text: quoted-printable where most is ASCII, else base64, which is shorter then."""
    data = _lines(text if text.endswith("\n") else text + "\n")
    if data.isascii() or len(data) - data.count(b"\r") - len(text) < len(text) // 6:
        return "quoted-printable", _without_dots(binascii.b2a_qp(data, istext=True))
    encoded = b64encode(data)
    return "base64", b"\r\n".join([encoded[at : at + 76] for at in range(0, len(encoded), 76)]) + b"\r\n"


def encode_pieces(pieces: Iterable[str]) -> bytes:
    """Quoted-printable, piece by piece with soft line breaks between them, so that each piece of a template is encoded
    once and not for every customer."""
    return b"".join([_remembered(p) if len(p) >= REMEMBER_FROM else _quoted(p) for p in pieces])


def _quoted(piece: str) -> bytes:
    data = _lines(piece)
    encoded = binascii.b2a_qp(data, istext=True)
    if b"\r\n" not in data:
        encoded = encoded.replace(b"=\n", b"=\r\n")
    encoded = _without_dots(encoded)
    return encoded if data.endswith(b"\n") or not data else encoded + b"=\r\n"


def _without_dots(encoded: bytes) -> bytes:
    """SMTP doubles a dot that begins a line, and takes one alone for the end (RFC 5321, 4.5.2); here none does. The
    encoded dot stands on a line of its own, so that none gets too long."""
    encoded = b"\n" + encoded
    while b"\n." in encoded:
        encoded = encoded.replace(b"\n.", b"\n=2E=\r\n")
    return encoded[1:]


_remembered = lru_cache(maxsize=2048)(_quoted)


def _lines(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data.replace(b"\n", b"\r\n")


def header(value: str) -> str:
    """Free text as a header's value: one line of plain ASCII as it is, everything else as folded encoded words."""
    value = CONTROL.sub(" ", value).strip()
    if PLAIN_HEADER.fullmatch(value) and "=?" not in value:
        return value
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in _words(value.encode("utf-8", "replace")))


def _words(data: bytes) -> Iterator[bytes]:
    """UTF-8 in parts that fit an encoded word and break no character."""
    start = 0
    while start < len(data):
        end = start + WORD_OCTETS
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        yield data[start:end]
        start = end


@lru_cache(maxsize=64)
def mailbox(name: str, address: str) -> str:
    """``Name <address>`` for a header."""
    name = CONTROL.sub(" ", name).strip()
    if not name:
        return address
    shown = header(name)
    if shown == name and not re.fullmatch(r"[\w !#$%&'*+/=?^`{|}~-]*", name, re.ASCII):
        shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{shown} <{address}>"


@lru_cache(maxsize=8)
def date(moment: datetime) -> str:
    """RFC 5322 date; callers round to the second, so a run writes most of them once."""
    return format_datetime(moment)
