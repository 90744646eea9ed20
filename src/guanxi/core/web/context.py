"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest

from guanxi.core import preferences
from guanxi.core.web.navigation import SECTIONS, entries_for


def interface(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": "auto"}
    return {
        "navigation": [(SECTIONS[section], entries) for section, entries in entries_for(user).items()],
        "theme": user.theme,
        "merchant_name": preferences.merchant_name(),
    }
