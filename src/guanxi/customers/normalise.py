"""Identifiers in the one form in which they are compared, and which values can never tell a person."""

import re
from functools import lru_cache

import phonenumbers

from guanxi.customers.types import IdentifierKind

MASKS = ("*", "＊")
HIDDEN_STARTS = ("#", "＃", "~", "$")
NOTHING = frozenset({"0", "-", "--", "nan", "none", "null", "n/a", "na", "unknown", "guest", "anonymous", "匿名"})
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[^@\s,;<>\".\d]{2,}")
NOBODY = re.compile(
    r"(no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer-daemon|postmaster|none|null|na|unknown|nobody|anonymous|guest"
    r"|no[-_.]?e?mail)([-_.+]?\d*)"
)
NOWHERE = re.compile(r"(.*\.)?(invalid|localhost|local|test|none\.com|no-?e?mail\.com|placeholder\.\w+|noreply\.\w+)")
HOTLINES = frozenset({"13800138000", "12345678910", "12345678901", "13912345678", "13812345678"})
QQ = re.compile(r"[1-9]\d{4,11}")
SAME_DIGITS = 7
"""A number that ends in this many equal digits was typed by someone who did not want to give one."""
MAX_VALUE = 200


def is_masked(value: str) -> bool:
    """Hidden by the platform (``138****1234``, ``王**``, ``##…``) rather than said."""
    return "*" in value or "＊" in value or value.startswith(HIDDEN_STARTS)


def phone(value: str, country: str) -> str:
    """E.164, or empty when it is masked, a placeholder or no telephone number. ``country`` is for numbers without a
    country code; ISO 3166 alpha-2."""
    value = value.strip()
    if len(value) == 11 and value[0] == "1" and value.isdigit() and value[1] > "2" and country in ("CN", ""):
        return "" if _placeholder(value) else "+86" + value
    return _parsed_phone(value, country)


def _placeholder(digits: str) -> bool:
    tail = digits[-SAME_DIGITS:]
    return tail.count(tail[0]) == len(tail) or digits in HOTLINES


@lru_cache(maxsize=65536)
def _parsed_phone(value: str, country: str) -> str:
    if len(value) < 5 or len(value) > 40 or is_masked(value) or not any(c.isdigit() for c in value):
        return ""
    try:
        number = phonenumbers.parse(value.strip("'\"= "), country or None)
    except phonenumbers.NumberParseException:
        return ""
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not possible or _placeholder(str(number.national_number)):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=65536)
def phone_country(number: str) -> str:
    """ISO 3166 alpha-2 of an E.164 number, empty for numbers of no country."""
    if number.startswith("+86"):
        return "CN"
    region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return region if region and region.isalpha() else ""


def email(value: str) -> str:
    """Lower case and trimmed, or empty when it is masked, nobody's, or no address."""
    value = value.strip().strip("'").lower()
    if len(value) > MAX_VALUE or is_masked(value) or not EMAIL.fullmatch(value):
        return ""
    local, _at, domain = value.rpartition("@")
    return "" if NOBODY.fullmatch(local) or NOWHERE.fullmatch(domain) else value


def account(value: str) -> str:
    """An account name or customer number of another system, trimmed; empty when masked or a word for nothing."""
    value = value.strip()
    if not value or len(value) > MAX_VALUE or is_masked(value):
        return ""
    if len(value) <= 9 and (value.lower() in NOTHING or value.strip("0") == ""):
        return ""
    return value


def identifier(kind: IdentifierKind, value: str, country: str) -> str:
    """The value in the form in which it is compared; empty when it can be no key."""
    if kind is IdentifierKind.PHONE:
        return phone(value, country)
    if kind is IdentifierKind.EMAIL:
        return email(value)
    if kind is IdentifierKind.CARD:
        return account(re.sub(r"[\s-]", "", value))
    if kind is IdentifierKind.QQ:
        return value.strip() if QQ.fullmatch(value.strip()) else ""
    return account(value)


LONG_PROVINCES = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
    "北京市": "北京",
    "上海市": "上海",
    "天津市": "天津",
    "重庆市": "重庆",
}


@lru_cache(maxsize=8192)
def region(name: str) -> str:
    """A province or state under one name: ``浙江省`` and ``浙江`` are the same."""
    name = " ".join(name.split())[:60]
    if is_masked(name):
        return ""
    if name.endswith("省") and len(name) <= 4:
        return name[:-1]
    return LONG_PROVINCES.get(name, name)
