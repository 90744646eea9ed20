"""One process that keeps the web server and the worker alive, and ends them together."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

log = logging.getLogger("guanxi.supervisor")

GRACE = 15.0
"""Seconds a child may take to end before it is killed."""


class PortTaken(OSError):
    """Something else listens on the web server's port."""


def check_port(host: str, port: int) -> None:
    """Raises PortTaken when nothing can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {host}:{port} ({error.strerror}). Another program uses it, perhaps Guanxi itself;"
                f" stop that one, or choose another port: GUANXI_PORT={port + 1} make run"
            ) from None


@dataclass(slots=True)
class Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        # A session of its own, so that Ctrl-C reaches the supervisor alone and the children end in order.
        self.process = subprocess.Popen(self.command, start_new_session=True)
        self.started = time.monotonic()

    def revive(self) -> None:
        """Start again after an end nobody asked for; waits longer when it keeps ending at once."""
        assert self.process is not None
        if self.process.poll() is None:
            return
        if self.restart_at == 0.0:
            self.failures = 0 if time.monotonic() - self.started > 30 else self.failures + 1
            self.restart_at = time.monotonic() + min(30.0, 0.5 * 2**self.failures)
            log.warning("%s ended with code %s and is started again", self.name, self.process.returncode)
        if time.monotonic() >= self.restart_at:
            self.restart_at = 0.0
            self.start()

    def end(self, deadline: float) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(frozen=True, slots=True)
class WebServer:
    """Where and how the web server runs; made from settings.WEB_SERVER."""

    host: str
    port: int
    workers: int
    threads: int


def web_command(web: WebServer) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", web.host, "--port", str(web.port)),
        *("--workers", str(web.workers), "--blocking-threads", str(web.threads), "--no-ws", "--log-level", "warning"),
        *("--workers-kill-timeout", "5", "guanxi.config.wsgi:application"),
    ]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "guanxi", "worker"]


def answers(web: WebServer) -> bool:
    """Whether someone can open a page already."""
    try:
        socket.create_connection((web.host, web.port), timeout=1).close()
    except OSError:
        return False
    return True


def supervise(children: Sequence[Child], *, ready: Callable[[], bool], announce: Callable[[], None]) -> None:
    """Run until SIGINT or SIGTERM, restarting what dies; then end every child. Announces once it is ``ready``."""
    stopping = announced = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    for child in children:
        child.start()
    while not stopping:
        time.sleep(0.2)
        for child in children:
            child.revive()
        if not announced and ready():
            announced = True
            announce()
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    for child in children:
        child.end(deadline)
