"""Banners: what people with a right are told above every page for as long as it lasts.

A room keeps what it has to say in a setting of its own. All of them come with the one query for settings that every
page makes, so a banner costs a page nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from guanxi.core.models import User
from guanxi.core.permissions import SIGNED_IN


@dataclass(frozen=True, slots=True)
class Banner:
    setting: str
    """Name of the setting; nothing is shown while it is missing or empty."""
    permission: str
    """Or SIGNED_IN."""
    template: str
    """Included with ``banner.told``."""
    read: Callable[[Any], Any] = lambda value: value
    """Makes what the template is told from the setting's value."""


@dataclass(frozen=True, slots=True)
class Shown:
    template: str
    told: Any


BANNERS: list[Banner] = []


def add(banner: Banner) -> None:
    """Called at import of each room's navigation.py."""
    BANNERS.append(banner)


def shown(user: User, values: Mapping[str, Any]) -> list[Shown]:
    """The banners for this person, from the values of settings by name."""
    return [
        Shown(banner.template, banner.read(values[banner.setting]))
        for banner in BANNERS
        if values.get(banner.setting) and (banner.permission == SIGNED_IN or user.may(banner.permission))
    ]
