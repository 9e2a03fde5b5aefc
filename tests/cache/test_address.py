"""Where values lie: no two viewers, calls, shapes or keys share a place."""

from hypothesis import given
from hypothesis import strategies as st

from bff.cache.address import PREFIX, address, root, root_of, viewer_of

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


@given(st.text(max_size=20), st.text(max_size=8))
def test_an_address_leads_back_to_its_root_and_its_viewer(viewer: str, key: str) -> None:
    found = lies_at(viewer, "a", "x", key)

    assert root_of(found) == root(viewer)
    assert root_of(root(viewer)) == root(viewer)
    assert viewer_of(root(viewer)) == viewer
    assert root(viewer).startswith(PREFIX)


@given(st.text(max_size=8), st.text(max_size=8))
def test_two_viewers_have_two_roots_and_none_begins_with_another(one: str, other: str) -> None:
    assert root(one).startswith(root(other)) == (one == other)
