"""Tables of the messaging room."""

from guanxi.messaging.models.delivery import OutboxMessage, SoftBounces, Suppression
from guanxi.messaging.models.message import Message, PausedSource
from guanxi.messaging.models.template import BodyKind, MessageTemplate, TemplateVersion

__all__ = [
    "BodyKind",
    "Message",
    "MessageTemplate",
    "OutboxMessage",
    "PausedSource",
    "SoftBounces",
    "Suppression",
    "TemplateVersion",
]
