import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.core.crypto import Keyring, SealBroken

RING = Keyring.fresh()


@given(st.text(min_size=1))
def test_what_is_sealed_opens_to_the_same_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:  # lone surrogates are no text
        return
    assert RING.open(RING.seal(text, "customer.name"), "customer.name") == text


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert RING.seal("王小明", "f") != RING.seal("王小明", "f")


def test_empty_text_stays_empty() -> None:
    assert RING.seal("", "f") == b""
    assert RING.open(b"", "f") == ""


def test_a_value_moved_to_another_field_does_not_open() -> None:
    with pytest.raises(SealBroken, match="belongs to another field"):
        RING.open(RING.seal("13800138000", "customer.phone"), "customer.name")


@given(st.data())
def test_a_value_with_one_changed_bit_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(RING.seal("secret", "f"))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        RING.open(bytes(sealed), "f")


def test_a_rotated_ring_opens_old_values_and_writes_new_ones_with_the_new_key() -> None:
    old = RING.seal("Ada", "f")
    rotated = Keyring.load(RING.with_new_key().dump())
    assert rotated.open(old, "f") == "Ada"
    new = rotated.seal("Ada", "f")
    assert new[1:3] == (2).to_bytes(2, "big")
    with pytest.raises(SealBroken, match="no key"):
        RING.open(new, "f")


def test_rotation_moves_no_hash() -> None:
    assert RING.with_new_key().hash("13800138000", "phone") == RING.hash("13800138000", "phone")


def test_hashes_differ_by_domain_and_by_installation() -> None:
    assert RING.hash("1234", "phone") != RING.hash("1234", "account")
    assert RING.hash("1234", "phone") != Keyring.fresh().hash("1234", "phone")


def test_tokens_fit_a_signed_bigint() -> None:
    assert all(-(2**63) <= RING.token(str(n), "name") < 2**63 for n in range(1000))
