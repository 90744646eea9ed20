"""Codes of coupons: easy to read aloud, hard to guess, and with a last character that gives most typing errors away.

Eleven random characters of 31 are 2.5 × 10^16 codes (54 bits): of a million in use, one try in 25 billion finds one.
The alphabet leaves out 0 and O, 1, I and L. Its size is a prime, so that the check character, a weighted sum modulo 31
(as in ISBN-10), finds every single wrong character and every swap of two neighbours.
"""

import secrets

import numpy as np

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
SIZE = len(ALPHABET)
RANDOM = 11
LENGTH = RANDOM + 1
LONGEST = 24
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_WEIGHTS = tuple(range(2, RANDOM + 2))
_EVEN = 256 - 256 % SIZE
"""Random bytes from here on are thrown away, so that each character is as likely as any other."""


def normalise(text: str) -> str:
    """A code as people type it, as it is kept: capitals, without spaces and hyphens."""
    return "".join(text.upper().split()).replace("-", "").replace("\0", "")[: LONGEST + 1]


def check_character(body: str) -> str:
    """Of the eleven characters before it."""
    return ALPHABET[sum(_VALUES[letter] * weight for letter, weight in zip(body, _WEIGHTS, strict=True)) % SIZE]


def mistyped(code: str) -> bool:
    """Whether a normalised code that nobody knows cannot be one of ours: too short, or its check does not agree."""
    tail = code[-LENGTH:]
    if len(tail) < LENGTH or not set(tail) <= set(ALPHABET):
        return True
    return check_character(tail[:RANDOM]) != tail[RANDOM]


def pretty(code: str) -> str:
    """In groups, as it is printed: ``MUM-ABCD-EFGH-JKMN``. A code without the length of ours stays as it is."""
    return code if mistyped(code) else grouped(code)


def grouped(code: str) -> str:
    """The same of a code that is known to be ours."""
    head, tail = code[:-LENGTH], code[-LENGTH:]
    return f"{head}-{tail[:4]}-{tail[4:8]}-{tail[8:]}" if head else f"{tail[:4]}-{tail[4:8]}-{tail[8:]}"


def masked(code: str) -> str:
    """For those who may not use it: ``MUM-ABCD-****-****``."""
    shown = pretty(code)
    if shown == code:
        return code[:2] + "****"
    first, *_rest = (group for group in shown.split("-")[-3:])
    head = shown.split("-")[0] + "-" if shown.count("-") == 3 else ""
    return f"{head}{first}-****-****"


def random_codes(count: int, *, prefix: str = "") -> list[str]:
    """Codes from the operating system's source of randomness. Two alike are as good as impossible but not excluded."""
    values = _random_values(count * RANDOM).reshape(count, RANDOM)
    checks = (values * np.array(_WEIGHTS, dtype=np.uint32)).sum(axis=1) % SIZE
    letters = _LETTERS[np.column_stack([values, checks])]
    text = letters.tobytes().decode("ascii")
    return [prefix + text[start : start + LENGTH] for start in range(0, count * LENGTH, LENGTH)]


def _random_values(count: int) -> np.ndarray:
    """Numbers below 31, each as likely as any other."""
    found = np.empty(0, dtype=np.uint8)
    while len(found) < count:
        missing = count - len(found)
        drawn = np.frombuffer(secrets.token_bytes(missing + missing // 16 + 64), dtype=np.uint8)
        found = np.concatenate([found, drawn[drawn < _EVEN] % SIZE])
    return found[:count].astype(np.uint32)
