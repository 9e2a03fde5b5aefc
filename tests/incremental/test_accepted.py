"""What a client takes, by its Accept header."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.web.incremental.accepted import Accepted, InFrames, accepted
from bff.web.incremental.event_stream import EventStream
from bff.web.incremental.multipart import Multipart
from bff.web.incremental.shape import CURRENT, OF_2022
from bff.web.media_type import GRAPHQL_RESPONSE, JSON, NotAcceptable

PARTS = InFrames(Multipart(), CURRENT)
EVENTS = InFrames(EventStream(), CURRENT)


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        (None, Accepted(JSON)),
        ("*/*", Accepted(JSON)),
        (f"{GRAPHQL_RESPONSE}, {JSON}", Accepted(GRAPHQL_RESPONSE)),
        # Apollo Client 4, by its two handlers
        (
            f"multipart/mixed;deferSpec=20220824,{GRAPHQL_RESPONSE},{JSON};q=0.9",
            Accepted(GRAPHQL_RESPONSE, InFrames(Multipart("deferSpec=20220824"), OF_2022)),
        ),
        (
            f"multipart/mixed;incrementalSpec=v0.2,{GRAPHQL_RESPONSE},{JSON};q=0.9",
            Accepted(GRAPHQL_RESPONSE, InFrames(Multipart("incrementalSpec=v0.2"), CURRENT)),
        ),
        # urql
        (
            f"{GRAPHQL_RESPONSE}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed",
            Accepted(GRAPHQL_RESPONSE, EVENTS),
        ),
        # GraphiQL 5
        (f"{JSON}, multipart/mixed", Accepted(JSON, PARTS)),
        (
            f'{JSON}, multipart/mixed; boundary="-"; deferSpec="20220824"',
            Accepted(JSON, InFrames(Multipart("deferSpec=20220824"), OF_2022)),
        ),
        ("text/event-stream", Accepted(JSON, EVENTS, frames_only=True)),
        ("multipart/mixed", Accepted(JSON, PARTS, frames_only=True)),
        ("MULTIPART/MIXED, */*;q=0", Accepted(JSON, PARTS, frames_only=True)),
        (f"{JSON}, text/event-stream;q=0.5, multipart/mixed;q=0.9", Accepted(JSON, PARTS)),
        (f"{JSON}, multipart/mixed;q=0", Accepted(JSON)),
        (f"{JSON}, multipart/mixed;q=much", Accepted(JSON)),
        # shapes that nobody here knows
        (f"{JSON}, multipart/mixed;deferSpec=20990101", Accepted(JSON)),
        (f"{JSON}, multipart/mixed;boundary=graphql;subscriptionSpec=1.0", Accepted(JSON)),
        (f"{JSON}, multipart/mixed;deferSpec=20990101, multipart/mixed", Accepted(JSON, PARTS)),
        (f"{JSON}, text/event-stream;deferSpec=20220824", Accepted(JSON, InFrames(EventStream(), OF_2022))),
    ],
)
def test_a_client_has_what_it_takes(accept: str | None, answer: Accepted) -> None:
    assert accepted(accept) == answer


@pytest.mark.parametrize(
    "accept", ["text/html", "multipart/form-data", "multipart/mixed;q=0", "text/event-stream;q=-1"]
)
def test_what_there_is_not_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        accepted(accept)


@settings(deadline=None)
@given(
    st.text()
    | st.lists(
        st.sampled_from(["multipart/mixed", "text/event-stream", JSON, ";q=", "1", ",", ";deferspec=", '"'])
    ).map("".join)
)
def test_whatever_is_wanted_is_answered_or_refused(accept: str) -> None:
    try:
        assert accepted(accept).whole in (JSON, GRAPHQL_RESPONSE)
    except NotAcceptable:
        assert accept
