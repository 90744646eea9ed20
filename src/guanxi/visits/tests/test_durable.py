"""What was answered is on disk, whatever happens next: the real web server, killed while it takes events."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from guanxi.core.supervisor import WebServer, web_command
from guanxi.visits import incoming, recording, writing
from guanxi.visits.incoming import ServerEvent
from guanxi.visits.models import Site, VisitEvent
from guanxi.visits.testing import AGENT, NOW, ORIGIN, card, site
from guanxi.visits.types import Visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ends_its_sessions() -> Iterator[None]:
    """Writers keep a connection each, which would hold the test database when it is to be dropped."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The product's web server on the test's database."""

    def __init__(self, port: int) -> None:
        self.port = port
        values = connection.settings_dict
        url = f"postgresql://{values['USER']}@/{values['NAME']}?host={values['HOST']}"
        environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(web_command(WebServer("127.0.0.1", port, 1, 4)), env=environment)
        self.answers(200)

    def answers(self, status: int) -> None:
        """Wait until it does."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                server = HTTPConnection("127.0.0.1", self.port, timeout=60)
                server.request("GET", "/v/shop.js")
                if server.getresponse().status == status:
                    return
            except OSError:
                threading.Event().wait(0.05)
        raise AssertionError("the web server does not answer")

    def kill(self) -> None:
        for task in children(self.process.pid):
            os.kill(task, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], stdout=subprocess.PIPE, check=False)
    return [int(word) for word in listed.stdout.split()]


@pytest.fixture
def port() -> Iterator[int]:
    yield free_port()


def post(port: int, row: Site, numbers: list[str]) -> int | None:
    """The status of a batch of events with these numbers; None when there was no answer."""
    now = int(time.time() * 1000)
    events = [{"id": number, "kind": "page", "at": now, "path": "/"} for number in numbers]
    body = json.dumps({"visitor": f"visitor-{numbers[0]}", "sent": now, "events": events})
    server = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        server.request("POST", f"/v/{row.key}", body, {"Origin": ORIGIN, "User-Agent": AGENT})
        return server.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        server.close()


def test_a_killed_server_has_kept_what_it_answered_and_nothing_comes_twice(port: int) -> None:
    row = site()
    server = Server(port)
    batches = [[f"batch-{batch:04}-event-{event}" for event in range(5)] for batch in range(300)]
    answered: list[int] = []

    def send(batch: int) -> None:
        if post(port, row, batches[batch]) == 204:
            answered.append(batch)
            if len(answered) == 60:
                server.kill()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(len(batches))))
    assert 60 <= len(answered) < len(batches)
    kept = set(VisitEvent.objects.values_list("event_id", flat=True))
    wanted = {incoming.cleaning.event_number(number) for batch in answered for number in batches[batch]}
    assert wanted <= kept

    server = Server(port)
    try:
        with ThreadPoolExecutor(8) as pool:
            statuses = set(pool.map(lambda batch: post(port, row, batch), batches))
    finally:
        server.kill()
    assert statuses == {204}
    assert VisitEvent.objects.count() == 5 * len(batches)


def visit(number: int, **said: Any) -> Visit:
    event = ServerEvent(id=f"event-{number:06}", kind="page", occurred_at=NOW, visitor="visitor-0001")
    (one,) = incoming.from_server([event], site=card(Site.objects.get()), now=NOW)
    for name, value in said.items():
        setattr(one, name, value)
    return one


def test_requests_that_come_together_share_a_commit_and_each_waits_for_its_own() -> None:
    row = card(site())
    writer = writing.Writer()
    visits = [visit(number) for number in range(64)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda one: writer.record([one], site=row, now=NOW), visits))
    assert VisitEvent.objects.count() == 64
    assert VisitEvent.objects.values("xact").distinct().count() <= 64


def test_a_batch_that_cannot_be_written_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    row = card(site())
    writer = writing.Writer()
    good = writing.Waiting(recording.rows([visit(1)], site=row, now=NOW))
    bad = writing.Waiting(recording.rows([visit(2, medium="x" * 99)], site=row, now=NOW))
    writer._write([good, bad])
    assert (good.done.is_set(), good.failed, bad.done.is_set(), bad.failed) == (True, False, True, True)
    assert VisitEvent.objects.count() == 1
    with pytest.raises(writing.NotWritten):
        writer.record([visit(3, medium="x" * 99)], site=row, now=NOW)


def test_a_commit_waits_for_the_disk_even_where_the_database_would_not() -> None:
    row = card(site())
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        seen.append(sql)
        return answer

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    with connection.execute_wrapper(note):
        recording.record([visit(1)], site=row, now=NOW)
    assert any("set_config('synchronous_commit', 'on', true)" in sql for sql in seen)
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("off",)
        cursor.execute("RESET synchronous_commit")


def test_an_error_is_logged_without_what_was_sent(caplog: pytest.LogCaptureFixture, client: Any) -> None:
    from guanxi.visits.collecting import Asked, answer

    row = site()
    now = int(time.time() * 1000)
    event = {"id": "event-0001", "kind": "form", "at": now, "email": "mei@example.com"}
    body = json.dumps({"visitor": "visitor-0001", "sent": now, "events": [event]}).encode()

    def fail(*arguments: Any, **named: Any) -> None:
        raise DatabaseError(f"could not write {body!r}")

    asked = Asked("POST", row.key, ORIGIN, AGENT, False, str(len(body)), lambda: body)
    assert answer(asked, record=fail, now=timezone.now()).status == 503
    assert "mei" not in caplog.text and "DatabaseError" in caplog.text
