"""Every address of the product says who may use it, and strangers get nowhere else."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from guanxi.core.permissions import PERMISSIONS, PUBLIC, SIGNED_IN
from guanxi.core.testing import make_user, signed_in
from guanxi.core.web.audit_log import LABELS
from guanxi.core.web.middleware import AccessMiddleware
from guanxi.core.web.navigation import ENTRIES, SECTIONS
from guanxi.core.web.palette import ACTIONS, PROVIDERS, find

Found = tuple[str, object]


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[Found]:
    for pattern in resolver.url_patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield path, pattern.callback
        else:
            yield from walk(pattern, path)


VIEWS = list(walk(get_resolver()))
OWN = [(path, view) for path, view in VIEWS if not AccessMiddleware.of_a_library(view)]


def test_there_is_something_to_walk():
    assert len(OWN) > 20


@pytest.mark.parametrize(("path", "view"), OWN, ids=[path for path, _view in OWN])
def test_every_view_declares_its_access(path, view):
    access = getattr(view, "access", None)
    assert access in {PUBLIC, SIGNED_IN} or access in PERMISSIONS, f"/{path} needs @requires or @public"


def test_views_of_libraries_are_only_those_we_know():
    libraries = {path.split("/")[0] for path, view in VIEWS if (path, view) not in OWN}
    assert libraries <= {"account", "api", "static"}


PLAIN = [(path, view) for path, view in OWN if "<" not in path and getattr(view, "access", PUBLIC) != PUBLIC]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "view"), PLAIN, ids=[path for path, _view in PLAIN])
def test_strangers_and_those_without_the_right_are_kept_out(client, path, view):
    for response in (client.get(f"/{path}"), client.post(f"/{path}")):
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/account/login/?next=")
    if view.access != SIGNED_IN:
        signed_in(client, permissions=[])
        assert client.get(f"/{path}").status_code == 403
        assert client.post(f"/{path}").status_code == 403


def test_every_menu_entry_and_action_leads_somewhere_and_names_a_right():
    for one in [*ENTRIES, *ACTIONS]:
        assert reverse(one.url_name)
        assert one.permission == SIGNED_IN or one.permission in PERMISSIONS
    assert {entry.section for entry in ENTRIES} <= set(SECTIONS)
    assert all(provider.permission in PERMISSIONS for provider in PROVIDERS)
    assert all("." in action for action in LABELS)


@pytest.mark.django_db
def test_the_menu_shows_what_one_may_open(client):
    signed_in(client, permissions=["core.audit"])
    page = client.get("/settings/profile/").content.decode()
    assert 'href="/settings/audit/"' in page
    assert 'href="/settings/users/"' not in page
    assert page.count('aria-current="page"') == 1


@pytest.mark.django_db
def test_the_palette_finds_pages_by_any_language_and_only_ones_own(rf):
    request = rf.post("/settings/search/")
    request.user = make_user(permissions=["core.audit"])
    titles = {hit.title for _group, hits in find(request, "audit") for hit in hits}
    assert "Audit" in titles
    assert "New user" not in {hit.title for _group, hits in find(request, "") for hit in hits}


@pytest.mark.django_db
def test_search_text_stays_out_of_addresses(client):
    signed_in(client)
    page = client.get("/settings/search/?text=audit")
    assert page.context["text"] == ""
    found = client.post("/settings/search/", {"text": "audit"}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="/settings/audit/"' in found
    assert "<html" not in found
