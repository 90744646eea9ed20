"""Fixtures of tests that drive a browser against the whole product."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from guanxi.core.models import User
from guanxi.core.testing import make_user
from tests.shop_site import persons_browser, shop_site, visitor, website  # noqa: F401

VENDOR = Path(settings.PACKAGE) / "static" / "vendor"
PATIENCE = 30_000
"""Milliseconds before a page is taken to be stuck. Nothing waits that long but on a machine with other work to do."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's chromium, which the machine brings, instead of one that playwright would download."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("browser tests need chromium (Debian: apt install chromium fonts-noto-cjk)")
    if not (VENDOR / "tabler.min.css").exists():
        pytest.fail("the front-end files are missing; run: make setup")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {"executable_path": chromium, "args": arguments}


@pytest.fixture(scope="session", autouse=True)
def connections_end_with_their_request() -> None:
    """Or the server's threads would hold the test database when it is to be dropped."""
    connections.settings["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture
def page_as(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """``page_as("marketer")``: a window signed in as someone with this role, or as ``user``; ``page_as(None)`` signs
    nobody in. Addresses are relative. The test fails on any error of a script or of the content security policy.
    """
    errors: list[str] = []
    contexts = []

    def open_page(
        role: str | None = "administrator",
        *,
        user: User | None = None,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="en",
        )
        contexts.append(context)
        if user or role:
            context.add_cookies([{"name": "sessionid", "value": _session(user, role), "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(_told(message)) if message.type == "error" else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def _told(message: ConsoleMessage) -> str:
    """What the browser's console says, with the address it says it of: "404" alone finds nothing."""
    return f"{message.text} [{message.location.get('url', '')}]"


def _session(user: User | None, role: str | None) -> str:
    client = Client()
    person = user or make_user(role=role or "administrator")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value
