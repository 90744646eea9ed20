"""What comes back by e-mail: delivery reports (RFC 3464), spam complaints (RFC 5965) and mail-to unsubscribing.

A report is about a message of ours only when it carries that message's signed token, in the address it came to (VERP)
or in the Message-ID of the message it returns; so a forged report can suppress nobody.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from guanxi.messaging import tokens
from guanxi.messaging.channels.base import Inbound, InboundKind
from guanxi.messaging.channels.email.smtp import NO_SUCH_USER, NO_SUCH_USER_WORDS

TOKEN = re.compile(r"(?<![0-9a-z])([0-9a-f]{1,16}-[a-z2-7]{16})(?![0-9a-z])", re.IGNORECASE)
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
ADDRESSED = ("X-Original-To", "Delivered-To", "Envelope-To", "To")


def read(raw: bytes) -> list[Inbound]:
    """One entry for each message of ours it reports on; empty for anything else."""
    try:
        mail = message_from_bytes(raw)
        number = _about(mail)
        return [] if number is None else list(_news(mail, number))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []  # machines write reports that break every rule; an unreadable one says nothing


def _about(mail: Message) -> int | None:
    """The message of ours that this is about."""
    places = [str(mail.get(name, "")) for name in ADDRESSED]
    places += [str(part.get("Message-ID", "")) for part in _returned(mail)]
    places += [str(mail.get(name, "")) for name in ("In-Reply-To", "References", "X-Failed-Message-ID")]
    for place in places:
        for found in TOKEN.findall(place):
            try:
                return tokens.message_id(found)
            except tokens.BadToken:
                continue
    return None


def _returned(mail: Message) -> Iterator[Message]:
    """The message, or its headers, that a report gives back."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            yield from (inner for inner in (payload if isinstance(payload, list) else []) if isinstance(inner, Message))
        elif part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            text = part.get_payload(decode=True)
            yield message_from_bytes(text if isinstance(text, bytes) else b"")


def _news(mail: Message, number: int) -> Iterator[Inbound]:
    at = _moment(mail)
    for part in mail.walk():
        content = part.get_content_type()
        if content == "message/delivery-status":
            yield from (found for fields in _recipients(part) if (found := _bounce(fields, number, at)))
            return
        if content == "message/feedback-report":
            yield Inbound(InboundKind.COMPLAINT, number, at=at)
            return
    if mail.get_content_maintype() == "text" and re.match(r"(re: *)?unsubscribe\b", str(mail.get("Subject", "")), re.I):
        yield Inbound(InboundKind.UNSUBSCRIBE, number, at=at)


def _recipients(part: Message) -> list[Message]:
    """The groups of fields that stand for one recipient each."""
    groups = part.get_payload()
    found = [group for group in groups if isinstance(group, Message)] if isinstance(groups, list) else []
    return [group for group in found if group.get("Action")][:1]


def _bounce(fields: Message, number: int, at: datetime | None) -> Inbound | None:
    if str(fields.get("Action", "")).strip().lower() != "failed":
        return None  # delayed, relayed, expanded or delivered: nothing came back
    words = " ".join(str(fields.get(name, "")) for name in ("Status", "Diagnostic-Code"))
    # The diagnostic is the far server's own word; gateways put a general 5.0.0 before it.
    codes = [code.group() for code in STATUS.finditer(words)]
    code = next((c for c in reversed(codes) if not c.endswith(".0.0")), codes[0] if codes else "")
    return Inbound(_kind(code, words), number, code=code, at=at)


def _kind(code: str, words: str) -> InboundKind:
    if code in NO_SUCH_USER or (code in {"", "5.0.0"} and NO_SUCH_USER_WORDS.search(words)):
        return InboundKind.HARD_BOUNCE
    if code in {"5.1.2", "5.1.0", "5.4.4", "5.1.4"}:
        return InboundKind.HARD_BOUNCE  # no such host or domain
    if code.startswith("5.7."):
        return InboundKind.POLICY_BOUNCE
    return InboundKind.SOFT_BOUNCE


def _moment(mail: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(mail.get("Date", "")))
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
