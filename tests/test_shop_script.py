"""The script on a shop's pages, in a real browser, on pages of another origin than ours."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from guanxi.visits import script
from guanxi.visits.models import Identification, VisitEvent
from tests.shop_site import Shop, come_in

browser_test = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sent(page: Page, act: Callable[[], object], *, batches: int = 1) -> None:
    """Do something, and wait until its events are answered for."""
    with page.expect_response(lambda one: "/v/" in one.url and one.request.method == "POST") as waiting:
        act()
    assert waiting.value.status == 204


def kept() -> list[tuple[str, ...]]:
    rows = VisitEvent.objects.order_by("occurred_at", "event_id")
    return [(row.kind, row.path, row.product, row.title, row.category, row.term) for row in rows]


def test_it_is_small_and_served_to_everybody(client: Client) -> None:
    answer = client.get("/v/shop.js")
    assert len(answer.content) == len(script.served()[0]) < script.LARGEST == 5000
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert b"//" not in answer.content.replace(b"https://", b"") and b"/*" not in answer.content
    again = client.get("/v/shop.js", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


class TestInABrowser:
    pytestmark = browser_test

    def test_pages_products_and_searches_come_in(self, shop_site: Shop, website: Any, visitor: Any) -> None:
        product = '<script type="application/ld+json">{"@type": "Product", "sku": "T1", "name": "毛巾"}</script>'
        marked = '<main data-gx-product="S9" data-gx-title="Sheet" data-gx-category="Bedding"></main>'
        website({"/": "Hello", "/towel": product, "/sheet": marked, "/find": "Found"})
        page = visitor()
        for path in ("/?utm_source=mail&email=mei@example.com", "/towel", "/sheet", "/find?q=Silk"):
            sent(page, lambda path=path: page.goto(shop_site.url + path))
        assert kept() == [
            ("page", "/", "", "", "", ""),
            ("page", "/towel", "", "", "", ""),
            ("product", "/towel", "T1", "毛巾", "", ""),
            ("page", "/sheet", "", "", "", ""),
            ("product", "/sheet", "S9", "Sheet", "Bedding", ""),
            ("page", "/find", "", "", "", ""),
            ("search", "/find", "", "", "", "silk"),
        ]
        rows = VisitEvent.objects.order_by("occurred_at")
        assert (rows[0].source, rows[0].device, rows[0].browser) == ("mail", "phone", "Safari")
        assert len(set(rows.values_list("visitor", flat=True))) == 1
        (cookie,) = page.context.cookies()
        assert (cookie["name"], cookie["domain"], cookie["sameSite"]) == ("_gx", "127.0.0.1", "Lax")

    def test_scripts_of_the_shop_say_more(self, shop_site: Shop, website: Any, visitor: Any) -> None:
        early = "<script>window.guanxi = function () { (guanxi.q = guanxi.q || []).push(arguments) };"
        website({"/": "Hello"}, head=f"{early} guanxi('product', {{product: 'A', title: 'Robe'}})</script>")
        page = visitor()
        sent(page, lambda: page.goto(shop_site.url))
        sent(page, lambda: page.evaluate("guanxi('cart', {product: 'A', title: 'Robe', category: {a: 1}})"))
        assert [row[0] for row in kept()] == ["page", "product", "cart"]
        assert kept()[2][2:5] == ("A", "Robe", "")

    def test_pages_that_change_without_loading_count(self, shop_site: Shop, website: Any, visitor: Any) -> None:
        website({"/": "Hello"})
        page = visitor()
        sent(page, lambda: page.goto(shop_site.url))
        sent(page, lambda: page.evaluate("history.pushState({}, '', '/second')"))
        assert [row[1] for row in kept()] == ["/", "/second"]

    def test_what_is_left_goes_when_the_page_does(self, shop_site: Shop, website: Any, visitor: Any) -> None:
        website({"/": "<a href='/next'>Next</a>", "/next": "Bye"})
        page = visitor()
        sent(page, lambda: page.goto(shop_site.url))
        page.evaluate("guanxi('cart', {product: 'A'}); location.href = '/next'")
        page.wait_for_url("**/next")
        come_in(page, 3)
        assert sorted(row[0] for row in kept()) == ["cart", "page", "page"]

    def test_only_marked_forms_say_who_it_is(self, shop_site: Shop, website: Any, visitor: Any) -> None:
        inputs = "<input name=name value=Mei><input type=email name=x value=mei@example.com><button>Go</button>"
        website({"/": f"<form id=a method=post>{inputs}</form><form id=b data-gx-form method=post>{inputs}</form>"})
        page = visitor()
        page.goto(shop_site.url)
        page.locator("#a button").click()
        page.wait_for_load_state()
        come_in(page, 2)
        assert not Identification.objects.exists()
        page.locator("#b button").click()
        come_in(page, 4)
        assert Identification.objects.get().contact == (
            '{"email": "mei@example.com", "phone": "", "name": "Mei", "hashes": []}'
        )

    def test_it_waits_for_consent_and_stops_without(self, shop_site: Shop, website: Any, visitor: Any) -> None:
        website({"/": "Hello"}, attributes='data-consent="required"')
        page = visitor()
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
        page.goto(shop_site.url, wait_until="networkidle")
        page.wait_for_timeout(1500)
        assert (asked, page.context.cookies()) == ([], [])
        sent(page, lambda: page.evaluate("guanxi('consent', true)"))
        assert [row[0] for row in kept()] == ["page"]
        page.evaluate("guanxi('consent', false); guanxi('cart', {product: 'A'})")
        assert [cookie["name"] for cookie in page.context.cookies()] == ["_gx_consent"]
        page.wait_for_timeout(1500)
        assert len(asked) == 1

    @pytest.mark.parametrize("name", ["doNotTrack", "globalPrivacyControl", "webdriver"])
    def test_it_is_silent_for_those_who_want_it_and_before_machines(
        self, shop_site: Shop, website: Any, visitor: Any, name: str
    ) -> None:
        website({"/": "Hello"})
        value = "'1'" if name == "doNotTrack" else "true"
        page = visitor(before=f"Object.defineProperty(Navigator.prototype, '{name}', {{get: () => {value}}});")
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
        page.goto(shop_site.url, wait_until="networkidle")
        page.evaluate("guanxi('cart', {product: 'A'}); guanxi('consent', true)")
        page.wait_for_timeout(1500)
        assert asked == []
        assert "_gx" not in [cookie["name"] for cookie in page.context.cookies()]

    def test_events_that_get_no_answer_come_again_and_count_once(
        self, shop_site: Shop, website: Any, visitor: Any
    ) -> None:
        website({"/": "Hello"})
        page = visitor()
        tries: list[int] = []

        def fail_once(route: Any) -> None:
            tries.append(1)
            if len(tries) == 1:
                route.fetch()  # it came in, but the page does not hear of it
                route.abort()
            else:
                route.continue_()

        page.route(lambda address: "/v/" in address and "shop.js" not in address, fail_once)
        sent(page, lambda: page.goto(shop_site.url))
        assert len(tries) == 2
        assert [row[0] for row in kept()] == ["page"]
