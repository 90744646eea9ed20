"""STARTTLS, TLS from the first byte and signing in, against a real mail server with a certificate of our own."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guanxi.messaging.channels.base import Handover, TransportTrouble, Verdict
from guanxi.messaging.channels.email.smtp import SmtpServer, SmtpTransport

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the start

MESSAGE = Handover(1, "ana@mail.example.com", b"Subject: Towels\r\n\r\nSoft\r\n", "shop@shop.example")


class Mailbox:
    """What the server took, and who signed in to say so."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes, bool]] = []
        self.signed_in: list[tuple[bytes, bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        encrypted = server.transport.get_extra_info("ssl_object") is not None
        self.taken.append((envelope.rcpt_tos, envelope.content, encrypted))
        return "250 2.0.0 taken"

    def authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.signed_in.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret", handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def mail_server(certificate: Path, mailbox: Mailbox, *, implicit: bool = False) -> Iterator[int]:
    """A server that takes nothing before it is encrypted and signed in to; gives its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    loop = asyncio.new_event_loop()
    options: dict[str, Any] = {"auth_require_tls": not implicit, "loop": loop}
    if not implicit:
        options |= {"tls_context": context, "require_starttls": True}

    def session() -> SMTP:
        return SMTP(mailbox, authenticator=mailbox.authenticate, auth_required=True, **options)

    thread = threading.Thread(target=loop.run_forever)  # the thread of the tests may have the browser's loop
    thread.start()
    starting = loop.create_server(session, "127.0.0.1", 0, ssl=context if implicit else None)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    talking = asyncio.all_tasks() - {asyncio.current_task()}
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)


def send(url: str) -> Verdict:
    connection = SmtpTransport(SmtpServer.parse(url), timeout=10).open()
    try:
        return connection.send(MESSAGE, lambda: None).verdict
    finally:
        connection.close()


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Make a certificate one that this machine trusts."""
    return lambda certificate: monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.parametrize("implicit", [False, True])
def test_a_message_goes_encrypted_and_signed_in_where_the_certificate_is_trusted(
    implicit: bool, certificate: Path, trust: Callable[[Path], None]
) -> None:
    trust(certificate)
    mailbox = Mailbox()
    with mail_server(certificate, mailbox, implicit=implicit) as port:
        scheme = "smtps" if implicit else "smtp"
        assert send(f"{scheme}://shop:secret@127.0.0.1:{port}?tls=required") is Verdict.SENT
    assert mailbox.taken == [([MESSAGE.recipient], MESSAGE.content, True)]
    assert mailbox.signed_in == [(b"shop", b"secret")]


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_nobody_vouches_for_is_refused_before_the_password_is_sent(
    implicit: bool, certificate: Path
) -> None:
    mailbox = Mailbox()
    with mail_server(certificate, mailbox, implicit=implicit) as port:
        scheme = "smtps" if implicit else "smtp"
        with pytest.raises(TransportTrouble) as caught:
            send(f"{scheme}://shop:secret@127.0.0.1:{port}")
    assert str(caught.value) == "The encrypted connection to 127.0.0.1 failed: its certificate does not fit."
    assert (mailbox.taken, mailbox.signed_in) == ([], [])


def test_a_certificate_may_go_unverified_when_the_settings_say_so(certificate: Path) -> None:
    mailbox = Mailbox()
    with mail_server(certificate, mailbox) as port:
        assert send(f"smtp://shop:secret@127.0.0.1:{port}?tls=unverified") is Verdict.SENT
    assert [encrypted for _to, _content, encrypted in mailbox.taken] == [True]


def test_a_wrong_password_is_named_as_the_trouble(certificate: Path, trust: Callable[[Path], None]) -> None:
    trust(certificate)
    mailbox = Mailbox()
    with mail_server(certificate, mailbox) as port, pytest.raises(TransportTrouble) as caught:
        send(f"smtp://shop:wrong@127.0.0.1:{port}")
    assert str(caught.value) == "The mail server 127.0.0.1 does not accept the user name and password."
    assert mailbox.taken == []
