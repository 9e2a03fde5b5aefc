"""How a source's method asks its upstream."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bff.ask import Ask, Origin
from bff.distrust.marks import Link
from bff.errors import NotFound, UpstreamInvalid, UpstreamThrottled
from bff.identity import Identity
from bff.introduction import Introduction
from bff.resilience.deadline import Deadline
from bff.timeline.call import Attempt
from bff.timeline.trace import TraceContext
from bff.transport import Request, Response

pytestmark = pytest.mark.virtual_time

TRACE = TraceContext("a" * 32, "b" * 16, None, sampled=True, ours=False)
ORIGIN = Origin("u 1", "request-7", Deadline(60.0), TRACE)
GOOD = Response(200, {}, b'["a"]')


@dataclass
class Recorded:
    """A transport that gives one answer and keeps what was asked."""

    answer: Response
    requests: list[Request] = field(default_factory=list)

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        return self.answer

    async def close(self) -> None:
        pass


@dataclass
class Asked:
    """An `Ask` over a recorded transport, and the counts of items it dropped."""

    transport: Recorded
    ask: Ask
    dropped: list[tuple[int, str]]


def asking(answer: Response = GOOD, *, source: str = "todos", origin: Origin = ORIGIN, seconds: float = 2) -> Asked:
    transport = Recorded(answer)
    dropped: list[tuple[int, str]] = []
    ask = Ask(
        source=source,
        origin=origin,
        base_url="http://todos.test/api",
        max_body=1_000,
        keep_alive=True,
        deadline=Deadline.after(seconds),
        transport=transport,
        attempt=Attempt(0.0, "c" * 16),
        dropped=lambda count, reason: dropped.append((count, reason)),
    )
    return Asked(transport, ask, dropped)


async def test_the_path_is_below_the_base_url() -> None:
    asked = asking()
    await asked.ask.get("/todos", list[str])
    [request] = asked.transport.requests
    assert request.url == "http://todos.test/api/todos"


async def test_parameters_are_encoded_one_by_one() -> None:
    asked = asking()
    await asked.ask.get("/todos", list[str], user_id="ä &=?#/+%,1", limit=10)
    [request] = asked.transport.requests
    assert request.url.partition("?")[2] == "user_id=%C3%A4%20%26%3D%3F%23%2F%2B%25%2C1&limit=10"


async def test_a_sequence_is_sent_with_commas_between() -> None:
    asked = asking()
    await asked.ask.get("/todos", list[str], ids=["1", "2,3", "&"])
    [request] = asked.transport.requests
    assert request.url.endswith("?ids=1,2%2C3,%26")


async def test_any_name_can_be_a_parameter() -> None:
    asked = asking()
    await asked.ask.get("/todos", list[str], path="p", shape="s")
    [request] = asked.transport.requests
    assert request.url.endswith("?path=p&shape=s")


async def test_the_upstream_is_told_for_which_request_it_works() -> None:
    asked = asking()
    await asked.ask.get("/todos", list[str])
    [request] = asked.transport.requests
    assert request.headers["accept"] == "application/json"
    assert request.headers["x-request-id"] == "request-7"
    assert request.headers["traceparent"] == f"00-{'a' * 32}-{'c' * 16}-01"


async def test_an_upstream_is_broken_only_where_the_request_wants_that_very_one() -> None:
    origin = Origin("1", "r", Deadline(60.0), TRACE, faults={"todos": "hang"})
    broken, whole = asking(origin=origin), asking(source="users", origin=origin)
    for asked in (broken, whole):
        await asked.ask.get("/x", list[str])
    assert broken.transport.requests[0].headers["x-dev-break"] == "hang"
    assert "x-dev-break" not in whole.transport.requests[0].headers


async def test_the_deadline_that_is_told_shrinks_as_time_goes_by() -> None:
    asked = asking(seconds=2)
    for _ in range(3):
        await asked.ask.get("/todos", list[str])
        await asyncio.sleep(0.5)
    told = [request.headers["x-deadline-ms"] for request in asked.transport.requests]
    timeouts = [request.timeout for request in asked.transport.requests]
    assert told == ["2000", "1500", "1000"]
    assert timeouts == pytest.approx([2, 1.5, 1])


async def test_with_no_time_left_the_call_still_has_a_timeout() -> None:
    asked = asking(seconds=1)
    await asyncio.sleep(5)
    await asked.ask.get("/todos", list[str])
    [request] = asked.transport.requests
    assert request.headers["x-deadline-ms"] == "0"
    assert 0 < request.timeout < 0.01


async def test_the_cap_on_the_body_is_the_policy_s() -> None:
    asked = asking()
    await asked.ask.get("/todos", list[str])
    [request] = asked.transport.requests
    assert request.max_body == 1_000


async def test_the_answer_is_decoded_and_what_was_dropped_is_counted() -> None:
    asked = asking(Response(200, {}, b'["a", 1, "b", null]'))
    assert await asked.ask.get("/todos", list[str]) == ["a", "b"]
    assert asked.dropped == [(2, "invalid")]


async def test_where_nothing_was_dropped_nothing_is_counted() -> None:
    asked = asking()
    assert await asked.ask.get("/todos", list[str]) == ["a"]
    assert asked.dropped == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(404, {}, b"[]"), NotFound),
        (Response(429, {"retry-after": "5"}, b"[]"), UpstreamThrottled),
        (Response(204, {}, b""), UpstreamInvalid),
        (Response(200, {}, b"<html>"), UpstreamInvalid),
    ],
)
async def test_u5_u7_any_other_answer_is_its_error(answer: Response, error: type[Exception]) -> None:
    with pytest.raises(error):
        await asking(answer).ask.get("/todos", list[str])


async def test_the_viewer_is_the_one_the_request_is_made_for() -> None:
    assert asking().ask.viewer == "u 1"


async def test_u16_an_answer_that_names_another_request_is_refused_and_one_that_names_ours_is_not() -> None:
    ours = asking(Response(200, {"x-request-id": "request-7"}, b'["a"]'))
    assert await ours.ask.get("/todos", list[str]) == ["a"]
    anothers = asking(Response(200, {"x-request-id": "request-8"}, b'["a"]'))
    with pytest.raises(UpstreamInvalid, match="another request"):
        await anothers.ask.get("/todos", list[str])


EXTERNAL = Introduction.of(
    "vendor", Identity(external=True, bearer="s3cret", link_hosts=("good.test",)), "a key of ours"
)


def asking_outside(answer: Response = GOOD) -> Asked:
    asked = asking(answer)
    return replace(asked, ask=replace(asked.ask, introduction=EXTERNAL))


async def test_an_outsider_is_asked_by_pseudonyms() -> None:
    asked = asking_outside()
    await asked.ask.get("/x", list[str], user_id=asked.ask.viewer, friends=[asked.ask.pseudonym("u 2")])
    [request] = asked.transport.requests
    assert request.headers.keys() == {"accept", "authorization", "x-request-id", "x-deadline-ms"}
    told = f"{request.url} {request.headers}"
    assert "u%201" not in told
    assert "u%202" not in told
    assert "request-7" not in told
    assert "a" * 32 not in told


async def test_one_of_the_house_is_asked_by_ids() -> None:
    assert asking().ask.pseudonym("u 2") == "u 2"


async def test_u16_an_outsider_that_names_another_request_is_refused_and_one_that_names_ours_is_not() -> None:
    ours = asking_outside(Response(200, {"x-request-id": EXTERNAL.request("request-7")}, b'["a"]'))
    assert await ours.ask.get("/x", list[str]) == ["a"]
    for another in ("request-7", EXTERNAL.request("request-8")):
        with pytest.raises(UpstreamInvalid, match="another request"):
            await asking_outside(Response(200, {"x-request-id": another}, b'["a"]')).ask.get("/x", list[str])


async def test_what_may_not_be_shown_is_dropped_and_counted_apart() -> None:
    links = asking_outside(Response(200, {}, b'["https://good.test/", "https://evil.test/", 7]'))
    assert await links.ask.get("/x", list[Link]) == ["https://good.test/"]
    assert links.dropped == [(1, "invalid"), (1, "untrusted")]


async def test_no_secret_and_no_header_is_in_what_is_printed() -> None:
    asked = asking_outside()
    await asked.ask.get("/x", list[str])
    assert "s3cret" not in repr(asked.ask)
    assert "s3cret" not in repr(asked.transport.requests)


async def test_where_connections_are_not_kept_the_upstream_is_told_so() -> None:
    asked = asking()
    await replace(asked.ask, keep_alive=False).get("/todos", list[str])
    await asked.ask.get("/todos", list[str])
    assert [request.headers.get("connection") for request in asked.transport.requests] == ["close", None]
