"""Delivery reports as machines write them (all invented), and the command that reads them."""

import json
import mailbox

import pytest
from django.core.management import CommandError, call_command

from guanxi.customers import services as customer_services
from guanxi.customers.types import Channel, Purpose
from guanxi.messaging import reactions, services, suppressions
from guanxi.messaging.channels.base import Inbound, InboundKind
from guanxi.messaging.channels.email import reports
from guanxi.messaging.models import Message, SoftBounces
from guanxi.messaging.testing import NOW, make_version, outgoing
from guanxi.messaging.tests.conformance import complaint, dsn
from guanxi.messaging.tests.people import make_customer


def kind(**fields: str) -> InboundKind | None:
    found = reports.read(dsn(9, **fields))
    return found[0].kind if found else None


@pytest.mark.parametrize(
    ("status", "diagnostic", "expected"),
    [
        ("5.1.1", "550 5.1.1 <x@y.example>: Recipient address rejected", InboundKind.HARD_BOUNCE),
        ("5.0.0", "550 no such user here", InboundKind.HARD_BOUNCE),
        ("5.0.0", "550 5.1.1 RESOLVER.ADR.RecipNotFound", InboundKind.HARD_BOUNCE),
        ("5.1.2", "host not found", InboundKind.HARD_BOUNCE),
        ("5.2.2", "552 5.2.2 over quota", InboundKind.SOFT_BOUNCE),
        ("4.4.7", "delivery time expired", InboundKind.SOFT_BOUNCE),
        ("5.7.1", "550 5.7.1 message refused by policy", InboundKind.POLICY_BOUNCE),
        ("5.7.26", "550 5.7.26 unauthenticated mail", InboundKind.POLICY_BOUNCE),
    ],
)
def test_kinds_of_bounces(status: str, diagnostic: str, expected: InboundKind) -> None:
    assert kind(status=status, diagnostic=diagnostic) is expected


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_what_did_not_fail_is_no_bounce(action: str) -> None:
    assert kind(action=action) is None


def test_a_report_with_a_forged_token_is_nobodys() -> None:
    forged = dsn(9).replace(b"Message-ID: <9-", b"Message-ID: <8-")
    assert reports.read(forged) == []


def test_the_return_path_tells_the_message_when_nothing_is_returned() -> None:
    from guanxi.messaging import tokens

    raw = dsn(9).replace(b"To: bounces@shop.example", f"To: bounces+{tokens.token(12)}@shop.example".encode())
    assert [found.message_id for found in reports.read(raw)] == [12]


@pytest.fixture
def message() -> Message:
    customer = make_customer("ana@mail.example.com")
    services.queue_messages([outgoing(customer, make_version())], NOW)
    Message.objects.update(state="sent", sent_at=NOW)
    return Message.objects.get()


@pytest.mark.django_db
def test_a_complaint_ends_consent_and_suppresses(message: Message) -> None:
    (inbound,) = reports.read(complaint(message.pk))
    assert reactions.take_inbound(inbound, now=NOW)
    ids = [message.customer_id]
    assert not customer_services.may_contact(ids, channel=Channel.EMAIL, purpose=Purpose.MARKETING)[ids[0]].allowed
    assert suppressions.find("ana@mail.example.com", "email").reason == "complaint"


@pytest.mark.django_db
def test_five_soft_bounces_suppress(message: Message) -> None:
    for _time in range(4):
        Message.objects.update(bounced_at=None)
        reactions.take_inbound(Inbound(InboundKind.SOFT_BOUNCE, message.pk), now=NOW)
    assert suppressions.find("ana@mail.example.com", "email") is None
    Message.objects.update(bounced_at=None)
    reactions.take_inbound(Inbound(InboundKind.SOFT_BOUNCE, message.pk), now=NOW)
    assert SoftBounces.objects.get().count == 5
    assert suppressions.find("ana@mail.example.com", "email").reason == "soft_bounces"


@pytest.mark.django_db
def test_a_report_about_an_unknown_message_is_told(message: Message) -> None:
    assert not reactions.take_inbound(Inbound(InboundKind.HARD_BOUNCE, message.pk + 1), now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["eml", "folder", "mbox", "maildir"])
def test_the_command_reads_every_kind_of_box(message: Message, tmp_path, capsys, form: str) -> None:
    mails = [dsn(message.pk), b"Subject: hello\r\n\r\nhi\r\n"]
    place = tmp_path / "box"
    if form == "eml":
        place.write_bytes(mails[0])
    elif form == "folder":
        place.mkdir()
        for number, mail in enumerate(mails):
            (place / f"{number}.eml").write_bytes(mail)
    else:
        box = mailbox.mbox(place) if form == "mbox" else mailbox.Maildir(place)
        for mail in mails:
            box.add(mail)
        box.flush()
        box.close()
    call_command("bounces", str(place), "--json")
    assert json.loads(capsys.readouterr().out) == {
        "read": 1 if form == "eml" else 2,
        "acted": 1,
        "not_ours": 0 if form == "eml" else 1,
    }
    message.refresh_from_db()
    assert (message.state, message.reason, message.reply_code) == ("bounced", "hard_bounce", "5.1.1")


def test_a_missing_box_is_said(tmp_path) -> None:
    with pytest.raises(CommandError, match="no file or folder"):
        call_command("bounces", str(tmp_path / "nothing"))
