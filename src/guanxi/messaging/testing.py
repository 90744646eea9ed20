"""Invented templates and messages for tests of every room."""

from datetime import UTC, datetime
from itertools import count

from guanxi.messaging import authoring
from guanxi.messaging.models import TemplateVersion
from guanxi.messaging.templating.compiling import Draft
from guanxi.messaging.types import OutgoingMessage

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
_numbers = count(1)


def make_version(
    *,
    name: str = "Spring",
    subject: str = "Hello {{ customer.first_name | default: 'friend' }}",
    source: str = '<p>Hi {{ customer.first_name | default: "friend" }}, <a href="https://shop.example/new">look</a></p>',
    kind: str = "html",
    purpose: str = "marketing",
    now: datetime = NOW,
) -> TemplateVersion:
    """A template and its first version."""
    draft = Draft(kind=kind, subject=subject, source=source, purpose=purpose)
    return authoring.save(draft, name=name, actor=None, now=now)


def outgoing(customer_id: int, version: TemplateVersion, *, source_id: int = 1, key: str = "") -> OutgoingMessage:
    """A message of a campaign to one customer."""
    return OutgoingMessage(
        customer_id=customer_id,
        channel=version.template.channel,
        purpose=version.template.purpose,
        template_version_id=version.pk,
        idempotency_key=key or f"test:{next(_numbers)}",
        source_kind="campaign",
        source_id=source_id,
    )
