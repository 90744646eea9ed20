"""A mail server that takes everything and keeps nothing but a count: ``python bench/smtp_sink.py`` prints its port.

One process, asyncio, with PIPELINING as real servers have it. The command ``XCOUNT`` answers how many messages came;
``--keep FILE`` appends the recipient and token of each accepted message, for tests of "never twice".
"""

import argparse
import asyncio
import sys
from pathlib import Path


class Session(asyncio.Protocol):
    count = 0
    keep = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = bytearray()
        self.data = False
        self.recipient = b""
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self.buffer:
            if self.data:
                if not self._take_message():
                    return
                continue
            line, found, rest = self.buffer.partition(b"\r\n")
            if not found:
                return
            self.buffer = rest
            self._command(bytes(line))

    def _take_message(self) -> bool:
        """True when the message's end has come."""
        if not self.buffer.endswith(b"\r\n.\r\n") and self.buffer != b".\r\n":
            at = self.buffer.find(b"\r\n.\r\n")
            if at < 0:
                return False
            del self.buffer[: at + 5]
        else:
            self.buffer.clear()
        self.data = False
        Session.count += 1
        if Session.keep:
            Session.keep.write(self.recipient + b"\n")
            Session.keep.flush()
        self.transport.write(b"250 2.0.0 taken\r\n")
        return True

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            answer = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        elif verb == b"DATA":
            self.data = True
            answer = b"354 go on\r\n"
        elif verb == b"QUIT":
            self.transport.write(b"221 2.0.0 bye\r\n")
            self.transport.close()
            return
        elif verb == b"XCOU":
            answer = b"250 %d\r\n" % Session.count
        else:
            if verb == b"RCPT":
                self.recipient = line[9:-1]
            answer = b"250 2.1.0 ok\r\n"
        self.transport.write(answer)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--keep")
    options = parser.parse_args()
    if options.keep:
        Session.keep = Path(options.keep).open("ab")  # noqa: SIM115  # open as long as the process lives
    try:
        asyncio.run(serve(options.port))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
