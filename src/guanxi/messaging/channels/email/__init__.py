"""E-mail over SMTP, or into the local outbox when no server is set."""

from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.messaging import tokens
from guanxi.messaging.channels.base import Channel, Handover, Inbound, Transport, TransportTrouble
from guanxi.messaging.channels.email import addresses, mime, reports
from guanxi.messaging.channels.email.smtp import SmtpServer, SmtpTransport
from guanxi.messaging.channels.outbox import OutboxTransport
from guanxi.messaging.delivery import DeliverySettings
from guanxi.messaging.templating.filling import Filled


class Email(Channel):
    name = "email"
    label = _("E-mail")
    icon = "mail"
    template_kinds = ("mjml", "html", "text")

    def normalise(self, address: str) -> str:
        return addresses.normalise(address)

    def transport(self) -> Transport:
        if not settings.SMTP_URL:
            return OutboxTransport()
        try:
            server = SmtpServer.parse(settings.SMTP_URL)
        except ValueError as error:
            raise TransportTrouble(str(error)) from error
        return SmtpTransport(server, settings.EMAIL_CONNECTIONS, settings.EMAIL_RATE)

    def compose(
        self,
        filled: Filled,
        *,
        address: str,
        message_id: int,
        marketing: bool,
        options: DeliverySettings,
        now: datetime,
    ) -> Handover:
        """RFC 5322 with Message-ID, one-click unsubscribing (RFC 8058), List-ID (RFC 2919) and Feedback-ID."""
        token = tokens.token(message_id)
        fixed, domain, sender = _fixed(options, settings.DEFAULT_FROM_EMAIL, marketing)
        head = (
            f"{fixed}To: {address if address.isascii() else mime.header(address)}\r\n"
            f"Subject: {mime.header(filled.subject)}\r\n"
            f"Date: {mime.date(now.astimezone(UTC).replace(microsecond=0))}\r\n"
            f"Message-ID: <{token}@{domain}>\r\n"
        )
        if marketing:
            head += f"List-Unsubscribe: <{settings.BASE_URL}/messages/u/{token}/one-click/>\r\n"
        return_path = addresses.tagged(options.bounce_address, token) if options.bounce_address else sender
        content = mime.message(head, text=filled.text, html=filled.html_pieces)
        return Handover(message_id, address, content, return_path)

    def read_inbound(self, raw: bytes) -> list[Inbound]:
        return reports.read(raw)


@lru_cache(maxsize=8)
def _fixed(options: DeliverySettings, sender: str, marketing: bool) -> tuple[str, str, str]:
    """Headers that are the same in all messages, the domain of message ids, and the sender's bare address."""
    name, address = addresses.split_sender(sender)
    domain = addresses.domain_of(address)
    headers = [("From", mime.mailbox(options.sender_name or name, address))]
    if options.reply_to:
        headers.append(("Reply-To", options.reply_to))
    if marketing:
        headers += [
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("List-ID", f"<marketing.{domain}>"),
            ("Feedback-ID", f"marketing:guanxi:{domain}"),
            ("Precedence", "bulk"),
        ]
    return "".join(f"{name}: {value}\r\n" for name, value in headers), domain, address
