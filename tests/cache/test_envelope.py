"""What lies in a shared store: it is opened by whom it was sealed for, whole, or not at all."""

import zlib
from hashlib import blake2b
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.cache.envelope import COMPRESS_ABOVE, GENERATION, LARGEST, seal, unseal

HERE, ELSEWHERE = "bff:1:{7}:s:c:1:1", "bff:1:{8}:s:c:1:1"
NOW, BEFORE = b"12345678", b"12345679"

VALUES = st.binary(max_size=200) | st.integers(0, 3 * COMPRESS_ABOVE).map(bytes)


@given(st.text(max_size=20), st.binary(min_size=GENERATION, max_size=GENERATION), VALUES)
def test_a_value_comes_out_as_it_went_in(address: str, generation: bytes, value: bytes) -> None:
    assert unseal(address, generation, seal(address, generation, value)) == value


@given(VALUES)
def test_r8_a_value_is_opened_at_its_own_address_in_its_own_generation_only(value: bytes) -> None:
    sealed = seal(HERE, NOW, value)

    assert (unseal(ELSEWHERE, NOW, sealed), unseal(HERE, BEFORE, sealed)) == (None, None)


@given(VALUES, st.data())
def test_r6_a_value_that_is_cut_off_is_none(value: bytes, data: st.DataObject) -> None:
    sealed = seal(HERE, NOW, value)

    assert unseal(HERE, NOW, sealed[: data.draw(st.integers(0, len(sealed) - 1))]) is None


@given(VALUES, st.data())
def test_r6_a_value_of_which_one_bit_is_wrong_is_none(value: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(HERE, NOW, value))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    assert unseal(HERE, NOW, bytes(sealed)) is None


@given(st.binary(max_size=100))
def test_r6_bytes_of_any_kind_are_none(anything: bytes) -> None:
    assert unseal(HERE, NOW, anything) is None


@pytest.mark.parametrize("reply", [None, 0, "text", [b"1"], ValueError()])
def test_r6_what_is_no_bytes_is_none(reply: object) -> None:
    assert unseal(HERE, NOW, reply) is None


def packed_as(packed: bytes) -> bytes:
    """An envelope whose digest is right: with another layout, `FORMAT` has to be another one."""
    content = NOW + packed
    return b"\x01" + blake2b(HERE.encode() + b"\x00" + content, digest_size=8).digest() + content


def test_r6_another_format_or_way_of_packing_is_none() -> None:
    assert unseal(HERE, NOW, packed_as(b"\x00" + b"1")) == b"1"
    assert unseal(HERE, NOW, packed_as(b"\x02" + b"1")) is None
    assert unseal(HERE, NOW, packed_as(b"")) is None
    assert unseal(HERE, NOW, b"\xff" + packed_as(b"\x00" + b"1")[1:]) is None


def test_what_is_large_and_can_be_made_smaller_is() -> None:
    assert len(seal(HERE, NOW, bytes(COMPRESS_ABOVE))) > COMPRESS_ABOVE
    assert len(seal(HERE, NOW, bytes(COMPRESS_ABOVE + 1))) < 100


def test_what_can_not_be_made_smaller_is_left_as_it_is() -> None:
    noise = Random(6).randbytes(2 * COMPRESS_ABOVE)  # noqa: S311 - no secret

    assert seal(HERE, NOW, noise).endswith(noise)
    assert unseal(HERE, NOW, seal(HERE, NOW, noise)) == noise


def test_a_value_above_the_largest_is_refused_and_the_largest_is_not() -> None:
    assert unseal(HERE, NOW, seal(HERE, NOW, bytes(LARGEST))) == bytes(LARGEST)
    with pytest.raises(ValueError, match=f"a value of {LARGEST + 1} bytes is above the {LARGEST} that are kept"):
        seal(HERE, NOW, bytes(LARGEST + 1))


@pytest.mark.parametrize("packed", [b"\x00" + bytes(LARGEST + 1), b"\x01" + zlib.compress(bytes(LARGEST + 1))])
def test_r6_more_than_the_largest_is_none_however_it_is_packed(packed: bytes) -> None:
    assert unseal(HERE, NOW, packed_as(packed)) is None


@pytest.mark.parametrize("packed", [b"\x00" + bytes(LARGEST), b"\x01" + zlib.compress(bytes(LARGEST))])
def test_the_largest_is_opened_however_it_is_packed(packed: bytes) -> None:
    assert unseal(HERE, NOW, packed_as(packed)) == bytes(LARGEST)


def test_r6_what_follows_a_compressed_value_or_is_missing_of_it_or_is_none_makes_it_none() -> None:
    compressed = zlib.compress(bytes(3 * COMPRESS_ABOVE))

    assert unseal(HERE, NOW, packed_as(b"\x01" + compressed)) == bytes(3 * COMPRESS_ABOVE)
    assert unseal(HERE, NOW, packed_as(b"\x01" + compressed + b"\x00")) is None
    assert unseal(HERE, NOW, packed_as(b"\x01" + compressed[:-1])) is None
    assert unseal(HERE, NOW, packed_as(b"\x01" + b"garbage")) is None
