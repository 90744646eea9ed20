"""The sidebar: entries each room adds, in the order of the loop."""

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    section: str
    label: Promise | str
    url_name: str
    permission: str
    icon: str = ""
    order: int = 50
    keywords: str = ""
    """More words that find it in the command palette, in any language."""
    also: str = ""
    """How addresses outside the entry's own begin that belong to it all the same."""


SECTIONS: dict[str, tuple[Promise, str]] = {
    "home": (_("Home"), "home"),
    "customers": (_("Customers"), "users"),
    "orders": (_("Orders"), "shopping-bag"),
    "segments": (_("Segments"), "chart-pie"),
    "marketing": (_("Marketing"), "speakerphone"),
    "loyalty": (_("Loyalty"), "award"),
    "insights": (_("Insights"), "chart-line"),
    "settings": (_("Settings"), "settings"),
}

ENTRIES: list[Entry] = []


def add(*entries: Entry) -> None:
    """Called at import of each room's navigation.py."""
    ENTRIES.extend(entries)


def entries_for(user: User) -> dict[str, list[Entry]]:
    """Entries this person may open, by section, sections in order and without the empty ones."""
    allowed = [e for e in ENTRIES if e.permission == "signed-in" or user.may(e.permission)]
    grouped = {
        section: sorted((e for e in allowed if e.section == section), key=lambda e: e.order) for section in SECTIONS
    }
    return {section: entries for section, entries in grouped.items() if entries}


@dataclass(frozen=True, slots=True)
class Item:
    label: Promise | str
    href: str
    icon: str
    keywords: str
    active: bool


@dataclass(frozen=True, slots=True)
class Section:
    label: Promise
    icon: str
    items: list[Item]

    @property
    def active(self) -> bool:
        return any(item.active for item in self.items)


def menu(user: User, *, path: str) -> list[Section]:
    """The sidebar as this person sees it; the entry with the longest address that begins ``path`` is active."""
    entries = {section: _with_addresses(found) for section, found in entries_for(user).items()}
    addresses = [href for found in entries.values() for _entry, href in found]
    inside = [(href, href) for href in addresses if path == href or (href != "/" and path.startswith(href))]
    inside += [
        (entry.also, href)
        for found in entries.values()
        for entry, href in found
        if entry.also and path.startswith(entry.also)
    ]
    current = max(inside, key=lambda place: len(place[0]), default=("", ""))[1]
    return [
        Section(
            label=SECTIONS[section][0],
            icon=SECTIONS[section][1],
            items=[
                Item(e.label, href, e.icon or SECTIONS[section][1], e.keywords, href == current) for e, href in found
            ],
        )
        for section, found in entries.items()
        if found
    ]


def _with_addresses(entries: list[Entry]) -> list[tuple[Entry, str]]:
    """An entry whose page is missing is left out rather than breaking every page; a test finds it."""
    return [(entry, address) for entry in entries if (address := _address(entry.url_name))]


@cache
def _address(url_name: str) -> str | None:
    """Looked up once: there are dozens of entries on every page, and none has arguments."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None
