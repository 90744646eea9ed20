"""What we put together is what the standard library reads."""

from email import message_from_bytes, policy

from hypothesis import example, given
from hypothesis import strategies as st

from guanxi.messaging.channels.email import addresses, mime

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
LINES = st.lists(
    WORDS | st.sampled_from([".", "..", " ", "\t", "From here", "--=_guanxi_part--", "=", "x" * 3000]), max_size=12
)


def lines_of(text: str) -> str:
    """Line ends as mail has them; other controls stay."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(content: bytes):
    return message_from_bytes(content, policy=policy.default)


@given(text=LINES.map("\n".join), pieces=st.lists(LINES.map("\n".join), min_size=1, max_size=5))
def test_both_parts_come_back_as_they_were(text: str, pieces: list[str]) -> None:
    content = mime.message("Subject: x\r\n", text=text, html=["<p>", *pieces])
    mail = read(content)
    plain, html = list(mail.iter_parts())
    assert plain.get_payload(decode=True).decode() == lines_of(text if text.endswith("\n") else text + "\n").replace(
        "\n", "\r\n"
    )
    assert html.get_payload(decode=True).decode().rstrip("\r\n") == "".join(["<p>", *map(lines_of, pieces)]).replace(
        "\n", "\r\n"
    ).rstrip("\r\n")
    assert mail.get_content_type() == "multipart/alternative"
    assert not mail.defects


@given(LINES.map("\n".join))
def test_lines_are_short_and_end_in_crlf(text: str) -> None:
    content = mime.message(f"Subject: {mime.header(text)}\r\n", text=text, html=[text])
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert content.isascii()


@given(WORDS)
def test_any_subject_comes_back_on_one_line(subject: str) -> None:
    expected = mime.CONTROL.sub(" ", subject).strip()
    mail = read(mime.message(f"Subject: {mime.header(subject)}\r\n", text="x"))
    assert str(mail["Subject"]) == expected
    assert mail.keys() == ["Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]


@given(WORDS)
def test_no_name_breaks_out_of_the_from_header(name: str) -> None:
    mail = read(mime.message(f"From: {mime.mailbox(name, 'shop@example.com')}\r\n", text="x"))
    assert [address.addr_spec for address in mail["From"].addresses] == ["shop@example.com"]
    assert mail.keys()[0] == "From"
    assert len(mail.keys()) == 4


@given(subject=WORDS, text=LINES.map("\n".join), pieces=st.lists(LINES.map("\n".join), max_size=5))
@example(subject=".", text=".", pieces=[".", "..\n...\n." + "x" * 74, "." * 300])
def test_no_line_begins_with_a_dot_so_that_none_has_to_be_doubled(subject: str, text: str, pieces: list[str]) -> None:
    content = mime.message(f"Subject: {mime.header(subject)}\r\n", text=text, html=pieces)
    assert b"\n." not in b"\n" + content
    assert content.endswith(b"\r\n")


def test_ascii_is_readable_and_chinese_is_short() -> None:
    assert mime.encode_text("Hello = there")[0] == "quoted-printable"
    assert mime.encode_text("您好，王小明")[0] == "base64"
    assert mime.header("Hello") == "Hello"
    assert mime.header("您好") == "=?utf-8?b?5oKo5aW9?="


def test_addresses() -> None:
    assert addresses.normalise(" Ana.Lopez@Example.COM ") == "ana.lopez@example.com"
    assert addresses.normalise("ana@bücher.example") == "ana@xn--bcher-kva.example"
    for bad in [
        "",
        "ana",
        "ana@",
        "@x.example",
        "a b@x.example",
        "a@x",
        "a\n@x.example",
        "a@x.example\nBcc: b@x",
        "a..b@x.example",
    ]:
        assert addresses.normalise(bad) == ""
