"""Chinese names: family and given name, one spelling for simplified and traditional, and how they sound in pinyin."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
CHINESE = re.compile(f"[{HAN}]+")
WRITTEN_APART = re.compile(f"(?<=[{HAN}])[\\s·•・‧.]+(?=[{HAN}])")
LONGEST_WITH_FAMILY_FIRST = 4
"""Longer names are transcriptions from other languages, or no person's."""

COMPOUND = (
    "欧阳太史上官端木司马东方独孤南宫夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠慕容仲孙钟离长孙宇文司徒鲜于司空"
    "闾丘令狐百里呼延东郭西门万俟闻人轩辕单于淳于公孙公西漆雕乐正壤驷拓跋夹谷宰父谷梁段干左丘梁丘南门第五耶律完颜纳兰"
    "叶赫司寇巫马子车颛孙亓官微生羊舌东门公良公户哥舒贺兰尔朱达奚仆固斛律相里豆卢"
)
COMPOUND_SURNAMES = frozenset(COMPOUND[i : i + 2] for i in range(0, len(COMPOUND), 2))
"""In simplified spelling; traditional names are folded before they are looked up."""
SURNAME_SOUNDS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "乐": "yue", "缪": "miao", "翟": "zhai", "覃": "qin", "折": "she", "召": "shao", "黑": "he", "秘": "bi",
    "员": "yun", "种": "chong", "繁": "po", "万俟": "moqi", "尉迟": "yuchi", "单于": "chanyu",
    "澹台": "tantai", "长孙": "zhangsun", "令狐": "linghu", "亓官": "qiguan", "颛孙": "zhuansun", "仆固": "pugu",
}  # fmt: skip
"""Characters that sound otherwise as a family name than in most words."""


@lru_cache(maxsize=1)
def _converter() -> "OpenCC":
    from opencc import OpenCC  # its tables take a while, which only Chinese text need wait for

    return OpenCC("t2s")


@lru_cache(maxsize=32768)
def simplified(text: str) -> str:
    """The text in simplified characters; 陳 and 陈 are the same. Text without Chinese comes back as it is."""
    return str(_converter().convert(text)) if CHINESE.search(text) else text


def is_chinese(name: str) -> bool:
    """Written in Chinese characters alone, spaces and middle dots between them aside."""
    return bool(CHINESE.fullmatch(WRITTEN_APART.sub("", name.strip())))


def split(name: str) -> tuple[str, str]:
    """Given and family name of a name in Chinese characters, in the spelling given; no family for a single character.

    A space or dot between characters parts them (``欧阳 修``) unless each stands alone (``王 小 明``).
    """
    name = name.strip()
    first, *rest = WRITTEN_APART.split(name)
    if rest and simplified(first) in COMPOUND_SURNAMES:
        return "".join(rest), first
    if "·" in name or len(name := WRITTEN_APART.sub("", name)) > LONGEST_WITH_FAMILY_FIRST:
        return name, ""  # 阿依古丽·买买提: a transcription, whose order follows its own language
    family = _family_length(simplified(name))
    return name[family:], name[:family]


def _family_length(name: str) -> int:
    if len(name) < 2:
        return 0
    return 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1


@lru_cache(maxsize=32768)
def sound(text: str) -> str:
    """Pinyin without tones or spaces: ``小明`` is ``xiaoming``. Text without Chinese comes back as it is."""
    if not CHINESE.search(text):
        return text
    from pypinyin import Style, lazy_pinyin

    # ü is written v, ü or u: one of them. Pinyin has no other v.
    return "".join(lazy_pinyin(simplified(text), style=Style.NORMAL)).replace(" ", "").replace("v", "u")


@lru_cache(maxsize=8192)
def family_sound(family: str) -> str:
    """As `sound`, with the readings that family names have: ``单`` is ``shan``, ``万俟`` is ``moqi``."""
    return SURNAME_SOUNDS.get(simplified(family)) or sound(family)
