"""The sidebar: entries each room adds, in the order of the loop."""

from dataclasses import dataclass

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


SECTIONS: dict[str, tuple[Promise, str]] = {
    "home": (_("Home"), "home"),
    "customers": (_("Customers"), "users"),
    "orders": (_("Orders"), "shopping-bag"),
    "segments": (_("Segments"), "chart-pie"),
    "marketing": (_("Marketing"), "speakerphone"),
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
