"""What the messaging room announces. Sending writes the same rows with SQL; see sender/outcomes.py."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent(Event):
    """Base: the subject is the message."""

    channel: str
    purpose: str
    source_kind: str
    source_id: int
    variant_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(MessageEvent):
    """The other side took it."""

    kind: ClassVar[str] = "message.sent"
    label = _("Message sent")
    icon = "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOpened(MessageEvent):
    """Its pictures were loaded for the first time: by a reader, or by a mail program on the reader's behalf."""

    kind: ClassVar[str] = "message.opened"
    label = _("Message opened")
    icon = "mail-opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageClicked(MessageEvent):
    """One of its links was followed for the first time."""

    kind: ClassVar[str] = "message.clicked"
    label = _("Link in a message followed")
    icon = "click"
    link: int
    """The link's number in the template version."""
    url: str
    """As the author wrote it, the same for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBounced(MessageEvent):
    """It came back."""

    kind: ClassVar[str] = "message.bounced"
    label = _("Message came back")
    icon = "mail-off"
    hard: bool
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUnsubscribed(MessageEvent):
    """It made its reader stop these messages."""

    kind: ClassVar[str] = "message.unsubscribed"
    label = _("Unsubscribed by a message")
    icon = "bell-off"
