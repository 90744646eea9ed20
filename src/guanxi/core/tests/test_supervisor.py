import signal
import socket
import sys
import time
from collections.abc import Callable

import pytest

from guanxi.core.supervisor import Child, PortTaken, WebServer, answers, check_port, supervise


def test_a_taken_port_is_told_with_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"GUANXI_PORT={port + 1} make run"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_a_child_that_dies_is_started_again_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(float(second) for second in range(100))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    child = Child("test", [sys.executable, "-c", ""])
    child.start()
    assert child.process is not None
    first = child.process
    first.wait()
    child.revive()
    while child.process is first:
        child.revive()
    assert child.failures == 1
    child.process.wait()


def test_a_child_that_does_not_end_is_killed() -> None:
    child = Child("test", [sys.executable, "-c", "import signal, time; signal.pause()"])
    child.start()
    child.end(deadline=time.monotonic())
    assert child.process is not None
    assert child.process.returncode == -9


def test_the_address_is_told_once_and_only_when_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.append(handler))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    handlers: list[Callable[[int, object], None]] = []
    turns: list[str] = []

    def ready() -> bool:
        turns.append("asked")
        return turns.count("asked") == 3

    def announce() -> None:
        turns.append("told")
        handlers[0](signal.SIGINT, None)

    supervise([], ready=ready, announce=announce)
    assert turns == ["asked", "asked", "asked", "told"]


def test_a_server_answers_when_it_listens() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        web = WebServer("127.0.0.1", server.getsockname()[1], 1, 1)
        assert not answers(web)
        server.listen()
        assert answers(web)
