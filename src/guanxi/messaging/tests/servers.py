"""A mail server on a thread of the test, which behaves as badly as it is told."""

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType


class ScriptedServer:
    """Takes messages unless told otherwise. ``taken``: recipient and message of those it kept."""

    def __init__(
        self,
        *,
        greeting: str = "220 test ESMTP",
        answer_rcpt: Callable[[str], str] = lambda recipient: "250 2.1.5 ok",
        answer_mail: str = "250 2.1.0 ok",
        answer_data: Callable[[str], str] = lambda recipient: "250 2.0.0 taken",
        extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME"),
        drop: Callable[[str, int], str] = lambda recipient, number: "",
        delay: float = 0.0,
    ) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.connections = 0
        self._answer_rcpt, self._answer_mail, self._answer_data = answer_rcpt, answer_mail, answer_data
        self._extensions, self._drop, self._delay = extensions, drop, delay
        self._lock = threading.Lock()
        self._count = 0
        self._greeting = greeting
        """Empty to take the connection and never say a word."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> "ScriptedServer":
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # closing alone would let one more in
        self._listener.close()

    def recipients(self) -> list[str]:
        with self._lock:
            return [recipient for recipient, _message in self.taken]

    def _listen(self) -> None:
        while True:
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        try:
            with line, line.makefile("rb") as incoming:
                if self._greeting:
                    line.sendall(f"{self._greeting}\r\n".encode())
                self._commands(line, incoming)
        except OSError:
            pass

    def _commands(self, line: socket.socket, incoming: object) -> None:
        recipient, accepted = "", False
        for raw in incoming:  # type: ignore[attr-defined]
            command = raw.decode().rstrip("\r\n")
            verb = command[:4].upper()
            if verb == "EHLO":
                names = ["test", *self._extensions]
                answer = "\r\n".join(f"250{'-' if i < len(names) - 1 else ' '}{n}" for i, n in enumerate(names))
            elif verb == "MAIL":
                accepted, answer = False, self._answer_mail
            elif verb == "RCPT":
                recipient = command[9:-1]
                answer = self._answer_rcpt(recipient)
                accepted = answer.startswith("2")
            elif verb == "DATA":
                if accepted:
                    if not self._message(line, incoming, recipient):
                        return
                    continue
                answer = "503 5.5.1 no valid recipients"
            elif verb == "QUIT":
                line.sendall(b"221 bye\r\n")
                return
            else:
                answer = "250 ok"
            line.sendall(f"{answer}\r\n".encode())
            if answer.startswith("421"):
                return

    def _message(self, line: socket.socket, incoming: object, recipient: str) -> bool:
        with self._lock:
            self._count += 1
            drop = self._drop(recipient, self._count)
        if drop == "data":
            return False
        line.sendall(b"354 go on\r\n")
        lines = []
        for raw in incoming:  # type: ignore[attr-defined]
            if raw == b".\r\n":
                break
            if drop == "body":
                return False
            lines.append(raw[1:] if raw.startswith(b".") else raw)
        else:
            return False
        time.sleep(self._delay)
        answer = self._answer_data(recipient)
        if answer.startswith("2"):
            with self._lock:
                self.taken.append((recipient, b"".join(lines)))
        if drop == "answer":
            return False
        line.sendall(f"{answer}\r\n".encode())
        return True
