"""Sign-in as allauth does it, without sign-up: the administrator makes accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from guanxi.core import audit
from guanxi.core.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the address on the account itself; allauth's own list of addresses is not used here."""
        again = self.authenticate(self.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def set_password(self, user: User, password: str) -> None:
        """By the owner of the account, who alone knows it."""
        user.password_is_temporary = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To the first page, not to the same form again, which would look as if it had been refused."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> Any:
        audit.record("user.signed_in", actor=user, subject=("user", user.pk), request=request)
        return super().post_login(request, user, **options)


def attempted_address(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """Whose sign-in failed, for axes: allauth hands over ``email`` where axes looks for the form's field."""
    given = (credentials or {}).get("email") or request.POST.get("login")
    return str(given).lower() if given else None
