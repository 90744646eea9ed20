"""Money is an integer of minor units with an ISO 4217 currency code."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision

Minor = int
"""An amount in the smallest unit of its currency (cents, fen, yen)."""


class BadAmount(ValueError):
    """The text is not an amount of money."""


def minor_digits(currency: str) -> int:
    """Decimal places of a currency: 2 for CNY, 0 for JPY, 3 for KWD (ISO 4217 via CLDR)."""
    return get_currency_precision(currency)


def to_minor(amount: str | Decimal | int, currency: str) -> Minor:
    """``"12.345"`` CNY is 1235: half a cent rounds away from zero. Raises BadAmount.

    Accepts thousands separators (``1,234.50``) and currency signs in front or behind.
    """
    if isinstance(amount, str):
        amount = amount.strip().lstrip("¥￥$€£").replace(",", "").replace("，", "").strip()
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise BadAmount(f"{amount!r} is not an amount of money") from None
    if not value.is_finite():
        raise BadAmount(f"{amount!r} is not an amount of money")
    scaled = value.scaleb(minor_digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(scaled)


def to_decimal(amount: Minor, currency: str) -> Decimal:
    return Decimal(amount).scaleb(-minor_digits(currency))


@lru_cache(maxsize=4096)
def display(amount: Minor, currency: str, *, locale: str = "en") -> str:
    """For people: ``¥1,234.50``. The yuan is plain ¥ in every language, the yen JP¥, so that they never look alike.

    Remembered, because prices recur and Babel takes as long for one as a page for a row.
    """
    shown = format_currency(to_decimal(amount, currency), currency, locale=locale.replace("-", "_"))
    if currency == "CNY":
        return shown.replace("CN¥", "¥")
    return shown.replace("JP¥", "¥").replace("¥", "JP¥").replace("￥", "JP¥") if currency == "JPY" else shown
