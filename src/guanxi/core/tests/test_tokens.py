from datetime import UTC, datetime, timedelta

import pytest

from guanxi.core import tokens
from guanxi.core.models import ApiToken, User
from guanxi.core.testing import make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def issue(user: User, **more) -> tuple[ApiToken, str]:
    return tokens.issue(owner=user, name="ERP", scopes=["core.audit"], **more)


def test_the_key_opens_and_is_not_kept() -> None:
    token, raw = issue(make_user())
    assert tokens.authenticate(raw, now=NOW) == token
    token.refresh_from_db()
    assert raw.startswith(token.prefix)
    assert raw.encode() not in bytes(token.digest)
    assert token.last_used_at == NOW


def test_wrong_revoked_and_expired_keys_do_not_open() -> None:
    user = make_user()
    assert tokens.authenticate("gx_nothing", now=NOW) is None
    revoked, raw = issue(user)
    tokens.revoke(revoked, now=NOW)
    assert tokens.authenticate(raw, now=NOW) is None
    _token, raw = issue(user, expires_at=NOW + timedelta(days=1))
    assert tokens.authenticate(raw, now=NOW + timedelta(hours=23)) is not None
    assert tokens.authenticate(raw, now=NOW + timedelta(days=1)) is None


def test_a_token_ends_with_its_owner() -> None:
    user = make_user()
    _token, raw = issue(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert tokens.authenticate(raw, now=NOW) is None


def test_no_token_goes_beyond_its_owner() -> None:
    with pytest.raises(tokens.BadScope, match=r"core\.audit"):
        issue(make_user(permissions=["core.tokens"]))
    assert not ApiToken.objects.exists()
