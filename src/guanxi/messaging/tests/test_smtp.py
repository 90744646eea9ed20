"""What goes over the line to a mail server, packet by packet."""

import socket
from collections.abc import Callable, Iterator

import pytest

from guanxi.messaging.channels.base import Handover, Verdict
from guanxi.messaging.channels.email.smtp import LAST_PACKET, SmtpConnection

FIRST = Handover(1, "ana@mail.example.com", b"Subject: 1\r\n\r\nOne\r\n", "shop@shop.example")
SECOND = Handover(2, "bo@mail.example.com", b"Subject: 2\r\n\r\nTwo\r\n", "shop@shop.example")
ENVELOPE = b"MAIL FROM:<shop@shop.example>\r\nRCPT TO:<%s@mail.example.com>\r\nDATA\r\n"
GO_ON = b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n"
TAKEN = b"250 2.0.0 taken\r\n"


class SignedIn:
    """As smtplib hands a connection over."""

    def __init__(self, line: socket.socket, *extensions: str) -> None:
        self.sock = line
        self._extensions = extensions

    def has_extn(self, name: str) -> bool:
        return name in self._extensions

    def quit(self) -> None:
        self.sock.sendall(b"QUIT\r\n")

    def close(self) -> None:
        self.sock.close()


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Our end of a line, and the server's."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    with ours, theirs:
        yield ours, theirs


def connection_on(ours: socket.socket, *extensions: str) -> SmtpConnection:
    return SmtpConnection(SignedIn(ours, *extensions), timeout=5, final_timeout=5)  # type: ignore[arg-type]


def says(server: socket.socket, words: bytes) -> Callable[[], None]:
    """The last step of a message, after which the server says this."""
    return lambda: server.sendall(words)


def test_the_next_envelope_travels_with_the_final_dot(line) -> None:
    ours, server = line
    connection = connection_on(ours, "pipelining")
    server.sendall(GO_ON)
    assert connection.send(FIRST, says(server, TAKEN + GO_ON), SECOND).verdict is Verdict.SENT
    assert server.recv(65536) == ENVELOPE % b"ana" + FIRST.content + b".\r\n" + ENVELOPE % b"bo"
    assert connection.send(SECOND, says(server, TAKEN)).verdict is Verdict.SENT
    assert server.recv(65536) == SECOND.content + b".\r\n"
    connection.close()
    assert server.recv(65536) == b"QUIT\r\n"


def test_without_pipelining_the_next_envelope_waits(line) -> None:
    ours, server = line
    connection = connection_on(ours)
    server.sendall(GO_ON)
    assert connection.send(FIRST, says(server, TAKEN), SECOND).verdict is Verdict.SENT
    connection.close()
    assert server.recv(65536) == ENVELOPE % b"ana" + FIRST.content + b".\r\nQUIT\r\n"


def test_a_line_on_which_a_message_is_awaited_is_closed_without_a_word(line) -> None:
    ours, server = line
    connection = connection_on(ours, "pipelining")
    server.sendall(GO_ON)
    connection.send(FIRST, says(server, TAKEN + GO_ON), SECOND)
    connection.close()
    assert server.recv(65536) == ENVELOPE % b"ana" + FIRST.content + b".\r\n" + ENVELOPE % b"bo"
    assert server.recv(65536) == b""


def test_a_next_recipient_who_is_refused_does_not_disturb_the_message_before(line) -> None:
    ours, server = line
    connection = connection_on(ours, "pipelining")
    server.sendall(GO_ON)
    refused = b"250 2.1.0 ok\r\n550 5.1.1 no such user\r\n503 5.5.1 no valid recipients\r\n250 2.0.0 reset\r\n"
    assert connection.send(FIRST, says(server, TAKEN + refused), SECOND).verdict is Verdict.SENT
    steps: list[int] = []
    outcome = connection.send(SECOND, lambda: steps.append(2))
    assert (outcome.verdict, outcome.unknown_user, steps, connection.alive) == (Verdict.REFUSED, True, [], True)


def test_a_message_whose_dot_never_left_is_broken_and_not_uncertain(line) -> None:
    ours, server = line

    class Cut:
        """Takes the beginning of the last packet only."""

        family = ours.family
        close = ours.close
        gettimeout, settimeout, recv, sendall = ours.gettimeout, ours.settimeout, ours.recv, ours.sendall
        packets = iter([10])

        def send(self, data: bytes) -> int:
            try:
                return next(self.packets)
            except StopIteration:
                raise ConnectionResetError from None

    smtp = SignedIn(ours, "pipelining")
    smtp.sock = Cut()  # type: ignore[assignment]
    connection = SmtpConnection(smtp, timeout=5, final_timeout=5)  # type: ignore[arg-type]
    server.sendall(GO_ON)
    assert connection.send(FIRST, lambda: None, SECOND).verdict is Verdict.BROKEN
    assert not connection.alive


def test_a_server_that_says_more_than_it_was_asked_gets_no_message(line) -> None:
    ours, server = line
    connection = connection_on(ours, "pipelining")
    server.sendall(GO_ON + b"250 2.0.0 taken already\r\n")
    steps: list[int] = []
    assert connection.send(FIRST, lambda: steps.append(1)).verdict is Verdict.BROKEN
    assert steps == []


def test_a_reply_of_many_lines_in_many_packets_is_one_reply(line) -> None:
    ours, server = line
    connection = connection_on(ours, "pipelining")
    server.sendall(GO_ON)

    def last_step() -> None:
        server.sendall(b"550-5.7.1 we do not\r\n550-5.7.1 want")
        server.sendall(b" this\r\n550 5.7.1 kind of mail\r\n")

    outcome = connection.send(FIRST, last_step)
    assert (outcome.verdict, outcome.code, connection.alive) == (Verdict.REFUSED, "550 5.7.1", True)


def test_the_end_of_a_long_message_goes_with_its_dot(line) -> None:
    ours, server = line
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * LAST_PACKET)
    connection = connection_on(ours, "pipelining")
    content = b"towels and more towels, line after line\r\n" * (2 * LAST_PACKET // 41)
    server.sendall(GO_ON)
    before: list[bytes] = []

    def last_step() -> None:
        while sum(map(len, before)) < len(ENVELOPE % b"ana") + len(content) - LAST_PACKET:
            before.append(server.recv(65536))
        server.sendall(TAKEN)

    long = Handover(1, FIRST.recipient, content, FIRST.return_path)
    assert connection.send(long, last_step).verdict is Verdict.SENT
    assert b"".join(before) == ENVELOPE % b"ana" + content[:-LAST_PACKET]
