import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.core.money import BadAmount, display, to_decimal, to_minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.34", "CNY", 1234),
        ("12.345", "CNY", 1235),
        ("-12.345", "CNY", -1235),
        ("1,234.5", "USD", 123450),
        ("¥88", "CNY", 8800),
        (" 99 ", "JPY", 99),
        ("1.234", "KWD", 1234),
        ("0", "EUR", 0),
    ],
)
def test_amounts_become_minor_units(text: str, currency: str, minor: int) -> None:
    assert to_minor(text, currency) == minor


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "NaN", "Infinity", "--5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        to_minor(text, "CNY")


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_minor_units_survive_the_way_there_and_back(minor: int, currency: str) -> None:
    assert to_minor(to_decimal(minor, currency), currency) == minor


def test_people_read_money_in_their_language() -> None:
    assert display(123450, "CNY", locale="zh_Hans") == "¥1,234.50"
    assert display(123450, "USD", locale="en") == "$1,234.50"
    assert display(123450, "CNY", locale="en") == "¥1,234.50"
    assert {display(1234, "JPY", locale=locale) for locale in ("en", "zh_Hans", "zh_Hant")} == {"JP¥1,234"}
