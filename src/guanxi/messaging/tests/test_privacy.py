"""No personal data leaves the two places that may hold it: the wire, and the sealed outbox."""

import logging

import pytest
from django.db import connection

from guanxi.core.models import Event
from guanxi.messaging import exports, services
from guanxi.messaging.models import Message
from guanxi.messaging.sender import journal
from guanxi.messaging.sender.running import send_due
from guanxi.messaging.testing import NOW, make_version, outgoing
from guanxi.messaging.tests.people import make_customer
from guanxi.messaging.tests.servers import ScriptedServer

SECRETS = ("zephyrine", "wunderlich", "zephyrine.w@mail.example.com")


def assert_clean(text: str) -> None:
    assert not [secret for secret in SECRETS if secret in text.lower()]


@pytest.mark.django_db(transaction=True)
def test_tables_events_logs_urls_and_journals_name_nobody(home, settings, caplog, monkeypatch) -> None:
    lines: list[str] = []
    write = journal.Journal._write
    monkeypatch.setattr(journal.Journal, "_write", lambda self, line: (lines.append(line), write(self, line))[1])
    customer = make_customer("Zephyrine.W@mail.example.com", name="Zephyrine Wunderlich")
    source = '<p>{{ customer.name | default: "x" }} <a href="https://shop.example">x</a></p>'
    services.queue_messages([outgoing(customer, make_version(source=source))], NOW)
    refusal = "550 5.1.1 <zephyrine.w@mail.example.com> Zephyrine Wunderlich unknown"
    with caplog.at_level(logging.DEBUG), ScriptedServer(answer_rcpt=lambda recipient: refusal) as server:
        settings.SMTP_URL, settings.EMAIL_CONNECTIONS = server.url, 1
        assert send_due(clock=lambda: NOW).failed == 1
    Message.objects.update(state="queued")
    with caplog.at_level(logging.DEBUG), ScriptedServer() as server:
        settings.SMTP_URL = server.url
        from guanxi.messaging.models import Suppression

        Suppression.objects.all().delete()
        assert send_due(clock=lambda: NOW).sent == 1
    body = server.taken[0][1].decode()
    for url in [part.split('"')[0] for part in body.replace("=\r\n", "").split("http://127.0.0.1:8000")[1:]]:
        assert_clean(url)
    assert_clean("".join(lines))
    assert_clean(caplog.text)
    assert_clean(str([event.data for event in Event.objects.all()]))
    with connection.cursor() as cursor:
        for table in ("message", "suppression", "templateversion", "softbounces"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM messaging_{table} t")
            assert_clean(cursor.fetchone()[0] or "")
        cursor.execute(f"SELECT * FROM ({exports.MESSAGES}) s")
        assert_clean(str(cursor.fetchall()))


@pytest.mark.django_db(transaction=True)
def test_the_outbox_is_encrypted(home) -> None:
    customer = make_customer("Zephyrine.W@mail.example.com", name="Zephyrine Wunderlich")
    services.queue_messages([outgoing(customer, make_version())], NOW)
    assert send_due(clock=lambda: NOW).sent == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(content, 'escape') FROM messaging_outboxmessage")
        assert_clean(cursor.fetchone()[0])
