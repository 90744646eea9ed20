"""The local outbox: messages as their receivers would see them, while no mail server is set."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.clickjacking import xframe_options_sameorigin

from guanxi.core.permissions import requires
from guanxi.core.web import tables
from guanxi.messaging.channels.outbox import unpack
from guanxi.messaging.models import OutboxMessage
from guanxi.messaging.web.framing import framed


def mail_of(row: OutboxMessage) -> EmailMessage:
    return message_from_bytes(unpack(row.content), policy=policy.default)


def _subject(row: OutboxMessage) -> str:
    return str(mail_of(row)["Subject"])


OUTBOX = tables.Table(
    name="outbox",
    columns=[
        tables.Column(
            key="subject",
            label=_("Subject"),
            cell=_subject,
            link=lambda row: reverse("messaging:outbox_message", args=[row.pk]),
            exported=False,
        ),
        tables.Column(key="message", label=_("Message"), cell=lambda row: f"#{row.pk}"),
        tables.Column(key="at", label=_("Sent"), cell="at", sort="at"),
    ],
    default_sort="-at",
    csv=False,
    empty=tables.Empty(
        title=_("The outbox is empty"),
        text=_("While no mail server is set, messages stay here instead of leaving, and can be read as sent."),
        icon="mailbox",
    ),
)


@requires("messaging.outbox")
def outbox_list(request: HttpRequest) -> HttpResponseBase:
    return tables.respond(request, OUTBOX, OutboxMessage.objects.all(), template="messaging/outbox.html")


@requires("messaging.outbox")
def outbox_message(request: HttpRequest, message_id: int) -> HttpResponse:
    row, mail = _found(message_id)
    words = {
        "From": pgettext("mail", "From"),
        "To": pgettext("mail", "To"),
        "Reply-To": pgettext("mail", "Reply to"),
        "Subject": pgettext("mail", "Subject"),
        "Date": pgettext("mail", "Date"),
    }
    shown = [(word, str(mail[name])) for name, word in words.items() if mail[name]]
    names = ("Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "List-ID", "Feedback-ID")
    technical = [(name, str(mail[name])) for name in names if mail[name]]
    plain = mail.get_body(("plain",))
    context = {
        "row": row,
        "shown": shown,
        "technical": technical,
        "text": plain.get_content() if plain else "",
        "has_html": mail.get_body(("html",)) is not None,
        "subject": mail["Subject"],
    }
    return render(request, "messaging/outbox_message.html", context)


@requires("messaging.outbox")
@xframe_options_sameorigin
def outbox_body(request: HttpRequest, message_id: int) -> HttpResponse:
    """The HTML part, for the sandboxed frame."""
    _row, mail = _found(message_id)
    body = mail.get_body(("html",))
    if body is None:
        raise Http404
    return framed(body.get_content())


def _found(message_id: int) -> tuple[OutboxMessage, EmailMessage]:
    row = OutboxMessage.objects.filter(pk=message_id).first()
    if row is None:
        raise Http404
    return row, mail_of(row)
