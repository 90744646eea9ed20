"""Countries by their names in the page's language (CLDR)."""

from babel import Locale
from django.utils.translation import get_language, gettext, to_locale


def country_name(code: str) -> str:
    """What is no code (ISO 3166 alpha-2) stays as it is."""
    return _names().get(code, code)


def country_choices(*more: str) -> list[tuple[str, str]]:
    """For a form: none first, then all by name. ``more`` are values to be kept that are perhaps no codes."""
    countries = {code: name for code, name in _names().items() if len(code) == 2 and code.isalpha() and code != "ZZ"}
    countries |= {value: country_name(value) for value in more if value}
    return [("", gettext("Not known")), *sorted(countries.items(), key=lambda one: one[1])]


def _names() -> dict[str, str]:
    return dict(Locale.parse(to_locale(get_language() or "en"), sep="_").territories)
