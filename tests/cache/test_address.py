"""Where values lie: no two viewers, calls, shapes or keys share a place."""

from hypothesis import given
from hypothesis import strategies as st

from bff.cache.address import address

PARTS = st.tuples(st.text(max_size=8), st.sampled_from(["a", "b"]), st.sampled_from(["x", "y"]), st.text(max_size=8))


def lies_at(viewer: str, source: str, call: str, key: object) -> str:
    return address(viewer=viewer, source=source, call=call, version="1", key=key)


@given(PARTS, PARTS)
def test_r10_different_viewers_calls_or_keys_never_share_an_address(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str]
) -> None:
    assert (lies_at(*one) == lies_at(*other)) == (one == other)


def test_a_number_and_its_digits_are_different_keys() -> None:
    assert lies_at("1", "a", "x", 5) != lies_at("1", "a", "x", "5")


def test_r10_another_shape_of_record_lies_elsewhere() -> None:
    assert address(viewer="1", source="a", call="x", version="1", key="k") != address(
        viewer="1", source="a", call="x", version="2", key="k"
    )


@given(st.text(max_size=20))
def test_the_hash_tag_is_the_viewer_and_nothing_but_the_viewer(viewer: str) -> None:
    """One node of a cluster answers for one viewer: the tag is what stands in the first pair of braces."""
    found = lies_at(viewer, "a", "x", "k")
    tag = found[found.index("{") + 1 : found.index("}")]

    assert found.startswith(f"bff:1:{{{tag}}}:a:x:1:")
