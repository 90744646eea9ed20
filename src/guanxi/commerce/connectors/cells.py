"""One cell of a file to one value: order numbers, money, times, quantities, identifiers.

Every function is called for each row of files with millions of them, so the common spelling takes a short way
and answers that repeat are remembered.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanxi.core.money import BadAmount, Minor, minor_digits, to_minor
from guanxi.customers.types import IdentifierKind, IncomingIdentifier


class BadCell(ValueError):
    """A cell, or the cells of one order together, cannot be read; the message is for people."""


FLOAT_SHAPE = re.compile(r"[+-]?\d+(?:\.\d+[eE]\+?\d+|[eE]\+\d+)")
LOOSE_TIME = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*(\d{1,2})\s*[:时時]\s*(\d{1,2})(?:\s*[:分]\s*(\d{1,2}))?)?"
    r"(?:\.\d+)?秒?\s*"
)
LOCAL_TIME = re.compile(
    r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:\.\d+)?\s*([AaPp][Mm])?)?"
)
MAX_AMOUNT = 10**15
"""Ten thousand milliards with two decimals; more is a number from the wrong column."""


def clean_id(text: str, *, what: str = "") -> str:
    """An order number or code as text: without ``="…"``, a leading apostrophe or tabs. Empty stays empty.

    Raises BadCell for a number whose digits a spreadsheet has rounded away (``3.51531E+16``).
    """
    text = text.strip()
    if text.isalnum() or not text:
        return text
    if text[:2] == '="' and text[2:-1].isdigit():
        return text[2:-1]
    if text.startswith("="):
        text = text[1:].strip()
        if not text.startswith('"') and not text.isdigit():
            raise BadCell(_("%(text)s is a formula, not a number to identify by.") % {"text": text[:40]})
    text = text.strip("\"'‘’“”` \t")
    if ("e" in text or "E" in text) and FLOAT_SHAPE.fullmatch(text):
        raise BadCell(
            _(
                "The number %(text)s%(what)s was rounded by a spreadsheet and its last digits are lost. "
                "Import the file as it was downloaded, or format the column as text."
            )
            % {"text": text, "what": f" ({what})" if what else ""}
        )
    whole, dot, rest = text.partition(".")
    if dot and whole.isdigit() and rest.strip("0") == "":
        if len(whole) > 15:
            raise BadCell(
                _("The number %(text)s went through a spreadsheet that keeps 15 digits; its last are not sure.")
                % {"text": text}
            )
        return whole
    return text


@lru_cache(maxsize=4096)
def order_number(text: str) -> str:
    """Like clean_id, but there must be one. Raises BadCell."""
    number = clean_id(text)
    if not number or number in ("-", "--", "nan", "None", "null"):
        raise BadCell(_("The order number is missing."))
    if len(number) > 100:
        raise BadCell(_("The order number is longer than 100 characters."))
    return number


@lru_cache(maxsize=64)
def _digits(currency: str) -> int:
    return minor_digits(currency)


@lru_cache(maxsize=65536)
def money(text: str, currency: str) -> Minor:
    """``12.34`` to 1234; empty is 0. Raises BadCell."""
    text = text.strip()
    if not text or text in ("-", "--"):
        return 0
    digits = _digits(currency)
    whole, dot, fraction = text.partition(".")
    if digits == 2 and whole.isdigit() and len(fraction) <= 2 and (not dot or not fraction or fraction.isdigit()):
        try:
            amount = int(whole) * 100 + int(fraction.ljust(2, "0"))
        except ValueError:
            amount = MAX_AMOUNT
    else:
        amount = _slow_money(text, currency)
    if not -MAX_AMOUNT < amount < MAX_AMOUNT:
        raise BadCell(_("%(text)s is too large to be an amount of money.") % {"text": text[:40]})
    return amount


def _slow_money(text: str, currency: str) -> Minor:
    plain = text.strip("'\"\t ").replace("−", "-").replace("元", "").replace(" ", "").replace("\xa0", "")
    if plain.upper().endswith(currency) or plain.upper().startswith(currency):
        plain = re.sub(re.escape(currency), "", plain, flags=re.IGNORECASE)
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    sign = "-" if plain.startswith("-") else ""
    plain = plain.lstrip("+-")
    if "," in plain and "." not in plain and re.fullmatch(r"\d+,\d{1,2}", plain):
        plain = plain.replace(",", ".")
    try:
        if len(plain) > 40:
            raise BadAmount
        return to_minor(sign + plain, currency)
    except (BadAmount, InvalidOperation, OverflowError, ValueError):
        raise BadCell(_("%(text)s is not an amount of money.") % {"text": text[:40]}) from None


def positive_money(text: str, currency: str) -> Minor:
    """Money of a sale, which is never below zero. Raises BadCell."""
    amount = money(text, currency)
    if amount < 0:
        raise BadCell(_("The amount %(text)s of a sale is below zero.") % {"text": text.strip()})
    return amount


@lru_cache(maxsize=4096)
def quantity(text: str) -> int | Decimal:
    """``2``, ``2.0`` or ``0.5``; empty is 1. Raises BadCell."""
    text = text.strip().strip("'\"")
    if not text:
        return 1
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise BadCell(_("%(text)s is not a quantity.") % {"text": text[:40]}) from None
    if not value.is_finite() or abs(value) >= 10**9:
        raise BadCell(_("%(text)s is not a quantity.") % {"text": text[:40]})
    return int(value) if value == value.to_integral_value() else value


@lru_cache(maxsize=65536)
def line_amount(price: str, count: str, currency: str) -> Minor:
    """Price times quantity, rounded once, half a cent away from zero: 3 at 0.125 is 0.38. Raises BadCell."""
    try:
        return to_minor(Decimal(price.strip()) * Decimal(count.strip() or 1), currency)
    except (InvalidOperation, BadAmount, OverflowError):
        return times(money(price, currency), quantity(count))


def times(unit_price: Minor, count: int | Decimal) -> Minor:
    """A price in minor units times a quantity that may have decimals, rounded half away from zero."""
    if isinstance(count, int):
        return unit_price * count
    return int((unit_price * count).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@lru_cache(maxsize=16384)
def moment(text: str, zone: ZoneInfo, order: str = "") -> datetime | None:
    """A time as aware UTC; one without an offset is of ``zone``. Empty is None. Raises BadCell.

    ``order`` says how ``03/04/2024`` is meant: ``day-first`` or ``month-first``.
    """
    text = text.strip()
    if not text or text in ("-", "--", "null", "0000-00-00 00:00:00"):
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = _loose_moment(text.strip("'\""), order)
    if not 1990 <= when.year <= 2100:
        raise BadCell(_("%(text)s is not a possible date.") % {"text": text[:40]})
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone)
    return when.astimezone(UTC)


def _loose_moment(text: str, order: str) -> datetime:
    """``2020-02-21 10:00:00 -0500``, ``2020/2/1 9:05``, ``2020年2月1日``, ``21.2.2020 9:05``."""
    try:
        if len(text) >= 24 and text[19] == " " and text[20] in "+-":
            return datetime.fromisoformat(text[:19] + text[20:])
        if text.endswith(" UTC"):
            return datetime.fromisoformat(text[:-4]).replace(tzinfo=UTC)
        if match := LOOSE_TIME.fullmatch(text):
            return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - the caller adds the shop's zone
        if match := LOCAL_TIME.fullmatch(text):
            return _local_moment(match, text, order)
    except BadCell:
        raise
    except (ValueError, OverflowError):
        pass
    raise BadCell(_("%(text)s is not a possible date.") % {"text": text[:40]})


def _local_moment(match: re.Match[str], text: str, order: str) -> datetime:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if order == "month-first" or (not order and second > 12):
        month, day = first, second
    elif order == "day-first" or first > 12 or first == second or "." in text[:3]:
        month, day = second, first
    else:
        raise BadCell(
            _("In %(text)s the day cannot be told from the month. Set the order of dates in the mapping.")
            % {"text": text[:40]}
        )
    hour = int(match[4] or 0)
    if match[7]:
        hour = hour % 12 + (12 if match[7].lower() == "pm" else 0)
    return datetime(year, month, day, hour, int(match[5] or 0), int(match[6] or 0))  # noqa: DTZ001 - the caller adds the shop's zone


def required_moment(text: str, zone: ZoneInfo, order: str = "") -> datetime:
    """Like moment, but there must be one. Raises BadCell."""
    when = moment(text, zone, order)
    if when is None:
        raise BadCell(_("The time of the order is missing."))
    return when


NOBODY = re.compile(
    r"^(no-?_?reply|do-?_?not-?_?reply|donotreply|mailer-daemon|postmaster)\b|^no\.reply", re.IGNORECASE
)


def is_masked(text: str) -> bool:
    """Hidden by the platform (``138****1234``, ``王**``, ``##…``, ``~…~``) rather than said."""
    return "*" in text or "＊" in text or text[:1] in ("#", "~", "$", "＃")


def plain_text(text: str) -> str:
    """A name or street without the marks of a spreadsheet; empty when the platform hides it."""
    text = text.strip().lstrip("'")
    return "" if not text or is_masked(text) else text


def phone_identifier(text: str) -> IncomingIdentifier | None:
    """A telephone number as written, unless it is masked or a placeholder such as 00000000000."""
    text = digits = text.strip("'\"=\t ")
    if not text.isdigit():
        if is_masked(text) or FLOAT_SHAPE.fullmatch(text):
            return None
        text = text.removesuffix(".0")
        digits = "".join([character for character in text if character.isdigit()])
    if len(digits) < 5 or digits.count(digits[-1]) >= len(digits) - 1:
        return None
    return IncomingIdentifier(IdentifierKind.PHONE, text)


def email_identifier(text: str) -> IncomingIdentifier | None:
    """A mail address, unless it is masked or nobody reads it (noreply@…)."""
    text = text.strip().strip("'")
    local, at, domain = text.partition("@")
    if (
        not at
        or not local
        or "." not in domain
        or "@" in domain
        or " " in text
        or is_masked(text)
        or NOBODY.match(local)
    ):
        return None
    return IncomingIdentifier(IdentifierKind.EMAIL, text)


def named_identifier(kind: IdentifierKind, text: str) -> IncomingIdentifier | None:
    """An account name or a customer number of another system, unless masked or empty."""
    text = clean_id(text)
    if not text or is_masked(text) or text in ("0", "-", "--", "nan", "None", "null"):
        return None
    return IncomingIdentifier(kind, text)


def identifiers(*found: IncomingIdentifier | None) -> tuple[IncomingIdentifier, ...]:
    """Those that are there, each once."""
    kept: list[IncomingIdentifier] = []
    for one in found:
        if one is not None and (not kept or one not in kept):
            kept.append(one)
    return tuple(kept)


def yes(text: str) -> bool | None:
    """A yes-or-no cell; None when it says neither."""
    return YES_NO.get(text.strip().lower())


YES_NO = {"yes": True, "true": True, "1": True, "y": True, "是": True, "subscribed": True}
YES_NO |= {"no": False, "false": False, "0": False, "n": False, "否": False, "unsubscribed": False}


def joined(parts: Iterable[str], *, by: str = " ") -> str:
    return by.join(part for part in (one.strip() for one in parts) if part)
