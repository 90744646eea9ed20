"""The sending run against servers that behave and that do not."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from guanxi.core.events import publish
from guanxi.core.models import Event
from guanxi.messaging import delivery, queries, services
from guanxi.messaging.channels.base import Handover, TransportTrouble, Verdict
from guanxi.messaging.channels.email.smtp import SmtpServer, SmtpTransport
from guanxi.messaging.events import MessageSent
from guanxi.messaging.models import Message
from guanxi.messaging.sender import journal
from guanxi.messaging.sender.running import send_due
from guanxi.messaging.testing import NOW, make_version, outgoing
from guanxi.messaging.tests.people import make_customer, make_customers
from guanxi.messaging.tests.servers import ScriptedServer

pytestmark = pytest.mark.django_db(transaction=True)


def clock() -> datetime:
    return NOW


def later(**spans: float):
    return lambda: NOW + timedelta(**spans)


@pytest.fixture
def use(settings, home):
    """Send over this server."""

    def set_up(server: ScriptedServer, *, connections: int = 2) -> None:
        settings.SMTP_URL, settings.EMAIL_CONNECTIONS = server.url, connections
        settings.DEFAULT_FROM_EMAIL = "Tea & Towels <shop@shop.example>"

    return set_up


def queue(number: int, *, purpose: str = "marketing", source_id: int = 1) -> list[int]:
    version = make_version(purpose=purpose)
    customers = make_customers(number)
    services.queue_messages([outgoing(c, version, source_id=source_id) for c in customers], NOW)
    return customers


def states() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("id").values_list("state", "reason"))


def test_everyone_gets_their_own_message_once(use) -> None:
    with ScriptedServer() as server:
        use(server, connections=3)
        queue(40)
        report = send_due(clock=clock)
    assert (report.sent, report.trouble) == (40, "")
    assert len(set(server.recipients())) == len(server.taken) == 40
    assert set(states()) == {("sent", "")}
    assert Message.objects.filter(sent_at=NOW, attempts=1, claimed_by=None).count() == 40
    assert not list(journal.folder().iterdir())


def test_headers_let_people_stop_with_one_click(use) -> None:
    with ScriptedServer() as server:
        use(server)
        queue(1)
        send_due(clock=clock)
    message = Message.objects.get()
    mail = message_from_bytes(server.taken[0][1], policy=policy.default)
    assert mail["From"] == '"Tea & Towels" <shop@shop.example>' or mail["From"] == "Tea & Towels <shop@shop.example>"
    assert mail["To"] == server.taken[0][0]
    assert mail["Subject"] == "Hello Ana"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/messages/u/")
    assert mail["List-Unsubscribe"].endswith("/one-click/>")
    assert mail["Message-ID"].startswith(f"<{message.pk:x}-")
    assert mail["Date"] == "Mon, 04 May 2026 09:00:00 +0000"
    assert mail["List-ID"] == "<marketing.shop.example>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_service_messages_need_no_consent_and_offer_no_unsubscribing(use) -> None:
    version = make_version(purpose="service", source="<p>Your order</p>")
    customer = make_customer("order@mail.example.com", consent=None)
    with ScriptedServer() as server:
        use(server)
        services.queue_messages([outgoing(customer, version)], NOW)
        assert send_due(clock=clock).sent == 1
    assert "List-Unsubscribe" not in message_from_bytes(server.taken[0][1])


def test_sent_events_match_the_dataclass(use) -> None:
    with ScriptedServer() as server:
        use(server)
        (customer,) = queue(1)
        send_due(clock=clock)
    event = Event.objects.get(kind="message.sent")
    message = Message.objects.get()
    assert (event.customer_id, event.subject_id, event.occurred_at) == (customer, message.pk, NOW)
    by_hand = MessageSent(
        customer_id=customer,
        subject_id=message.pk,
        occurred_at=NOW,
        channel="email",
        purpose="marketing",
        source_kind="campaign",
        source_id=1,
        variant_id=None,
    )
    publish([by_hand], now=NOW)
    assert Event.objects.filter(kind="message.sent").values_list("data").distinct().count() == 1
    assert event.data == {
        "channel": "email",
        "purpose": "marketing",
        "source_kind": "campaign",
        "source_id": 1,
        "variant_id": None,
    }


def test_a_line_dropped_half_way_is_tried_again_and_arrives_once(use) -> None:
    with ScriptedServer(drop=lambda recipient, number: "data" if number == 3 else "") as server:
        use(server, connections=1)
        queue(10)
        report = send_due(clock=clock)
        assert (report.sent, report.put_back, report.uncertain) == (9, 1, 0)
        assert send_due(clock=later(seconds=6)).sent == 1
        assert server.connections == 3
    assert len(set(server.recipients())) == len(server.taken) == 10


def test_a_line_dropped_inside_a_message_is_known_to_be_broken() -> None:
    content = b"Subject: x\r\n\r\n" + b"towels and more towels\r\n" * 2_000_000
    steps: list[int] = []
    with ScriptedServer(drop=lambda recipient, number: "body") as server:
        connection = SmtpTransport(SmtpServer.parse(server.url)).open()
        outcome = connection.send(Handover(9, "a@b.example", content), lambda: steps.append(1))
    assert (outcome.verdict, steps, connection.alive) == (Verdict.BROKEN, [], False)


def test_a_line_dropped_before_the_last_answer_is_for_a_person_to_decide(use) -> None:
    with ScriptedServer(drop=lambda recipient, number: "answer" if number == 3 else "") as server:
        use(server, connections=1)
        queue(5)
        report = send_due(clock=clock)
        assert (report.sent, report.uncertain) == (4, 1)
        assert send_due(clock=later(days=2)).sent == 0
    assert sorted(states())[-1] == ("uncertain", "cut_off")
    assert len(set(server.recipients())) == len(server.taken) == 5


def test_a_server_that_always_drops_stops_the_run_and_keeps_the_rest(use) -> None:
    with ScriptedServer(drop=lambda recipient, number: "data") as server:
        use(server, connections=2)
        queue(30)
        report = send_due(clock=clock)
    assert report.sent == 0
    assert report.trouble
    assert {state for state, _reason in states()} == {"queued"}
    assert 8 <= Message.objects.filter(reason="connection").count() <= 10


def test_a_slow_server_times_out_and_only_the_last_step_is_uncertain(use) -> None:
    with ScriptedServer(delay=5.0) as server:
        host = SmtpServer.parse(server.url)
        connection = SmtpTransport(host, timeout=2, final_timeout=0.2).open()
        steps: list[int] = []
        outcome = connection.send(Handover(9, "a@b.example", b"Subject: x\r\n\r\nx\r\n"), lambda: steps.append(1))
    assert (outcome.verdict, steps) == (Verdict.UNCERTAIN, [1])
    assert not connection.alive


def test_a_server_that_refuses_at_the_door_is_quoted_and_everything_waits(use) -> None:
    with ScriptedServer(greeting="554 5.7.1 your network is listed, 100% sure") as server:
        use(server)
        queue(3)
        report = send_due(clock=clock)
    assert report.trouble == (
        "The mail server 127.0.0.1 refuses the connection: 554 5.7.1 your network is listed, 100% sure"
    )
    assert set(states()) == {("queued", "")}


def test_a_server_that_never_greets_is_given_up(use) -> None:
    with ScriptedServer(greeting="") as server:
        host = SmtpServer.parse(server.url)
        with pytest.raises(TransportTrouble, match=f"127.0.0.1 does not answer on port {server.port}"):
            SmtpTransport(host, timeout=0.2).open()


def test_a_template_that_fails_on_one_customer_skips_them_alone(use) -> None:
    version = make_version(source="<p>{% if customer.name == 'Zero' %}{{ 1 | divided_by: 0 }}{% endif %}Towels</p>")
    people = [make_customer("zero@mail.example.com", name="Zero"), make_customer("ana@mail.example.com")]
    with ScriptedServer() as server:
        use(server)
        services.queue_messages([outgoing(one, version) for one in people], NOW)
        report = send_due(clock=clock)
        assert (report.sent, server.recipients()) == (1, ["ana@mail.example.com"])
    failed = Message.objects.get(customer_id=people[0])
    assert (failed.state, failed.reason) == ("skipped", "template")


def test_a_refused_sender_is_trouble_and_not_the_recipients_fault(use) -> None:
    with ScriptedServer(answer_mail="553 5.7.1 sender not allowed") as server:
        use(server)
        queue(3)
        report = send_due(clock=clock)
    assert "553 5.7.1" in report.trouble
    assert set(states()) == {("queued", "")}


def test_a_server_that_hangs_up_after_some_messages_is_dialled_again(use) -> None:
    seen: dict[str, int] = {"count": 0}

    def answer(recipient: str) -> str:
        seen["count"] += 1
        return "421 4.7.0 enough for this connection" if seen["count"] % 4 == 0 else "250 ok"

    with ScriptedServer(answer_rcpt=answer) as server:
        use(server, connections=1)
        queue(9)
        first = send_due(clock=clock)
        second = send_due(clock=later(seconds=6))
        third = send_due(clock=later(minutes=2))
    assert first.sent + second.sent + third.sent == 9
    assert len(set(server.recipients())) == len(server.taken) == 9


def test_a_password_is_never_sent_in_the_clear(settings) -> None:
    with ScriptedServer() as server:
        bad = SmtpServer.parse(f"smtp://user:secret@localhost:{server.port}?tls=required")
        with pytest.raises(TransportTrouble, match="encryption"):
            SmtpTransport(bad).open()


def test_bad_addresses_of_a_server_are_explained() -> None:
    for url in ["http://x", "smtp://", "smtp://h:port", "smtp://h?tls=maybe"]:
        with pytest.raises(ValueError, match="GUANXI_SMTP_URL"):
            SmtpServer.parse(url)


def test_cancel_pause_and_resume(use) -> None:
    with ScriptedServer() as server:
        use(server)
        queue(3, source_id=1)
        queue(2, source_id=2)
        services.pause("campaign", 1, now=NOW)
        assert send_due(clock=clock).sent == 2
        assert queries.states("campaign", 1).paused
        services.resume("campaign", 1)
        assert services.cancel("campaign", 1) == 3
        assert send_due(clock=clock).sent == 0
    found = queries.states("campaign", 1)
    assert (dict(found.counts), dict(found.skipped), found.finished) == ({"skipped": 3}, {"cancelled": 3}, True)


def test_service_messages_go_before_marketing(use) -> None:
    with ScriptedServer() as server:
        use(server, connections=1)
        queue(3, source_id=1)
        version = make_version(purpose="service", source="<p>Your order</p>")
        services.queue_messages([outgoing(make_customer("first@mail.example.com"), version, source_id=9)], NOW)
        send_due(clock=clock)
    assert server.recipients()[0] == "first@mail.example.com"


def test_the_rate_is_kept(use, settings) -> None:
    import time

    settings.EMAIL_RATE = 50
    with ScriptedServer() as server:
        use(server)
        queue(20)
        began = time.monotonic()
        send_due(clock=clock)
        spent = time.monotonic() - began
    assert len(server.taken) == 20
    assert spent >= 19 / 50


def test_a_person_decides_about_uncertain_messages(use) -> None:
    from guanxi.core.models import AuditEntry
    from guanxi.core.testing import make_user

    queue(2)
    Message.objects.update(state="uncertain", reason="cut_off")
    first, second = Message.objects.order_by("id")
    actor = make_user(role="marketer")
    assert services.settle_uncertain([first.pk], send_again=False, actor=actor, now=NOW) == 1
    assert services.settle_uncertain([second.pk, first.pk], send_again=True, actor=actor, now=NOW) == 1
    assert states() == [("sent", "cut_off"), ("queued", "")]
    assert AuditEntry.objects.filter(action="message.settled").count() == 2


def test_the_delivery_settings_reach_the_message(use) -> None:
    from guanxi.messaging.delivery import DeliverySettings

    delivery.save(
        DeliverySettings(sender_name="林小姐", reply_to="help@shop.example", bounce_address="bounces@shop.example")
    )
    with ScriptedServer() as server:
        use(server)
        queue(1)
        send_due(clock=clock)
    mail = message_from_bytes(server.taken[0][1], policy=policy.default)
    assert mail["From"].addresses[0].display_name == "林小姐"
    assert mail["Reply-To"] == "help@shop.example"
