"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest

from guanxi.core.web import banners
from guanxi.core.web.navigation import menu

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


def interface(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        chosen = request.COOKIES.get(THEME_COOKIE, "")
        return {"theme": chosen if chosen in THEMES else "auto"}
    merchant = getattr(request, "merchant_settings", {})
    return {
        "navigation": menu(user, path=request.path),
        "theme": user.theme,
        "merchant_name": merchant.get("merchant_name", "Guanxi"),
        "banners": banners.shown(user, merchant),
    }
