"""Codes: unguessable, readable, and telling when they were mistyped."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.loyalty.coupons import codes
from guanxi.loyalty.coupons.codes import ALPHABET, LENGTH

bodies = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def whole(body: str) -> str:
    return body + codes.check_character(body)


def test_no_letter_looks_like_another() -> None:
    assert not set("01OIL") & set(ALPHABET)
    assert len(ALPHABET) == 31  # a prime: what the check character relies on


def test_many_codes_are_unlike_well_formed_and_even() -> None:
    made = codes.random_codes(20_000, prefix="MUM")
    assert len(set(made)) == 20_000
    assert all(code.startswith("MUM") and not codes.mistyped(code) for code in made)
    counts = Counter("".join(code[3:] for code in made))
    expected = 20_000 * LENGTH / 31
    assert all(abs(counts[letter] - expected) < 6 * expected**0.5 for letter in ALPHABET)


@given(body=bodies, place=st.integers(0, LENGTH - 1), letter=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(body: str, place: int, letter: str) -> None:
    code = whole(body)
    wrong = code[:place] + letter + code[place + 1 :]
    assert codes.mistyped(wrong) == (wrong != code)


@given(body=bodies, place=st.integers(0, LENGTH - 2))
def test_two_neighbours_swapped_are_noticed(body: str, place: int) -> None:
    code = whole(body)
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if place < LENGTH - 2:  # the check itself swapped with the last character is a sum of its own
        assert codes.mistyped(wrong) == (wrong != code)


@pytest.mark.parametrize("typed", ["mum-abcd-efgh-jkmn", " MUM ABCD EFGH JKMN ", "mumabcdefghjkmn"])
def test_spaces_hyphens_and_capitals_do_not_matter(typed: str) -> None:
    assert codes.normalise(typed) == "MUMABCDEFGHJKMN"


def test_codes_are_shown_in_groups_and_hidden_but_for_their_beginning() -> None:
    code = whole("ABCDEFGHJKM")
    assert codes.pretty(f"MUM{code}") == f"MUM-ABCD-EFGH-JKM{code[-1]}"
    assert codes.masked(f"MUM{code}") == "MUM-ABCD-****-****"
    assert codes.masked(code) == "ABCD-****-****"
    assert (codes.pretty("SPRING"), codes.masked("SPRING")) == ("SPRING", "SP****")
