"""Which way to compress for which client."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.web.compression import by_gzip, by_zstd, coding_for
from tests.web.decompression import from_gzip, from_zstd

PAGE = b'{"data": {"landingPage": {"messages": []}}}' * 50


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd", "zstd"),
        ("gzip;q=0", None),
        ("gzip; q=0.000", None),
        ("gzip; q=0, *", None),
        ("zstd;q=0.5, gzip", "gzip"),
        ("zstd;q=0.5, gzip;q=0.4", "zstd"),
        ("zstd;q=0, gzip;q=0.1", "gzip"),
        ("*", "gzip"),
        ("*;q=0", None),
        ("br, *;q=0.1", "gzip"),
        ("identity", None),
        ("identity;q=0", None),
        ("br", None),
        ("gzip;q=", None),
        ("gzip;q=much", None),
        ("gzip;q=nan", None),
        ("gzip;q=-1", None),
        ("xgzip, gzipx", None),
        (" , ;, =", None),
    ],
)
def test_the_best_of_what_the_client_takes(accepted: str, coding: str | None) -> None:
    assert coding_for(accepted) == coding


@given(st.text() | st.lists(st.sampled_from(["gzip", "zstd", ";q=", "0.5", ",", "*", " "])).map("".join))
def test_whatever_is_accepted_is_understood_or_left_alone(accepted: str) -> None:
    assert coding_for(accepted) in (None, "gzip", "zstd")


def test_what_is_compressed_can_be_read_again() -> None:
    assert from_gzip(by_gzip(PAGE)) == PAGE
    assert from_zstd(by_zstd(PAGE)) == PAGE


def test_the_same_answer_is_the_same_bytes() -> None:
    assert by_gzip(PAGE) == by_gzip(PAGE)
    assert by_zstd(PAGE) == by_zstd(PAGE)
