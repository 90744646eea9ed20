"""What links in messages do: stopping, counting, and never leading astray."""

from datetime import timedelta

import pytest
from django.test import Client

from guanxi.core.models import Event
from guanxi.customers import queries as customers
from guanxi.customers import services as customer_services
from guanxi.customers.types import Channel, Purpose
from guanxi.messaging import delivery, reactions, services, tokens
from guanxi.messaging.delivery import DeliverySettings
from guanxi.messaging.models import Message
from guanxi.messaging.reactions import Click
from guanxi.messaging.testing import NOW, make_version, outgoing
from guanxi.messaging.tests.people import make_customer

pytestmark = pytest.mark.django_db
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"}


@pytest.fixture
def message() -> Message:
    customer = make_customer("ana@mail.example.com")
    services.queue_messages([outgoing(customer, make_version())], NOW)
    Message.objects.update(state="sent", sent_at=NOW)
    return Message.objects.get()


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="message.").order_by("id").values_list("kind", flat=True))


def wants(message: Message) -> bool:
    ids = [message.customer_id]
    return customer_services.may_contact(ids, channel=Channel.EMAIL, purpose=Purpose.MARKETING)[ids[0]].allowed


def address(message: Message, kind: str, tail: str = "/") -> str:
    return f"/messages/{kind}/{tokens.token(message.pk)}{tail}"


def test_one_click_needs_no_cookie_and_no_page(message: Message) -> None:
    strict = Client(enforce_csrf_checks=True)
    url = address(message, "u", "/one-click/")
    response = strict.post(url, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert not wants(message)
    newest = customers.consents(message.customer_id)[0]
    assert (newest.granted, newest.source) == (False, "unsubscribe")
    assert kinds() == ["message.unsubscribed"]
    assert Event.objects.filter(kind="consent.withdrawn", customer_id=message.customer_id).count() == 1
    assert strict.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert kinds() == ["message.unsubscribed"]


def test_one_click_by_get_or_with_other_words_does_nothing(message: Message, client: Client) -> None:
    url = address(message, "u", "/one-click/")
    assert client.get(url).status_code == 405
    assert client.post(url, {"anything": "else"}).status_code == 400
    assert wants(message)


def test_looking_at_the_page_changes_nothing_and_the_button_does(message: Message, client: Client) -> None:
    url = address(message, "u")
    page = client.get(url)
    assert page.status_code == 200
    assert wants(message)
    assert b"ana@" not in page.content
    assert client.post(url, {"choice": "stop"}).status_code == 200
    assert not wants(message)
    assert client.post(url, {"choice": "again"}).status_code == 200
    assert wants(message)


def test_a_changed_token_opens_nothing(message: Message, client: Client) -> None:
    good = tokens.token(message.pk)
    number, _, mac = good.partition("-")
    for bad in [f"{message.pk + 1:x}-{mac}", f"{number}-{'a' * 16}", number, "x", f"-{mac}"]:
        assert client.get(f"/messages/u/{bad}/").status_code == 404
        assert client.get(f"/messages/c/{bad}/0").status_code == 404
        assert client.get(f"/messages/o/{bad}.gif").status_code == 200
        assert client.post(f"/messages/u/{bad}/one-click/", {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert tokens.message_id(good.upper()) == message.pk
    assert kinds() == []


def test_a_click_leads_on_and_counts_once_and_as_an_open(message: Message, client: Client) -> None:
    for _twice in range(2):
        response = client.get(address(message, "c", "/0"), **BROWSER)
        assert (response.status_code, response["Location"]) == (302, "https://shop.example/new")
    message.refresh_from_db()
    assert message.opened_at is not None
    assert message.clicked_at is not None
    assert message.links_clicked == [0]
    assert kinds() == ["message.opened", "message.clicked"]
    assert Event.objects.get(kind="message.clicked").data["url"] == "https://shop.example/new"


def test_there_is_no_open_redirect(message: Message, client: Client) -> None:
    assert client.get(address(message, "c", "/1"), **BROWSER).status_code == 404
    assert client.get(address(message, "c", "/0") + "?url=https://evil.example", **BROWSER)["Location"] == (
        "https://shop.example/new"
    )


def test_an_open_counts_once(message: Message, client: Client) -> None:
    url = address(message, "o", ".gif")
    for _twice in range(2):
        response = client.get(url, **BROWSER)
        assert (response.status_code, response["Content-Type"]) == (200, "image/gif")
    assert kinds() == ["message.opened"]


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_USER_AGENT": "Mimecast-Scanner/1.0"},
        {"HTTP_USER_AGENT": ""},
        {**BROWSER, "HTTP_SEC_PURPOSE": "prefetch;prerender"},
    ],
)
def test_machines_that_say_so_are_not_counted(message: Message, client: Client, headers: dict[str, str]) -> None:
    client.get(address(message, "o", ".gif"), **headers)
    assert client.get(address(message, "c", "/0"), **headers).status_code == 302
    assert kinds() == []


def test_counting_can_be_switched_off(message: Message, client: Client) -> None:
    delivery.save(DeliverySettings(track_opens=False, track_clicks=False))
    client.get(address(message, "o", ".gif"), **BROWSER)
    assert client.get(address(message, "c", "/0"), **BROWSER).status_code == 302
    assert kinds() == []


def test_many_opens_and_clicks_at_once_are_what_they_are_one_by_one() -> None:
    version = make_version()
    queued = [outgoing(make_customer(f"ana{number}@mail.example.com"), version) for number in range(3)]
    services.queue_messages(queued, NOW)
    one, two, three = Message.objects.order_by("id").values_list("pk", flat=True)
    first, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)

    assert reactions.record_opens({one: first, two: first, 10**9: first}, now=later) == 2
    assert reactions.record_opens({one: later, two: later}, now=later) == 0
    clicks = [Click(two, 0, "https://a.example", first), Click(three, 1, "https://b.example", first)]
    more = [Click(three, 0, "https://a.example", later), Click(three, 1, "https://b.example", later)]
    assert reactions.record_clicks([*clicks, *more, Click(10**9, 0, "https://a.example", first)], now=later) == 3
    assert reactions.record_clicks(more, now=later) == 0

    found = Message.objects.order_by("id").values_list("opened_at", "clicked_at", "links_clicked")
    assert list(found) == [(first, None, []), (first, first, [0]), (first, first, [1, 0])]
    logged = Event.objects.filter(kind__in=("message.opened", "message.clicked")).order_by("subject_id", "id")
    assert [(event.kind, event.subject_id, event.occurred_at, event.data.get("url")) for event in logged] == [
        ("message.opened", one, first, None),
        ("message.opened", two, first, None),
        ("message.clicked", two, first, "https://a.example"),
        ("message.opened", three, first, None),
        ("message.clicked", three, first, "https://b.example"),
        ("message.clicked", three, later, "https://a.example"),
    ]
    assert reactions.links_of([one, 10**9]) == {one: list(version.links)}
