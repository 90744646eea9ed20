"""The pages: potential customers, website visitors, and the settings of websites."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.core.web.tables import Query
from guanxi.customers import queries as customers
from guanxi.visits import keeping
from guanxi.visits.models import Site
from guanxi.visits.testing import ORIGIN, event, happened, send, site, work
from guanxi.warehouse import services as warehouse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(home: Path) -> Site:
    """Mei is hot for a towel and came from Baidu; Bo is cool; someone nobody knows looked at a sheet."""
    row, now = site(), timezone.now()
    happened(row, "page", now - timedelta(minutes=20), visitor="visitor-mei", referrer="https://www.baidu.com/s")
    happened(
        row, "product", now - timedelta(minutes=20), visitor="visitor-mei", product="T1", title="Towel", category="Bath"
    )
    happened(
        row, "cart", now - timedelta(minutes=10), visitor="visitor-mei", product="T1", title="Towel", category="Bath"
    )
    happened(row, "form", now, visitor="visitor-mei", email="mei@example.com", name="Mei Invented")
    happened(row, "form", now - timedelta(days=20), visitor="visitor-bo", email="bo@example.com", name="Bo Invented")
    happened(
        row, "product", now, visitor="visitor-anon", product="S1", title="Sheet", category="Bed", referrer="weibo.com"
    )
    happened(row, "search", now, visitor="visitor-anon", term="silk")
    work()
    warehouse.refresh(now=now)
    return row


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_potential_customers_are_ordered_by_heat_with_what_they_want(client: Client, shop: Site) -> None:
    signed_in(client, role="marketer")
    found = client.get("/visits/potential/").context["table"].source
    mei, bo = found.page(Query(), offset=0, limit=9)
    assert (mei.level, round(mei.points), mei.wants, mei.source, mei.visits) == ("hot", 22, ("Towel",), "baidu.com", 1)
    assert (bo.level, bo.wants, bo.source, bo.consent) == ("cool", (), "", "unknown")
    text = page(client, "/visits/potential/")
    assert text.index("M*** I***") < text.index("B*** I***")
    assert "mei@example.com" not in text


@pytest.mark.parametrize(
    ("narrowed", "names"),
    [
        ("level=hot", ["M***"]),
        ("level=cool", ["B***"]),
        ("level=hot&level=cool", ["M***", "B***"]),
        ("bought=no", ["M***", "B***"]),
        ("bought=yes", []),
        ("source=baidu.com", ["M***"]),
        ("source=-", ["B***"]),
        ("product=T1", ["M***"]),
        ("category=Bath", ["M***"]),
        ("category=Bed", []),
        ("consent_email_marketing=unknown", ["M***", "B***"]),
    ],
)
def test_the_list_narrows(client: Client, shop: Site, narrowed: str, names: list[str]) -> None:
    signed_in(client, role="marketer")
    text = page(client, f"/visits/potential/?{narrowed}")
    assert [name for name in ("M***", "B***") if name in text] == names


def test_the_list_is_tagged_and_exported(client: Client, shop: Site) -> None:
    signed_in(client, role="marketer")
    sent = {"_action": "tag", "_all": "yes", "_confirmed": "yes", "tag": "Call them"}
    assert client.post("/visits/potential/?level=hot", sent).status_code == 302
    bo, mei = customers.newest_ids(limit=9)
    tags = {card.id: card.tags for card in customers.profiles([mei, bo]) if card.tags}
    assert sorted(tags.values()) == [("Call them",)]
    answer = client.get("/visits/potential/?format=csv&level=hot")
    head, row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert head.startswith("Customer,How hot,Wants,Came from")
    assert row.startswith("M*** I***,2") and ",Towel,baidu.com,1," in row


def test_who_may_not_change_customers_may_not_tag_them(client: Client, shop: Site) -> None:
    signed_in(client, permissions=["customers.view"])
    sent = {"_action": "tag", "_all": "yes", "_confirmed": "yes", "tag": "Call them"}
    assert client.post("/visits/potential/", sent).status_code == 403
    assert client.get("/visits/potential/?format=csv").status_code == 403
    assert client.get("/visits/").status_code == 403


def test_visitors_by_source_and_what_they_want(client: Client, shop: Site) -> None:
    signed_in(client, role="analyst")
    context = client.get("/visits/?days=30").context
    totals = context["totals"]
    assert (totals.visits, totals.visitors, totals.known, totals.hot, totals.carts) == (3, 3, 2, 1, 1)
    assert [(name, kind, row.visitors, row.known) for name, kind, row in context["sources"]] == [
        ("By themselves", "By themselves", 1, 1),
        ("baidu.com", "Search engine", 1, 1),
        ("weibo.com", "Social network", 1, 0),
    ]
    assert [(one.label, one.visitors, one.known, one.carts, bool(href)) for one, href in context["products"]] == [
        ("Towel", 1, 1, 1, True),
        ("Sheet", 1, 0, 0, False),
    ]
    assert [one.label for one in context["searches"]] == ["silk"]
    assert client.get("/visits/?days=7").context["totals"].visits == 2
    file = client.get("/visits/sources.csv?days=30").content.decode("utf-8-sig").splitlines()
    assert file[0] == "Source,Kind,Visits,Visitors,Known,With a cart,With an order"
    assert "baidu.com,Search engine,1,1,1,1,0" in file
    assert client.get("/visits/wanted.csv").content.decode("utf-8-sig").splitlines()[1].startswith("T1,Towel,13")


@pytest.mark.parametrize("address", ["/visits/", "/visits/potential/"])
def test_without_a_website_the_page_tells_how_to_connect_one(client: Client, home: Path, address: str) -> None:
    signed_in(client, role="administrator")
    text = page(client, address)
    assert "No website is connected yet" in text
    assert 'href="/visits/websites/new/"' in text
    signed_in(client, role="read_only")
    assert 'href="/visits/websites/new/"' not in page(client, address)


def test_a_website_is_connected_and_its_line_is_ready_to_copy(client: Client) -> None:
    signed_in(client, role="administrator")
    sent = {"name": "Shop", "origins": "Shop.example/cart\nhttp://localhost:8080/ https://shop.example:443",
            "takes_forms": "on", "active": "on", "events_per_minute": "6000"}  # fmt: skip
    answer = client.post("/visits/websites/new/", sent)
    row = Site.objects.get()
    assert answer.headers["Location"] == f"/visits/websites/{row.pk}/"
    assert row.origins == ["https://shop.example", "http://localhost:8080"]
    text = page(client, f"/visits/websites/{row.pk}/")
    assert f"v/shop.js&quot; data-site=&quot;{row.key}&quot;" in text
    assert "Waiting for the first event" in text
    entry = AuditEntry.objects.get(action="website.created")
    assert (entry.subject_kind, entry.subject_id) == ("website", row.pk)


@pytest.mark.parametrize(("name", "value"), [("origins", "not an address!"), ("origins", ""), ("name", ""),
                                             ("events_per_minute", "0")])  # fmt: skip
def test_what_makes_no_sense_is_said(client: Client, name: str, value: str) -> None:
    signed_in(client, role="administrator")
    sent = {"name": "Shop", "origins": ORIGIN, "active": "on", "events_per_minute": "6000", name: value}
    answer = client.post("/visits/websites/new/", sent)
    assert list(answer.context["form"].errors) == [name]
    assert not Site.objects.exists()


def test_the_page_tells_whether_events_arrive_and_what_is_missing(client: Client) -> None:
    signed_in(client, role="administrator")
    row = site()
    send(client, row, [event()], origin="https://www.shop.example")
    text = page(client, f"/visits/websites/{row.pk}/arrival/")
    assert "Waiting for the first event" in text and "https://www.shop.example" in text
    client.post(f"/visits/websites/{row.pk}/allow/", {"origin": "https://www.shop.example"})
    assert send(client, row, [event()], origin="https://www.shop.example").status_code == 204
    work()
    text = page(client, f"/visits/websites/{row.pk}/arrival/")
    assert "Events arrive" in text and "1 event so far" in text and "hx-get" not in text
    row.refresh_from_db()
    assert row.origins == [ORIGIN, "https://www.shop.example"]


def test_a_paused_website_takes_nothing_at_once(client: Client) -> None:
    signed_in(client, role="administrator")
    row = site()
    assert send(client, row, [event()]).status_code == 204
    client.post(f"/visits/websites/{row.pk}/", {"name": "Shop", "origins": ORIGIN, "events_per_minute": "6000"})
    assert send(client, row, [event()]).status_code == 404
    assert "Paused" in page(client, f"/visits/websites/{row.pk}/")


def test_how_long_visits_are_kept_is_set(client: Client) -> None:
    signed_in(client, role="administrator")
    assert client.post("/visits/websites/", {"days": "3"}).context["form"].errors
    client.post("/visits/websites/", {"days": "30"})
    assert keeping.keep_days() == 30
    assert AuditEntry.objects.get(action="website.keeping_changed").detail == {"days": 30}


@pytest.mark.parametrize("address", ["/visits/websites/", "/visits/websites/new/", "/visits/websites/1/",
                                     "/visits/websites/1/arrival/", "/visits/websites/1/allow/"])  # fmt: skip
def test_settings_are_for_those_with_the_right(client: Client, address: str) -> None:
    signed_in(client, role="marketer")
    assert client.get(address).status_code == 403
    assert client.post(address, {"name": "x"}).status_code == 403
