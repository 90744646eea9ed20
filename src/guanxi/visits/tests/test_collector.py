"""What the collector takes, keeps and refuses."""

import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guanxi.visits.models import Identification, Site, VisitEvent
from guanxi.visits.testing import AGENT, ORIGIN, event, send, site

pytestmark = pytest.mark.django_db


def test_a_batch_is_answered_and_kept_clean(client: Client) -> None:
    shop = site()
    answer = send(
        client,
        shop,
        [
            event(
                path="/goods/12?email=mei@example.com#top",
                referrer="https://www.baidu.com/s?wd=secret",
                ago=90,
            ),
            event(
                "product", product="SKU1", title="毛巾", category="Towels", utm_source="Newsletter", utm_campaign="May"
            ),
        ],
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    page, product = VisitEvent.objects.order_by("occurred_at")
    assert (page.path, page.source, page.medium) == ("/goods/12", "baidu.com", "search")
    assert timedelta(seconds=89) < product.occurred_at - page.occurred_at < timedelta(seconds=91)
    assert (product.product, product.title, product.category) == ("SKU1", "毛巾", "Towels")
    assert (product.source, product.medium, product.campaign) == ("newsletter", "campaign", "May")
    assert (product.device, product.browser) == ("phone", "Safari")
    assert page.visitor == product.visitor


def test_nothing_that_tells_a_person_is_kept_in_an_event(client: Client) -> None:
    shop = site()
    send(
        client,
        shop,
        [
            event(path="/account/mei@example.com/orders"),
            event(path="/u/13912345670/x"),
            event(path="/reset/" + "a1" * 30),
            event("search", term="Mei@Example.com"),
            event("search", term="+86 139 1234 5670"),
            event("search", term="Cotton Towel"),
            event(referrer="https://mail.example.com/inbox/mei@example.com?token=1", utm_campaign="13912345670"),
        ],
        visitor="raw-visitor-id",
    )
    rows = list(VisitEvent.objects.order_by("id").values())
    assert [row["path"] for row in rows][:3] == ["/account/…/orders", "/u/…/x", "/reset/…"]
    assert [row["term"] for row in rows][3:6] == ["", "", "cotton towel"]
    assert rows[6]["source"] == "mail.example.com"
    text = json.dumps(rows, default=str)
    assert not [secret for secret in ("mei", "1391234", "token", "raw-visitor-id", "127.0.0.1") if secret in text]


def test_an_event_sent_twice_is_kept_once(client: Client) -> None:
    shop = site()
    first, second = event(), event()
    assert send(client, shop, [first]).status_code == 204
    assert send(client, shop, [first, second, second]).status_code == 204
    assert VisitEvent.objects.count() == 2


def test_the_same_number_on_two_websites_is_two_events(client: Client) -> None:
    one = event()
    for shop in (site("One"), site("Two")):
        send(client, shop, [one])
    assert VisitEvent.objects.count() == 2


def test_only_the_websites_own_pages_may_send(client: Client) -> None:
    shop = site()
    for origin in ("https://other.example", "http://shop.example", "null", ""):
        answer = send(client, shop, [event()], origin=origin)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer
    assert not VisitEvent.objects.exists()
    assert Site.objects.get().refused_origin == "https://other.example"


def test_a_page_may_ask_first(client: Client) -> None:
    shop = site()
    answer = client.options(f"/v/{shop.key}", headers={"Origin": ORIGIN})
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Methods"] == "POST"
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert client.get(f"/v/{shop.key}", headers={"Origin": ORIGIN}).status_code == 405


def test_unknown_and_paused_websites_take_nothing(client: Client) -> None:
    shop = site(active=False)
    assert send(client, shop, [event()]).status_code == 404
    assert client.post("/v/nothing-like-a-key", "{}", content_type="text/plain").status_code == 404


@pytest.mark.parametrize("headers", [{"DNT": "1"}, {"Sec-GPC": "1"}])
def test_those_who_asked_not_to_be_followed_are_not(client: Client, headers: dict[str, str]) -> None:
    assert send(client, site(), [event()], headers=headers).status_code == 204
    assert not VisitEvent.objects.exists()


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120 Safari/537.36",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    ],
)
def test_bots_are_answered_and_dropped(client: Client, agent: str) -> None:
    assert send(client, site(), [event()], agent=agent).status_code == 204
    assert not VisitEvent.objects.exists()


def batch(*events: dict[str, object], visitor: str = "visitor-0001") -> bytes:
    usual = {"id": "event-0001", "kind": "page", "at": 1}
    return json.dumps({"visitor": visitor, "sent": 1, "events": [{**usual, **one} for one in events]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{not json",
        b"\xff\xfe",
        batch(),
        batch({}, visitor="short"),
        batch({"kind": "x"}),
        batch({"path": "\0"}),
        batch(*[{"id": f"event-{number:04}"} for number in range(51)]),
    ],
)
def test_what_is_no_batch_is_refused(client: Client, body: bytes) -> None:
    headers = {"Origin": ORIGIN, "User-Agent": AGENT}
    answer = client.post(f"/v/{site().key}", body, content_type="text/plain", headers=headers)
    assert answer.status_code == 400
    assert answer["Access-Control-Allow-Origin"] == ORIGIN  # or the page's script could not read the status
    assert not VisitEvent.objects.exists()


def test_a_batch_too_large_is_refused_unread(client: Client) -> None:
    headers = {"Origin": ORIGIN, "User-Agent": AGENT}
    body = b" " * (64 * 1024 + 1)
    assert client.post(f"/v/{site().key}", body, content_type="text/plain", headers=headers).status_code == 413


def test_a_visitor_and_a_website_have_their_limits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    half_past = time.time() // 60 * 60 + 30
    monkeypatch.setattr(time, "time", lambda: half_past)  # no minute ends meanwhile
    shop = site(events_per_minute=260)
    full = [event() for _ in range(40)]
    assert [send(client, shop, full).status_code for _ in range(7)] == [204] * 6 + [429]
    answer = send(client, shop, full, visitor="visitor-0002")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert send(client, shop, full[:20], visitor="visitor-0002").status_code == 204


def test_clocks_that_are_wrong_count_only_for_how_long_ago(client: Client) -> None:
    shop = site()
    years_off = {"at": 1000, "sent": 61_000}
    body = {"visitor": "visitor-0001", "sent": 61_000, "events": [{"id": "event-0001", "kind": "page", "at": 1000}]}
    before = timezone.now()
    client.post(
        f"/v/{shop.key}", json.dumps(body), content_type="text/plain", headers={"Origin": ORIGIN, "User-Agent": AGENT}
    )
    row = VisitEvent.objects.get()
    assert years_off and before - timedelta(seconds=61) < row.occurred_at <= row.received_at - timedelta(seconds=60)


def test_contacts_are_sealed_and_only_of_forms(client: Client) -> None:
    shop = site()
    send(client, shop, [event(email="mei@example.com"), event("form", email="mei@example.com", name="Mei")])
    one = Identification.objects.get()
    assert json.loads(one.contact) == {"email": "mei@example.com", "phone": "", "name": "Mei", "hashes": []}
    raw = Identification.objects.extra(select={"raw": "contact"}).values_list("raw", flat=True).get()
    assert b"mei" not in bytes(raw)


def test_contacts_are_left_alone_where_the_merchant_wants_none(client: Client) -> None:
    send(client, site(takes_forms=False), [event("form", email="mei@example.com")])
    assert VisitEvent.objects.get().kind == "form"
    assert not Identification.objects.exists()
