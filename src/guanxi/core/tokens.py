"""Tokens for the API. A token is shown once; only its SHA-256 is kept, which is enough because it is random."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from guanxi.core import audit
from guanxi.core.models import ApiToken, User

MARK = "gx_"
USED_EVERY_SECONDS = 60


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode()).digest()


def issue(
    *, name: str, owner: User, scopes: Iterable[str], expires_at: datetime | None = None, actor: User | None = None
) -> tuple[ApiToken, str]:
    """Make a token; scopes beyond the owner's rights are left out. Returns it and its text, which is nowhere else."""
    raw = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        owner=owner,
        prefix=raw[:8],
        digest=_digest(raw),
        scopes=sorted(set(scopes) & owner.rights),
        expires_at=expires_at,
    )
    audit.record("token.issued", actor=actor or owner, subject=("token", token.pk), detail={"scopes": token.scopes})
    return token, raw


def authenticate(raw: str) -> ApiToken | None:
    """The token with this text, when it still holds and its owner may still sign in."""
    if not raw.startswith(MARK):
        return None
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("owner")
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .filter(digest=_digest(raw), revoked_at__isnull=True, owner__is_active=True)
        .first()
    )
    if token and (token.last_used_at is None or (now - token.last_used_at).total_seconds() > USED_EVERY_SECONDS):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke(token: ApiToken, *, actor: User) -> None:
    """End a token now."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    audit.record("token.revoked", actor=actor, subject=("token", token.pk))
