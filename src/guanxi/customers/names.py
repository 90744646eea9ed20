"""Parts of names as keyed hashes, so that a name can be found by a part of it and not be read."""

import re
from functools import lru_cache

from guanxi.core.crypto import keyring

DOMAIN = "customer.name"
HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
CHINESE = re.compile(f"[{HAN}]+")
WORD = re.compile(rf"[{HAN}]+|[^\W\d_{HAN}]+(?:['’][^\W\d_{HAN}]+)?|\d+")
MAX_TOKENS = 40


@lru_cache(maxsize=32768)
def _token(part: str) -> int:
    return keyring().token(part, DOMAIN)


@lru_cache(maxsize=16384)
def _syllable(character: str) -> str:
    if not CHINESE.match(character):
        return ""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes 0.4 s, which only names in Chinese need wait for

    return lazy_pinyin(character, style=Style.NORMAL, errors="ignore")[0]


def _parts(name: str) -> set[str]:
    parts: set[str] = set()
    for word in WORD.findall(name.casefold()):
        if CHINESE.match(word):
            parts.update(_chinese_parts(word))
        else:
            parts.add(word)
    return parts


def _chinese_parts(run: str) -> set[str]:
    """Characters, adjacent pairs, the whole; pinyin of each character, of the whole, and its initials."""
    syllables = [syllable for syllable in map(_syllable, run) if syllable]
    parts = {run, *run, *(run[i : i + 2] for i in range(len(run) - 1)), *syllables}
    if len(syllables) > 1:
        parts.update(("".join(syllables), "".join(s[0] for s in syllables), "".join(syllables[1:])))
    return parts


def name_tokens(name: str) -> list[int]:
    """Keyed hashes of everything one may look a name up by."""
    return sorted({_token(part) for part in sorted(_parts(name))[:MAX_TOKENS]})


def search_tokens(text: str) -> list[int]:
    """Keyed hashes that all must be among a customer's tokens: words, and Chinese by its pairs (or one character)."""
    wanted: set[str] = set()
    for word in WORD.findall(text.casefold()):
        if CHINESE.match(word) and len(word) > 1:
            wanted.update(word[i : i + 2] for i in range(len(word) - 1))
        else:
            wanted.add(word)
    return sorted({_token(part) for part in wanted})


@lru_cache(maxsize=32768)
def whole_name(name: str) -> int:
    """Keyed hash that tells unlike names apart: without spaces, case and marks."""
    return keyring().token("".join(WORD.findall(name.casefold())), DOMAIN + ".whole")


def split_name(name: str) -> tuple[str, str]:
    """Given name and family name, as far as the spelling tells: Chinese puts the family first, without a space."""
    name = name.strip()
    if CHINESE.fullmatch(name):
        family = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
        return (name[family:], name[:family]) if len(name) > 1 else (name, "")
    given, _space, family_name = name.rpartition(" ")
    return (given.strip(), family_name) if given else (family_name, "")


COMPOUND_SURNAMES = frozenset(
    "欧阳太史上官端木司马东方独孤南宫夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠慕容仲孙钟离长孙宇文司徒鲜于"
    "司空闾丘令狐百里呼延东郭西门歐陽東方諸葛尉遲赫連澹臺濮陽長孫鍾離司馬獨孤南宮鮮于閭丘東郭西門"[i : i + 2]
    for i in range(0, 100, 2)
)
