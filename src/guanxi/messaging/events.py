"""What the messaging room announces. Sending writes the same rows with SQL; see sender/outcomes.py."""

from dataclasses import dataclass
from typing import ClassVar

from guanxi.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent(Event):
    """Base: the subject is the message."""

    kind: ClassVar[str] = ""
    channel: str
    purpose: str
    source_kind: str
    source_id: int
    variant_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(MessageEvent):
    """The other side took it."""

    kind: ClassVar[str] = "message.sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOpened(MessageEvent):
    """Its pictures were loaded for the first time: by a reader, or by a mail program on the reader's behalf."""

    kind: ClassVar[str] = "message.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageClicked(MessageEvent):
    """One of its links was followed for the first time."""

    kind: ClassVar[str] = "message.clicked"
    link: int
    """The link's number in the template version."""
    url: str
    """As the author wrote it, the same for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBounced(MessageEvent):
    """It came back."""

    kind: ClassVar[str] = "message.bounced"
    hard: bool
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUnsubscribed(MessageEvent):
    """It made its reader stop these messages."""

    kind: ClassVar[str] = "message.unsubscribed"
