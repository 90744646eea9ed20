"""Template tags of the house, built into every template."""

from typing import Any

from django import template
from django.utils.translation import get_language

from guanxi.core import money

register = template.Library()


@register.filter
def amount(value: int | None, currency: str) -> str:
    """``{{ order.total|amount:order.currency }}``: minor units as people read money."""
    locale = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}.get(get_language() or "en", "en")
    return "" if value is None else money.display(value, currency, locale=locale)


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], **changes: Any) -> str:
    """This page's query string with some parameters changed, or dropped where the value is None."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.filter
def may(user: Any, code: str) -> bool:
    """``{% if request.user|may:"customers.reveal" %}``"""
    return bool(user.is_authenticated and user.may(code))
