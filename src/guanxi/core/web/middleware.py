"""Language, time zone and access for every request."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from guanxi.core import preferences
from guanxi.core.permissions import PUBLIC
from guanxi.core.web.banners import BANNERS

GetResponse = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Show the page in the signed-in person's language and time zone, or else the merchant's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        chosen = getattr(user, "language", "") if user.is_authenticated else ""
        if chosen and not request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        names = [*preferences.EVERYWHERE, *(banner.setting for banner in BANNERS)] if user.is_authenticated else []
        with preferences.read(names) as merchant:
            request.merchant_settings = merchant  # type: ignore[attr-defined]
            zone = getattr(user, "time_zone", "") or merchant.get("time_zone", settings.TIME_ZONE)
            with timezone.override(ZoneInfo(zone)):
                return self.get_response(request)


class AccessMiddleware:
    """Refuse to run a view that does not say who may use it, so that forgetting is seen at once; and open nothing to
    someone whose password another person gave them."""

    LIBRARIES = ("allauth.", "django.views.i18n", "django.views.static", "ninja.", "django.contrib.staticfiles.")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if request.headers.get("HX-Request") and response.headers.get("Location", "").startswith(f"{login}?"):
            return self._leave_for(login, request)
        return response

    @staticmethod
    def _leave_for(login: str, request: HttpRequest) -> HttpResponse:
        """The session ended under an open page: the whole page goes to sign-in, not a part of it."""
        page = urlsplit(request.headers.get("HX-Current-URL", "/"))
        back = urlunsplit(("", "", page.path, page.query, ""))
        return HttpResponse(headers={"HX-Redirect": f"{login}?{urlencode({'next': back})}"})

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if self.of_a_library(view):
            return None
        if not hasattr(view, "access"):
            raise RuntimeError(f"{view!r} declares no permission: decorate it with @requires or @public")
        if view.access != PUBLIC and getattr(request.user, "password_is_temporary", False):
            messages.info(request, _("Choose a password of your own first; the one you have was given to you."))
            return redirect("account_change_password")
        return None

    @classmethod
    def of_a_library(cls, view: object) -> bool:
        """Whether a library brings the view, with its own idea of access."""
        while isinstance(view, partial):
            view = view.func
        return getattr(view, "__module__", "").startswith(cls.LIBRARIES)
