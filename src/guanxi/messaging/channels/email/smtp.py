"""Handing messages over by SMTP (RFC 5321), on one connection per thread.

smtplib opens the line, encrypts and signs in. The messages themselves go over it directly. What happens before the
final dot can be repeated and what happens after it cannot, so the last step is one packet with the end of the message,
the dot and, with PIPELINING (RFC 2920), the envelope of the next message. Content comes from ``mime.message``: its
lines end in CRLF and none begins with a dot.
"""

import re
import select
import smtplib
import socket
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.messaging.channels.base import Connection, Handover, Outcome, Transport, TransportTrouble, Verdict

TIMEOUT = 30.0
"""Seconds for an answer to a command."""
FINAL_TIMEOUT = 120.0
"""Seconds for the answer to the final dot, while the server may be filtering (RFC 5321, 4.5.3.2.6 allows more)."""
FINAL_DOT = b".\r\n"
LAST_PACKET = 32_768
"""Octets of a message that go with its final dot; a socket takes them at once, so this is no wait."""
LONGEST_REPLY = 16_384
"""Octets after which a line is no reply any more."""
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
NO_SUCH_USER = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
NO_SUCH_USER_WORDS = re.compile(
    r"""user\ unknown | unknown\ user | no\ such\ (user|recipient|mailbox|address) | does\ not\ exist | doesn't\ exist
      | (user|mailbox|recipient|address)\ (was\ )?not\ found | mailbox\ unavailable | invalid\ (recipient|mailbox)
      | recipient\ rejected""",
    re.IGNORECASE | re.VERBOSE,
)
Reply = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """``smtp://user:password@host:port``; ``smtps://`` for TLS from the first byte. ``?tls=required`` refuses to go on
    without STARTTLS, ``?tls=unverified`` takes any certificate, ``?tls=off`` never encrypts."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    implicit_tls: bool = False
    tls: str = "auto"

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """Raises ValueError with a message for the administrator, which does not repeat the password."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError(_("GUANXI_SMTP_URL must look like smtp://user:password@host:port"))
        implicit = parts.scheme == "smtps"
        tls = dict(parse_qsl(parts.query)).get("tls", "auto")
        if tls not in {"auto", "required", "unverified", "off"}:
            raise ValueError(_("GUANXI_SMTP_URL: tls must be auto, required, unverified or off"))
        try:
            port = parts.port or (465 if implicit else 587 if parts.username else 25)
        except ValueError:
            raise ValueError(_("GUANXI_SMTP_URL: the port must be a number")) from None
        return cls(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), implicit, tls)

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.tls == "unverified":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


@dataclass(frozen=True, slots=True)
class SmtpTransport(Transport):
    server: SmtpServer
    connections_wanted: int = 4
    rate_wanted: int = 0
    timeout: float = TIMEOUT
    final_timeout: float = FINAL_TIMEOUT
    label = gettext_lazy("Mail server")

    @property
    def connections(self) -> int:
        return max(1, self.connections_wanted)

    @property
    def rate(self) -> int:
        return max(0, self.rate_wanted)

    def open(self) -> "SmtpConnection":
        place = {"host": self.server.host, "port": self.server.port}
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._connect()
            smtp.ehlo_or_helo_if_needed()
            self._encrypt(smtp)
            self._sign_in(smtp)
            return SmtpConnection(smtp, timeout=self.timeout, final_timeout=self.final_timeout)
        except (OSError, smtplib.SMTPException, TransportTrouble) as error:
            if smtp is not None:
                smtp.close()
            if isinstance(error, TransportTrouble):
                raise
            raise TransportTrouble(_explain(error) % (place | {"answer": _answer(error)})) from error

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.implicit_tls:
            return smtplib.SMTP_SSL(server.host, server.port, timeout=self.timeout, context=server.context())
        return smtplib.SMTP(server.host, server.port, timeout=self.timeout)

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        if self.server.implicit_tls or self.server.tls == "off":
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=self.server.context())
            smtp.ehlo_or_helo_if_needed()
        elif self.server.tls == "required":
            raise TransportTrouble(_("The mail server offers no encryption, and the settings require it."))

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if not self.server.user:
            return
        if not isinstance(smtp.sock, ssl.SSLSocket) and self.server.host not in LOCAL_HOSTS:
            raise TransportTrouble(_("The mail server offers no encryption; the password is not sent in the clear."))
        smtp.login(self.server.user, self.server.password)


