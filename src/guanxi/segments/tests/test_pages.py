"""The list of segments, one segment's page, and who may do what there."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from guanxi.core.testing import signed_in
from guanxi.customers import services as customers
from guanxi.customers.types import IdentifierKind, IncomingIdentifier, IncomingProfile
from guanxi.segments import list_import, services
from guanxi.segments.models import Segment
from guanxi.segments.tests import people, readings
from guanxi.segments.tests.people import NOW
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def warehouse() -> Iterator[people.World]:
    world = people.world()
    with given(world.tables, now=NOW):
        yield world


@pytest.fixture
def segment(warehouse: people.World) -> int:
    number = services.create_segment(name="Mail", definition={"condition": "has_email"}, now=NOW)
    services.refresh_membership(number, now=NOW)
    services.refresh_membership(number, now=NOW + timedelta(hours=1))
    return number


def test_list_shows_counts_in_few_queries(client: Client, segment: int, django_assert_max_num_queries: object) -> None:
    signed_in(client, role="marketer")
    for name in "ABC":
        services.create_list(name=name, customer_ids=[1, 2], now=NOW)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("segments:list")).content.decode()
    assert "Mail" in page
    assert "+2" in page
    services.archive_segment(segment, now=NOW)
    assert "Mail" not in client.get(reverse("segments:list")).content.decode()
    assert "Mail" in client.get(reverse("segments:list"), {"state": "archived"}).content.decode()


def test_page_explains_one_customer(client: Client, segment: int, warehouse: people.World) -> None:
    signed_in(client, role="read_only")
    member = readings.members(warehouse, {"match": "all", "of": [{"condition": "has_email"}]})[0]
    page = client.get(reverse("segments:page", args=[segment]), {"customer": str(member)}).content.decode()
    assert "Has an e-mail address" in page
    assert "Members over time" in page
    assert "yes</span>" in page
    for odd in ("x", "999", "9" * 30, "²"):
        assert client.get(reverse("segments:page", args=[segment]), {"customer": odd}).status_code == 200


def test_members_and_history_page_and_export(client: Client, segment: int, warehouse: people.World) -> None:
    signed_in(client, role="analyst")
    members = readings.members(warehouse, {"match": "all", "of": [{"condition": "has_email"}]})
    assert client.get(reverse("segments:members", args=[segment])).status_code == 200
    assert client.get(reverse("segments:history", args=[segment]), {"state": "out"}).status_code == 200
    answer = client.get(reverse("segments:members", args=[segment]), {"format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").split()
    assert len(lines) > len(members)
    assert all(any(line.startswith(f"{number},") for line in lines) for number in members)


def test_actions(client: Client, segment: int) -> None:
    signed_in(client, role="marketer")
    answer = client.post(reverse("segments:duplicate", args=[segment]))
    copy = Segment.objects.get(name="Mail (2)")
    assert answer.headers["Location"] == reverse("segments:edit", args=[copy.pk])
    client.post(reverse("segments:archive", args=[segment]))
    assert Segment.objects.get(pk=segment).archived_at is not None
    client.post(reverse("segments:restore", args=[segment]))
    assert Segment.objects.get(pk=segment).archived_at is None
    assert client.post(reverse("segments:refresh", args=[segment])).status_code == 302
    assert client.get(reverse("segments:archive", args=[segment])).status_code == 405


EDITS = ["new", "import", "preview", "edit", "refresh", "duplicate", "archive", "restore"]


@pytest.mark.parametrize("name", EDITS)
def test_only_editors_edit(name: str, client: Client, segment: int) -> None:
    url = reverse(f"segments:{name}", args=[segment] if name not in EDITS[:3] else [])
    assert client.post(url).status_code == 302
    signed_in(client, role="read_only")
    assert client.post(url).status_code == 403
    assert Segment.objects.count() == 1
    assert Segment.objects.get().archived_at is None


@pytest.mark.parametrize("name", ["list", "page", "members", "history"])
def test_only_viewers_view(name: str, client: Client, segment: int) -> None:
    url = reverse(f"segments:{name}", args=[segment] if name != "list" else [])
    assert client.get(url).status_code == 302
    signed_in(client, permissions=["customers.view"])
    assert client.get(url).status_code == 403


def person(kind: IdentifierKind, value: str) -> IncomingProfile:
    return IncomingProfile(identifiers=[IncomingIdentifier(kind, value)], name="Wang Test", seen_at=NOW)


def test_a_list_is_read_from_a_file(client: Client) -> None:
    signed_in(client, role="marketer")
    made = customers.resolve(
        [person(IdentifierKind.PHONE, "13900001234"), person(IdentifierKind.EMAIL, "wang@shop.example")],
        source="form",
        shop_id=0,
        country="CN",
        now=NOW,
    )
    phone, mail = (one.customer_id for one in made.resolutions)
    text = f"phone\n139 0000 1234\nWANG@shop.example,x\n{phone}\n13900009999\nWang Test\n\n"
    answer = client.post(
        reverse("segments:import"), {"file": BytesIO(text.encode("gb18030")), "name": "Fair"}
    ).content.decode()
    segment = Segment.objects.get(name="Fair")
    assert segment.count == 2
    assert "13900009999" in answer
    assert "no customer has it" in answer
    assert "is no phone number, e-mail address or customer number" in answer

    again = BytesIO(str(mail).encode())
    client.post(reverse("segments:import"), {"file": again, "segment": segment.pk, "replace": "on"})
    segment.refresh_from_db()
    assert segment.count == 1
    page = client.get(reverse("segments:page", args=[segment.pk])).content.decode()
    assert "wang@shop.example" not in page


def test_a_line_that_ties_to_nobody_comes_back_with_its_reason() -> None:
    shared = IdentifierKind.PLATFORM_ACCOUNT
    for shop_id in (1, 2):
        customers.resolve([person(shared, "778899001")], source="test", shop_id=shop_id, country="CN", now=NOW)
    (known,) = customers.resolve(
        [person(IdentifierKind.PHONE, "13900001234")], source="test", shop_id=0, country="CN", now=NOW
    ).resolutions
    lines = ["id", "139-0000-1234", "999999", "13900009999", "", "778899001", "Wang Test", "13900009999"]
    assert list(list_import.match(lines)) == [
        (2, "139-0000-1234", known.customer_id, ""),
        (3, "999999", None, "no customer has this number"),
        (4, "13900009999", None, "no customer has it"),
        (6, "778899001", None, "several customers have it"),
        (7, "Wang Test", None, "is no phone number, e-mail address or customer number"),
        (8, "13900009999", None, "no customer has it"),
    ]


def test_a_long_list_is_matched_in_three_queries(django_assert_num_queries: object) -> None:
    lines = [*map(str, range(1, 500)), *(f"1390000{number:04d}" for number in range(500))]
    with django_assert_num_queries(3):
        assert len(list(list_import.match(lines))) == 999


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04\x00\x00", "no text file"),
        (b"x" * 2_000_001, "larger than 2 MB"),
        (b"1\n" * 20_001, "more than 20000 lines"),
        (b"\xff\xff\xff", "letters cannot be read"),
    ],
)
def test_a_bad_file_is_refused_in_words(content: bytes, message: str) -> None:
    with pytest.raises(list_import.BadList, match=message):
        list_import.read_lines(content)


def test_a_list_may_be_utf16() -> None:
    assert list_import.read_lines("编号\n12\n".encode("utf-16")) == ["编号", "12"]


def test_command(segment: int, warehouse: people.World) -> None:
    def run(*words: str) -> object:
        out = StringIO()
        call_command("segment", *words, "--json", stdout=out)
        return json.loads(out.getvalue())

    members = readings.members(warehouse, {"match": "all", "of": [{"condition": "has_email"}]})
    assert run("count", "Mail") == {"segment": "Mail", "count": len(members)}
    assert run("count", '{"condition": "has_email"}')["count"] == len(members)
    assert run("members", str(segment))["customer_ids"] == members
    assert run("explain", "Mail", str(members[0]))["inside"] is True
    assert [row["name"] for row in run("list")] == ["Mail"]
    assert [row["entered"] for row in run("refresh")] == [0]
