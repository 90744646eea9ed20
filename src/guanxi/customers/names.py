"""Parts of names as keyed hashes, so that a name can be found by a part of it and not be read."""

import re
from functools import lru_cache

from guanxi.core.crypto import keyring
from guanxi.customers import chinese_names
from guanxi.customers.chinese_names import CHINESE, HAN

DOMAIN = "customer.name"
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
    if chinese_names.is_chinese(name):
        return chinese_names.split(name)
    given, _space, family_name = name.rpartition(" ")
    return (given.strip(), family_name) if given else (family_name, "")