def _explain(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The mail server %(host)s does not accept the user name and password.")
    if isinstance(error, ssl.SSLError):
        return _("The encrypted connection to %(host)s failed: its certificate does not fit.")
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib hides one in the other
        return _("The mail server %(host)s does not answer on port %(port)s.")
    if isinstance(error, socket.gaierror):
        return _("There is no mail server called %(host)s.")
    if isinstance(error, ConnectionRefusedError):
        return _("Nothing accepts connections at %(host)s, port %(port)s.")
    if isinstance(error, smtplib.SMTPResponseException):
        return _("The mail server %(host)s refuses the connection: %(answer)s")
    return _("The mail server %(host)s broke off the connection.")


def _answer(error: Exception) -> str:
    """What the server said, when it said something."""
    if not isinstance(error, smtplib.SMTPResponseException):
        return ""
    said = error.smtp_error
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return f"{error.smtp_code} {text}"[:200]


class Replies:
    """What the server says, reply by reply (RFC 5321, 4.2), however many come in one packet."""

    def __init__(self, line: socket.socket) -> None:
        self._socket = line
        self._unread = b""
        self._words: list[bytes] = []
        self.waiting: deque[Reply] = deque()

    def next(self, timeout: float) -> Reply:
        """Code and text of the next reply; code -1 for what is none. Raises OSError when nothing comes for ``timeout``
        seconds, SMTPServerDisconnected when the server hangs up."""
        while not self.waiting:
            if self._socket.gettimeout() != timeout:
                self._socket.settimeout(timeout)
            self._take(self._socket.recv(LONGEST_REPLY))
        return self.waiting.popleft()

    def _take(self, found: bytes) -> None:
        if not found or len(self._unread) > LONGEST_REPLY:
            raise smtplib.SMTPServerDisconnected("the server hung up")
        *lines, self._unread = (self._unread + found).split(b"\n")
        for line in lines:
            self._words.append(line[4:].strip())
            if line[3:4] != b"-":
                self.waiting.append((int(line[:3]) if line[:3].isdigit() else -1, b"\n".join(self._words)))
                self._words = []


class SmtpConnection(Connection):
    def __init__(self, smtp: smtplib.SMTP, *, timeout: float, final_timeout: float) -> None:
        self._smtp = smtp
        self._socket: socket.socket = smtp.sock  # type: ignore[assignment]  # connected
        if self._socket.family != getattr(socket, "AF_UNIX", None):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else the final dot waits for an ACK
        self._timeout, self._final_timeout = timeout, final_timeout
        self._replies = Replies(self._socket)
        self._pipelining = smtp.has_extn("pipelining")
        self._begun: Handover | None = None
        """The message whose envelope is on its way already."""
        self._alive = True

    @property
    def alive(self) -> bool:
        return self._alive

    def close(self) -> None:
        try:
            if self._alive and self._begun is None:  # where a message is expected, QUIT would be its first word
                self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            pass
        self._smtp.close()
        self._alive = False

    def send(self, handover: Handover, last_step: Callable[[], None], following: Handover | None = None) -> Outcome:
        try:
            refusal = self._envelope(handover)
            if refusal is not None:
                return refusal
            end = self._all_but_the_end(handover.content)
            if end is None:
                return self._lost(handover, Verdict.BROKEN)
        except (OSError, smtplib.SMTPException):
            return self._lost(handover, Verdict.BROKEN)
        try:
            last_step()
        except OSError as error:
            self._lost(handover, Verdict.BROKEN)
            raise TransportTrouble(_("The disk is full; sending waits until there is room.")) from error
        packet, taken = end + FINAL_DOT + self._begin(following), 0
        try:
            while taken < len(packet):
                taken += self._socket.send(packet[taken:])
            reply = self._replies.next(self._final_timeout)
        except (OSError, smtplib.SMTPException):
            has_the_dot = taken >= len(end) + len(FINAL_DOT)
            return self._lost(handover, Verdict.UNCERTAIN if has_the_dot else Verdict.BROKEN)
        return self._judge(handover, reply)

    def _all_but_the_end(self, content: bytes) -> bytes | None:
        """Send what can be repeated, and return the rest; None when the server does not want it any more."""
        if self._replies.waiting:  # it said more than it was asked
            return None
        if len(content) <= LAST_PACKET:
            return content
        self._socket.sendall(memoryview(content)[:-LAST_PACKET])
        return None if self._spoke_out_of_turn() else content[-LAST_PACKET:]

    def _spoke_out_of_turn(self) -> bool:
        """Whether the server hung up, or said why it will, before the message was complete."""
        if isinstance(self._socket, ssl.SSLSocket):
            return False  # what is readable there may be TLS's own
        return bool(select.select([self._socket], [], [], 0)[0])

    def _lost(self, handover: Handover, verdict: Verdict) -> Outcome:
        self._alive = False
        self._smtp.close()
        return Outcome(handover.message_id, verdict)

    def _begin(self, following: Handover | None) -> bytes:
        """The envelope of the next message, where it may travel in the same packet."""
        if following is None or not self._pipelining or not self._takes(following):
            return b""
        self._begun = following
        return b"".join(_commands(following))

    def _takes(self, handover: Handover) -> bool:
        return handover.recipient.isascii() or self._smtp.has_extn("smtputf8")

    def _envelope(self, handover: Handover) -> Outcome | None:
        """MAIL, RCPT and DATA. None when the server waits for the message."""
        if not self._takes(handover):
            return Outcome(handover.message_id, Verdict.REFUSED, code="553 5.6.7")
        begun, self._begun = self._begun, None
        if self._pipelining:
            if begun is None:
                self._socket.sendall(b"".join(_commands(handover)))
            elif begun is not handover:
                raise smtplib.SMTPServerDisconnected("the server waits for another message")
            mail_reply, recipient_reply, data_reply = (self._replies.next(self._timeout) for _step in range(3))
        else:
            mail, recipient, data = _commands(handover)
            mail_reply = self._command(mail)
            recipient_reply = self._command(recipient) if mail_reply[0] < 400 else mail_reply
            data_reply = self._command(data) if recipient_reply[0] < 400 else recipient_reply
        for_sender = mail_reply if mail_reply[0] >= 400 else None
        refused = for_sender or (recipient_reply if recipient_reply[0] >= 400 else None)
        if refused is None and data_reply[0] == 354:
            return None
        if data_reply[0] == 354:
            self._abandon()
        else:
            self._reset()
        if for_sender and for_sender[0] >= 500:
            message = _("The mail server does not accept the sender address (%(code)s).")
            raise TransportTrouble(message % {"code": code_of(for_sender)})
        return self._judge(handover, refused or data_reply)

    def _command(self, line: bytes) -> Reply:
        self._socket.sendall(line)
        return self._replies.next(self._timeout)

    def _abandon(self) -> None:
        """A server that waits for a message to nobody gets an empty one, which it must refuse (RFC 2920, 3.1)."""
        self._command(b".\r\n")

    def _reset(self) -> None:
        if self._command(b"RSET\r\n")[0] == 421:
            raise smtplib.SMTPServerDisconnected

    def _judge(self, handover: Handover, reply: Reply) -> Outcome:
        number, code = reply[0], code_of(reply)
        if number == 421:  # it closes the line, whatever the message
            self._lost(handover, Verdict.BROKEN)
            return Outcome(handover.message_id, Verdict.BROKEN, code)
        if 200 <= number < 300:
            return Outcome(handover.message_id, Verdict.SENT, code)
        if number >= 500:
            return Outcome(handover.message_id, Verdict.REFUSED, code, unknown_user=says_unknown_user(reply))
        return Outcome(handover.message_id, Verdict.LATER, code)


def _commands(handover: Handover) -> tuple[bytes, bytes, bytes]:
    utf8 = "" if handover.recipient.isascii() else " SMTPUTF8"
    return (
        f"MAIL FROM:<{handover.return_path}>{utf8}\r\n".encode(),
        f"RCPT TO:<{handover.recipient}>\r\n".encode(),
        b"DATA\r\n",
    )


def code_of(reply: Reply) -> str:
    """``550 5.1.1``"""
    found = ENHANCED.search(reply[1][:40].decode("ascii", "replace"))
    return f"{reply[0]} {found[1]}" if found else str(reply[0])


def says_unknown_user(reply: Reply) -> bool:
    words = reply[1].decode("utf-8", "replace")
    found = ENHANCED.search(words[:40])
    if found:
        return found[1] in NO_SUCH_USER
    return reply[0] in {550, 551, 553} and bool(NO_SUCH_USER_WORDS.search(words))
