"""API tokens: random keys of which only the SHA-256 digest is kept."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q
from django.utils import timezone

from guanxi.core.models import ApiToken, User

PREFIX = "gx_"
SHOWN = 10
"""Letters of a token that stay readable, so that people can tell theirs apart."""
USE_NOTED_EVERY = timedelta(minutes=1)


class BadScope(ValueError):
    """A token may not do what its owner may not."""


def issue(*, owner: User, name: str, scopes: Sequence[str], expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """Make a token. The second of the pair is the key itself, which cannot be had again. Raises BadScope."""
    if beyond := sorted(set(scopes) - owner.rights):
        raise BadScope(", ".join(beyond))
    raw = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        owner=owner,
        prefix=raw[:SHOWN],
        digest=_digest(raw),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return token, raw


def authenticate(raw: str, *, now: datetime | None = None) -> ApiToken | None:
    """The token of this key when it is neither revoked nor past its date and its owner may sign in."""
    now = now or timezone.now()
    token = (
        ApiToken.objects.select_related("owner")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=_digest(raw), revoked_at=None, owner__is_active=True)
        .first()
    )
    if token and (token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke(token: ApiToken, *, now: datetime) -> None:
    """The token stops working at once; its row stays for the record."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def _digest(raw: str) -> bytes:
    return sha256(raw.encode()).digest()
