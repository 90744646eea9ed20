"""Delivery addresses as the Chinese platforms write them, and countries by name."""

from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale

from guanxi.commerce.connectors.cells import plain_text


class Address(NamedTuple):
    region: str = ""
    city: str = ""
    street: str = ""
    postcode: str = ""


def chinese_address(text: str) -> Address:
    """``浙江省 杭州市 西湖区 文三路 1 号(310012)`` in its parts; a province alone is a region alone.

    Hidden parts (``***``) and the postcode 000000 are left out.
    """
    text = text.strip().lstrip("'")
    postcode = ""
    if text.endswith((")", "）")):
        start = max(text.rfind("("), text.rfind("（"))
        inside = text[start + 1 : -1].strip()
        if start > 0 and inside.isdigit() and 4 <= len(inside) <= 6:
            postcode = "" if inside.strip("0") == "" else inside
            text = text[:start].rstrip()
    region, _space, rest = text.partition(" ")
    city, _space, street = rest.lstrip().partition(" ")
    if "*" in text or "＊" in text or "#" in text:
        return Address(plain_text(region), plain_text(city), plain_text(street), postcode)
    return Address(region, city, street.strip(), postcode)


OTHER_NAMES = {
    "uk": "GB", "england": "GB", "scotland": "GB", "great britain": "GB", "usa": "US", "u.s.a.": "US", "eire": "IE",
    "rsa": "ZA", "korea": "KR", "south korea": "KR", "russia": "RU", "vietnam": "VN", "hong kong": "HK",
    "macau": "MO", "macao": "MO", "taiwan": "TW", "czech republic": "CZ", "holland": "NL", "中国大陆": "CN",
    "中国香港": "HK", "中国澳门": "MO", "中国台湾": "TW", "香港": "HK", "澳门": "MO", "台湾": "TW",
}  # fmt: skip
UNKNOWN = frozenset({"unspecified", "unknown", "n/a", "none", "-"})


@lru_cache(maxsize=1024)
def country_code(text: str) -> str:
    """ISO 3166 alpha-2 for a code or a name in English or Chinese; else the text as it stands."""
    name = text.strip()
    if len(name) == 2 and name.isascii() and name.isalpha():
        return name.upper()
    if name.lower() in UNKNOWN:
        return ""
    return _names().get(name.lower(), name)


@cache
def _names() -> dict[str, str]:
    names = {
        name.lower(): code
        for language in ("zh_Hant", "zh_Hans", "en")
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha()
    }
    return names | OTHER_NAMES
