"""The page, the CSV and the endpoint of a persona."""

from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.analytics.tests.persona.crowd import LISTED, NOW, OTHERS, crowd
from guanxi.core import tokens
from guanxi.core.testing import make_user, signed_in
from guanxi.segments.models import Segment, SegmentKind
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db
PAGE = reverse("analytics:persona")


@pytest.fixture
def lists(db: object) -> Iterator[None]:
    for number, name in ((LISTED, "Fair"), (OTHERS, "Odd")):
        Segment.objects.create(pk=number, name=name, kind=SegmentKind.STATIC, created_at=NOW, updated_at=NOW)
    with given(crowd(600), now=NOW):
        yield


def text(client: Client, **query: object) -> str:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("other", ["", OTHERS])
def test_side_by_side(client: Client, lists: None, language: str, other: object) -> None:
    signed_in(client, role="marketer")
    client.cookies["django_language"] = language
    shown = text(client, segment=LISTED, other=other)
    assert "Towel" in shown and "Fair" in shown
    assert "/segments/new/?definition=" in shown
    if language == "en":
        assert "What sets them apart most" in shown
        assert ("are in both" in shown) == bool(other)


def test_who_may_make_no_segments_gets_no_links_to_them(client: Client, lists: None) -> None:
    signed_in(client, role="read_only")
    assert "/segments/new/" not in text(client, segment=LISTED)


def test_before_a_segment_is_chosen(client: Client, lists: None) -> None:
    signed_in(client, role="analyst")
    assert "Choose a segment above." in text(client)
    Segment.objects.all().delete()
    assert "There is no segment yet" in text(client)


def test_with_too_few_people(client: Client, lists: None) -> None:
    signed_in(client, role="analyst")
    with given(crowd(30), now=NOW):
        assert "Not enough data yet" in text(client, segment=LISTED)


def test_without_a_warehouse(client: Client, lists: None, home: object) -> None:
    signed_in(client, role="analyst")
    assert "There are no data yet." in text(client, segment=LISTED)


@pytest.mark.parametrize("query", [{"segment": 99}, {"segment": LISTED, "other": 99}, {"segment": "x"}])
def test_no_such_segment(client: Client, lists: None, query: dict[str, object]) -> None:
    signed_in(client, role="analyst")
    assert client.get(PAGE, query).status_code == 404


def test_csv(client: Client, lists: None) -> None:
    signed_in(client, role="analyst")
    whole, one = (
        client.get(reverse("analytics:persona_csv", args=[name]), {"segment": LISTED}) for name in ("all", "gender")
    )
    lines = b"".join(one.streaming_content).decode().strip().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("\ufeffDimension,Value,Customers,")
    assert {line.split(",")[1] for line in lines[1:]} == {"Female", "Male"}
    everything = b"".join(whole.streaming_content).decode()  # type: ignore[attr-defined]
    assert all(line in everything for line in lines[1:])
    for query, name in (({"segment": LISTED}, "shoe"), ({}, "all"), ({"segment": 99}, "all")):
        assert client.get(reverse("analytics:persona_csv", args=[name]), query).status_code == 404


@pytest.mark.parametrize("name", ["persona", "persona_csv"])
def test_only_who_may_see_reports(client: Client, lists: None, name: str) -> None:
    address = reverse(f"analytics:{name}", args=["all"] if name == "persona_csv" else [])
    assert client.get(address, {"segment": LISTED}).status_code == 302
    signed_in(client, permissions=["segments.view"])
    assert client.get(address, {"segment": LISTED}).status_code == 403


def test_a_segments_page_leads_here(client: Client, lists: None) -> None:
    signed_in(client, role="marketer")
    shown = client.get(reverse("segments:page", args=[LISTED])).content.decode()
    assert f"{PAGE}?segment={LISTED}" in shown
    signed_in(client, permissions=["segments.view"])
    assert PAGE not in client.get(reverse("segments:page", args=[LISTED])).content.decode()


def test_endpoint(client: Client, lists: None) -> None:
    raw = tokens.issue(owner=make_user(), name="t", scopes=["analytics.view"])[1]
    headers = {"Authorization": f"Bearer {raw}"}
    made = client.get("/api/v1/personas", {"segment": LISTED, "other": OTHERS}, headers=headers).json()
    assert made["size"] and made["shared"]
    gender = next(part for part in made["parts"] if part["dimension"] == "gender")
    women = next(value for value in gender["values"] if value["key"] == "female")
    assert women["definition"] == {"condition": "gender", "values": ["female"]}
    assert women["group"]["low"] < women["group"]["share"] < women["group"]["high"]
    for query, status in (({"segment": 99}, 404), ({"segment": 0}, 422), ({}, 422)):
        assert client.get("/api/v1/personas", query, headers=headers).status_code == status
