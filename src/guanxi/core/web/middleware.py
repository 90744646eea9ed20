"""Language, time zone and access for every request."""

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from guanxi.core.models import Setting

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
            request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
        merchant = Setting.objects.in_bulk(["merchant_name", "time_zone"]) if user.is_authenticated else {}
        own_zone = getattr(user, "time_zone", "")
        zone = own_zone or (merchant["time_zone"].value if "time_zone" in merchant else settings.TIME_ZONE)
        if "merchant_name" in merchant:
            request.merchant_name = merchant["merchant_name"].value  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(zone)):
            return self.get_response(request)


class AccessMiddleware:
    """Refuse to run a view that does not say who may use it, so that forgetting is seen at once."""

    LIBRARIES = ("allauth.", "django.views.i18n", "django.views.static", "ninja.", "django.contrib.staticfiles.")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if not hasattr(view, "access") and not self.of_a_library(view):
            raise RuntimeError(f"{view!r} declares no permission: decorate it with @requires or @public")

    @classmethod
    def of_a_library(cls, view: object) -> bool:
        """Whether a library brings the view, with its own idea of access."""
        while isinstance(view, partial):
            view = view.func
        return getattr(view, "__module__", "").startswith(cls.LIBRARIES)
