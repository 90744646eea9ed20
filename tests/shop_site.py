"""A shop's website of another origin than ours, and a browser of someone who visits it; fixtures of conftest.py."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page

from guanxi.visits.models import Site, VisitEvent
from guanxi.visits.testing import AGENT, site

PLAIN = "<!doctype html><title>Shop</title>{head}<body>{body}</body>"


class Shop(ThreadingHTTPServer):
    """A shop of a few static pages."""

    daemon_threads = True

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), partial(Pages))
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Pages(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        body = self.server.pages.get(self.path.partition("?")[0], "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def shop_site() -> Iterator[Shop]:
    with Shop() as server:
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def persons_browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """One that says of itself, in whatever it sends, that it is no machine; a context's own word for it would not be
    in what a page sends as it closes."""
    arguments = [*browser_type_launch_args["args"], f"--user-agent={AGENT}"]
    with browser_type.launch(**{**browser_type_launch_args, "args": arguments}) as launched:
        yield launched


@pytest.fixture
def visitor(persons_browser: Browser) -> Iterator[Callable[..., Page]]:
    """``visitor()``: a browser of its own, of someone who looks like a person."""
    contexts: list[BrowserContext] = []

    def open_page(*, before: str = "", **options: Any) -> Page:
        context = persons_browser.new_context(**options)
        context.add_init_script("Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => false});" + before)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def website(shop_site: Shop, live_server: Any) -> Callable[..., Site]:
    """A website for the shop, and its pages with the script on them; ``attributes`` are of the tag."""

    def install(pages: dict[str, str], *, attributes: str = "", head: str = "") -> Site:
        row = site(origins=[shop_site.url])
        tag = f'<script async src="{live_server.url}/v/shop.js" data-site="{row.key}" {attributes}></script>'
        shop_site.pages = {path: PLAIN.format(head=head + tag, body=body) for path, body in pages.items()}
        return row

    return install


def come_in(page: Page, events: int) -> None:
    """Wait until so many are there: what a page sends as it closes, it does not hear the answer of."""
    for _try in range(300):
        if VisitEvent.objects.count() >= events:
            return
        page.wait_for_timeout(100)
