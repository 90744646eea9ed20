"""What every channel must do. A new channel adds its sample in ``SAMPLES`` and passes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from guanxi.messaging import tokens
from guanxi.messaging.channels.base import InboundKind

DSN = """From: MAILER-DAEMON@mx.example
To: bounces@shop.example
Date: Mon, 04 May 2026 10:00:00 +0000
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; someone@mail.example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--b
Content-Type: text/rfc822-headers

Message-ID: <{token}@shop.example>
Subject: Hello
--b--
"""
ARF = """From: fbl@provider.example
To: abuse@shop.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1

--b
Content-Type: message/rfc822

Message-ID: <{token}@shop.example>
Subject: Hello

Hello
--b--
"""


def dsn(
    message_id: int, *, action: str = "failed", status: str = "5.1.1", diagnostic: str = "550 5.1.1 no user"
) -> bytes:
    filled = DSN.format(token=tokens.token(message_id), action=action, status=status, diagnostic=diagnostic)
    return filled.replace("\n", "\r\n").encode()


def complaint(message_id: int) -> bytes:
    return ARF.format(token=tokens.token(message_id)).encode()


@dataclass(frozen=True)
class Sample:
    """A channel's side of the suite."""

    good: str
    same: str
    """The same address written in another way."""
    bad: tuple[str, ...]
    inbound: dict[InboundKind, Callable[[int], bytes]] = field(default_factory=dict)
    noise: tuple[bytes, ...] = ()


SAMPLES = {
    "email": Sample(
        good="ana@mail.example.com",
        same=" Ana@Mail.Example.COM",
        bad=("", "ana", "138****1234", "a b@x.example", "a@b.example\r\nBcc: c@d.example"),
        inbound={
            InboundKind.HARD_BOUNCE: dsn,
            InboundKind.SOFT_BOUNCE: lambda number: dsn(number, status="5.2.2", diagnostic="552 5.2.2 mailbox full"),
            InboundKind.POLICY_BOUNCE: lambda number: dsn(number, status="5.7.1", diagnostic="550 5.7.1 blocked"),
            InboundKind.COMPLAINT: complaint,
            InboundKind.UNSUBSCRIBE: lambda number: (
                f"To: bounces+{tokens.token(number)}@shop.example\r\nSubject: unsubscribe\r\n\r\n".encode()
            ),
        },
        noise=(
            b"",
            b"\xff\xfe\x00",
            b"Subject: Re: Hello\r\n\r\nThank you!\r\n",
            b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n",
        ),
    )
}
