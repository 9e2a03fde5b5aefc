"""A cached value as bytes and back."""

import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.cache.entry import Entry, pack, unpack
from bff.sources.recommendations import AnyActionRecord, OpenLinkRecord


class Record(msgspec.Struct, frozen=True):
    id: str
    size: int


VALUE = [Record("a", 1)]


def test_what_was_packed_is_unpacked() -> None:
    entry = Entry(1000.0, 60.0, VALUE)

    assert unpack(pack(entry), list[Record]) == entry


def test_members_of_a_union_keep_their_kind() -> None:
    link = OpenLinkRecord(id="1", title="t", reason="r", score=0.5, url="https://example.com")
    found = unpack(pack(Entry(1.0, 1.0, [link])), list[AnyActionRecord])

    assert found is not None
    assert found.value == [link]


@pytest.mark.parametrize(
    "poison",
    [
        b"",
        b"garbage",
        pack(Entry(1.0, 60.0, VALUE))[:-1],
        pack(Entry(1.0, 60.0, VALUE)) + b"\x00",
        pack(Entry(1.0, 60.0, [{"id": "a"}])),
        pickle.dumps(VALUE[0].id),
    ],
    ids=["empty", "garbage", "truncated", "with a tail", "of an older shape", "a pickle"],
)
def test_r6_what_cannot_be_trusted_is_a_miss(poison: bytes) -> None:
    assert unpack(poison, list[Record]) is None


@given(st.binary(max_size=200))
def test_r6_no_bytes_whatever_raise(poison: bytes) -> None:
    unpack(poison, list[Record])


def test_it_is_fresh_for_as_long_as_it_says() -> None:
    entry = Entry(1000.0, 60.0, VALUE)

    assert entry.is_fresh(1059.9)
    assert not entry.is_fresh(1060.0)
