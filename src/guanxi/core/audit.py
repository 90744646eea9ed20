"""The record of who did what."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from guanxi.core.models import AuditEntry, User


def record(
    action: str,
    *,
    actor: User | None,
    subject: tuple[str, int] | None = None,
    detail: dict[str, object] | None = None,
    request: HttpRequest | None = None,
    now: datetime | None = None,
) -> AuditEntry:
    """Write one entry in the caller's transaction. ``detail`` holds ids and derived facts, never personal data."""
    kind, identity = subject or ("", None)
    return AuditEntry.objects.create(
        at=now or timezone.now(),
        actor=actor,
        action=action,
        subject_kind=kind,
        subject_id=identity,
        detail=detail or {},
        address=request.META.get("REMOTE_ADDR") or None if request else None,
    )
