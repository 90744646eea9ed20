"""kill -9 in the middle of a send: every recipient at most once, nobody lost."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from guanxi.core.crypto import keyring
from guanxi.messaging import services
from guanxi.messaging.models import Message
from guanxi.messaging.sender import journal
from guanxi.messaging.sender.running import send_due
from guanxi.messaging.testing import make_version, outgoing
from guanxi.messaging.tests.people import make_customers
from guanxi.messaging.tests.servers import ScriptedServer

SEND = """
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = {name!r}
from django.utils import timezone
from guanxi.messaging.sender.running import send_due
send_due(clock=timezone.now)
"""
PEOPLE = 240
CONNECTIONS = 3


def start_sender(server: ScriptedServer) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "guanxi.config.settings",
        "GUANXI_SMTP_URL": server.url,
        "GUANXI_EMAIL_CONNECTIONS": str(CONNECTIONS),
        "GUANXI_DATA_KEYS": keyring().dump(),
        "GUANXI_HOME": str(django_settings.GUANXI_HOME),
    }
    script = SEND.format(name=connection.settings_dict["NAME"])
    return subprocess.Popen([sys.executable, "-c", script], env=environment)


def wait_until(reached, *, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [1, 60])
def test_nobody_twice_and_nobody_lost(after: int, settings) -> None:
    version = make_version(now=timezone.now())
    customers = make_customers(PEOPLE, now=timezone.now())
    services.queue_messages([outgoing(c, version) for c in customers], timezone.now())
    with ScriptedServer(delay=0.01) as server:
        sender = start_sender(server)
        try:
            wait_until(lambda: len(server.taken) >= after)
        finally:
            sender.send_signal(signal.SIGKILL)
            sender.wait()
        time.sleep(0.1)
        cut_off_at = len(server.taken)
        assert after <= cut_off_at < PEOPLE
        assert Message.objects.filter(state="sending").count() > 0
        settings.SMTP_URL, settings.EMAIL_CONNECTIONS = server.url, CONNECTIONS
        send_due(clock=timezone.now)
        recipients = server.recipients()
    uncertain = Message.objects.filter(state="uncertain").count()
    assert len(recipients) == len(set(recipients))
    assert Message.objects.filter(state="sent").count() + uncertain == PEOPLE
    assert PEOPLE - uncertain <= len(recipients) <= PEOPLE
    assert uncertain <= CONNECTIONS
    assert not list(journal.folder().glob("*.log"))


@pytest.mark.django_db(transaction=True)
def test_after_the_machine_went_down_everything_unanswered_is_uncertain(home) -> None:
    version = make_version()
    customers = make_customers(3, now=timezone.now())
    services.queue_messages([outgoing(c, version) for c in customers], timezone.now())
    run = journal.Journal()
    Message.objects.update(state="sending", claimed_by=run.run_id, claimed_at=timezone.now())
    numbers = list(Message.objects.order_by("id").values_list("pk", flat=True))
    run.close(remove=False)
    run.path.write_text(f"boot of-another-day\nA {numbers[0]}\nS {numbers[0]} 250|\n")
    send_due(clock=timezone.now)
    assert list(Message.objects.order_by("id").values_list("state", flat=True)) == ["sent", "uncertain", "uncertain"]


@pytest.mark.django_db(transaction=True)
def test_a_half_written_line_answers_nothing(home) -> None:
    run = journal.Journal()
    run.last_step(5)
    run.close(remove=False)
    run.path.write_text(run.path.read_text() + "S 5 25")
    found = journal.read(run.path)
    assert (found.same_boot, found.begun, found.answered) == (True, {5}, [])
