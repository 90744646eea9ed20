"""What rooms add to a user's page under Settings: links to pages of theirs about that user."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from guanxi.core.models import User


@dataclass(frozen=True, slots=True)
class UserAction:
    label: Promise | str
    url_name: str
    """Of a page whose address has the user's number."""
    permission: str
    icon: str = ""


ACTIONS: list[UserAction] = []


def add(*actions: UserAction) -> None:
    """Called at import of a room's navigation.py."""
    ACTIONS.extend(actions)


def links(*, about: int, reader: User) -> list[tuple[UserAction, str]]:
    """Those that the reader may open, with the address."""
    return [(one, reverse(one.url_name, args=[about])) for one in ACTIONS if reader.may(one.permission)]
