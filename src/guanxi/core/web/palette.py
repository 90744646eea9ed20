"""The command palette (Ctrl-K): menu entries, actions, and what each room finds for a text.

A room adds to it from its navigation.py::

    palette.add_action(Action(_("New segment"), "segments:create", "segments.edit", icon="plus"))
    palette.add_provider(_("Customers"), find_customers, permission="customers.view")

The text travels in a POST body and never in an address, for it may be a phone number.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from guanxi.core.models import User
from guanxi.core.permissions import SIGNED_IN, requires
from guanxi.core.web.navigation import menu

LONGEST_TEXT = 100
MOST_HITS = 8


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    href: str
    icon: str = "arrow-right"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    label: Promise | str
    url_name: str
    permission: str
    icon: str = "bolt"
    keywords: str = ""


Find = Callable[[HttpRequest, str], list[Hit]]


@dataclass(frozen=True, slots=True)
class Provider:
    label: Promise | str
    find: Find
    permission: str


ACTIONS: list[Action] = []
PROVIDERS: list[Provider] = []


def add_action(*actions: Action) -> None:
    ACTIONS.extend(actions)


def add_provider(label: Promise | str, find: Find, *, permission: str) -> None:
    """``find(request, text)`` gives a handful of hits, quickly; it is asked for texts of two letters or more."""
    PROVIDERS.append(Provider(label, find, permission))


def _may(user: User, permission: str) -> bool:
    return permission == SIGNED_IN or user.may(permission)


def _names(label: Promise | str, keywords: str) -> str:
    """What a label is found by: its words here, in English, and the keywords."""
    with override("en"):
        english = str(label)
    return f"{label} {english} {keywords}".casefold()


def _pages(user: User, text: str) -> list[Hit]:
    return [
        Hit(str(item.label), item.href, item.icon, "" if item.label == section.label else str(section.label))
        for section in menu(user, path="")
        for item in section.items
        if text in _names(item.label, f"{section.label} {item.keywords}")
    ]


def _actions(user: User, text: str) -> list[Hit]:
    return [
        Hit(str(action.label), reverse(action.url_name), action.icon)
        for action in ACTIONS
        if _may(user, action.permission) and text in _names(action.label, action.keywords)
    ]


def find(request: HttpRequest, text: str) -> list[tuple[str, list[Hit]]]:
    """Groups of hits, the rooms' first; all pages and actions for an empty text."""
    user = request.user
    assert isinstance(user, User)
    text = text.strip()[:LONGEST_TEXT]
    groups = []
    if len(text) >= 2:
        groups = [
            (str(provider.label), provider.find(request, text)[:MOST_HITS])
            for provider in PROVIDERS
            if _may(user, provider.permission)
        ]
    folded = text.casefold()
    groups += [(_("Actions"), _actions(user, folded)), (_("Pages"), _pages(user, folded))]
    return [(label, hits) for label, hits in groups if hits]


@requires(SIGNED_IN)
def search(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("text", "") if request.method == "POST" else ""
    context = {"text": text, "groups": find(request, text)}
    return render(request, "core/hits.html" if request.htmx else "core/search.html", context)  # type: ignore[attr-defined]
