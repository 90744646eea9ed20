import pytest

from guanxi.customers import masking, normalise
from guanxi.customers.names import name_tokens, search_tokens, split_name


@pytest.mark.parametrize(
    ("given", "country", "expected"),
    [
        ("13812345679", "CN", "+8613812345679"),
        (" 138 1234 5679 ", "CN", "+8613812345679"),
        ("+86-138-1234-5679", "", "+8613812345679"),
        ("0086 13812345679", "CN", "+8613812345679"),
        ("'13812345679", "CN", "+8613812345679"),
        ("0571-88881234", "CN", "+8657188881234"),
        ("07911 123456", "GB", "+447911123456"),
        ("138****1234", "CN", ""),
        ("##f3a1", "CN", ""),
        ("00000000000", "CN", ""),
        ("13800000000", "CN", ""),
        ("13800138000", "CN", ""),
        ("18888888888", "CN", ""),
        ("12345", "CN", ""),
        ("n/a", "CN", ""),
        ("07911 123456", "", ""),
        ("", "CN", ""),
    ],
)
def test_phone_in_one_form_or_none(given: str, country: str, expected: str) -> None:
    assert normalise.phone(given, country) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (" Ann.Smith@Example.COM ", "ann.smith@example.com"),
        ("a+b@mail.example.org", "a+b@mail.example.org"),
        ("no-reply@example.com", ""),
        ("noreply@shop.example.com", ""),
        ("do_not_reply@example.com", ""),
        ("none@none.com", ""),
        ("a***@example.com", ""),
        ("ann@localhost", ""),
        ("ann@@example.com", ""),
        ("ann smith@example.com", ""),
        ("ann", ""),
    ],
)
def test_email_in_one_form_or_none(given: str, expected: str) -> None:
    assert normalise.email(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("  棉花糖 ", "棉花糖"), ("17850", "17850"), ("t**8", ""), ("##abc", ""), ("0", ""), ("nan", ""), ("", "")],
)
def test_account_in_one_form_or_none(given: str, expected: str) -> None:
    assert normalise.account(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("浙江省", "浙江"),
        ("浙江", "浙江"),
        ("北京市", "北京"),
        ("广西壮族自治区", "广西"),
        ("New  York", "New York"),
        ("**省", ""),
    ],
)
def test_region_under_one_name(given: str, expected: str) -> None:
    assert normalise.region(given) == expected


@pytest.mark.parametrize(
    ("mask", "given", "expected"),
    [
        (masking.phone, "+8613812345678", "138****5678"),
        (masking.phone, "+447911123456", "+44****3456"),
        (masking.name, "王小明", "王**"),
        (masking.name, "Ann Smith", "A*** S***"),
        (masking.email, "jane@example.com", "j***@e***.com"),
        (masking.account, "buyer77", "b***7"),
        (masking.account, "ab", "**"),
        (masking.name, "", ""),
    ],
)
def test_masked_for_display(mask: object, given: str, expected: str) -> None:
    assert mask(given) == expected  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("王小明", "王小明"),
        ("王小明", "小明"),
        ("王小明", "王"),
        ("王小明", "wang"),
        ("王小明", "wangxiaoming"),
        ("王小明", "wxm"),
        ("王小明", "Xiaoming"),
        ("Ann O'Hara", "o'hara"),
        ("Ann O'Hara", "ANN"),
        ("José García", "garcía josé"),
    ],
)
def test_name_is_found_by_its_parts(name: str, text: str) -> None:
    assert set(search_tokens(text)) <= set(name_tokens(name))


@pytest.mark.parametrize(("name", "text"), [("王小明", "王明"), ("Ann Smith", "smit"), ("王小明", "明小")])
def test_name_is_not_found_by_what_is_not_in_it(name: str, text: str) -> None:
    assert not set(search_tokens(text)) <= set(name_tokens(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王小明", ("小明", "王")),
        ("欧阳修文", ("修文", "欧阳")),
        ("Ann Mary Smith", ("Ann Mary", "Smith")),
        ("Madonna", ("Madonna", "")),
    ],
)
def test_given_and_family_name(name: str, expected: tuple[str, str]) -> None:
    assert split_name(name) == expected
