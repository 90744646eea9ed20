import pytest

from guanxi.customers import chinese_names
from guanxi.customers.names import split_name


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("王小明", "小明", "王"),
        ("欧阳修", "修", "欧阳"),
        ("歐陽修", "修", "歐陽"),
        ("諸葛孔明", "孔明", "諸葛"),
        ("司马 懿", "懿", "司马"),
        ("王 小 明", "小明", "王"),
        ("欧阳", "阳", "欧"),
        ("陳", "陳", ""),
        ("阿依古丽·买买提", "阿依古丽·买买提", ""),
        ("广州天河商贸公司", "广州天河商贸公司", ""),
    ],
)
def test_family_name_comes_first_and_may_have_two_characters(name: str, given: str, family: str) -> None:
    assert split_name(name) == (given, family)


def test_compound_surnames_are_all_of_two_characters_and_none_twice() -> None:
    assert {len(name) for name in chinese_names.COMPOUND_SURNAMES} == {2}
    assert len(chinese_names.COMPOUND_SURNAMES) * 2 == len(chinese_names.COMPOUND)


def test_simplified_and_traditional_are_one() -> None:
    assert chinese_names.simplified("陳國強") == "陈国强"
    assert chinese_names.simplified("Chen Guoqiang") == "Chen Guoqiang"


@pytest.mark.parametrize(
    ("family", "sound"),
    [
        ("单", "shan"),
        ("單", "shan"),
        ("曾", "zeng"),
        ("万俟", "moqi"),
        ("歐陽", "ouyang"),
        ("吕", "lu"),
        ("Smith", "Smith"),
    ],
)
def test_family_names_sound_as_family_names(family: str, sound: str) -> None:
    assert chinese_names.family_sound(family) == sound


def test_given_names_sound_as_words() -> None:
    assert chinese_names.sound("小明") == "xiaoming"
