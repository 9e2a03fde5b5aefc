"""Every fault: how it is written, and what a client of a real socket sees of it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from bff.lab.upstreams.faults import FAULTS, FaultError, parse_fault
from bff.lab.upstreams.server import Upstream, serve
from tests.lab.bare_http import connect, converse, until

TARGET = "/messages?user_id=1&limit=3"
REQUEST = f"GET {TARGET} HTTP/1.1\r\n\r\n".encode()
PATIENCE = httpx.Timeout(5, read=0.2)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serve("messages", speed=0) as upstream:
        yield upstream


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=upstream.url, timeout=PATIENCE) as client:
        yield client


@pytest.mark.parametrize(
    ("text", "argument"),
    [("slow 300ms", 0.3), ("slow 2s", 2), ("slow 1.5", 1.5), ("error 503", 503), ("drip", 0.02), ("drip 5ms", 0.005)],
)
def test_a_fault_is_read_in_one_piece_or_two(text: str, argument: float) -> None:
    fault = parse_fault(text)
    assert fault.argument == pytest.approx(argument)
    assert str(fault) == text
    assert parse_fault(*text.split()) == fault


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slwo 2s", "There is no fault 'slwo'. Did you mean 'slow'? The faults are: slow DURATION, hang"),
        ("", "There is no fault ''. The faults are: "),
        ("slow", "'slow' does not fit: write 'slow DURATION', which means that every answer takes that long"),
        ("slow 2 s", "'slow 2 s' does not fit"),
        ("hang 2s", "'hang 2s' does not fit: write 'hang', which means that no answer ever comes"),
        ("slow fast", "'fast' is not a duration: write 300ms, 2s or 1.5"),
        ("slow 0s", "'0s' is not a duration"),
        ("slow 2h", "'2h' is not a duration"),
        ("slow 3601", "'3601' is not a duration"),
        ("slow ٣", "'٣' is not a duration"),
        ("error 200", "'200' is not an error status: write a number from 400 to 599"),
        ("error teapot", "'teapot' is not an error status"),
    ],
)
def test_a_fault_that_cannot_be_read_says_what_can(text: str, message: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_fault(text)
    assert message in str(caught.value)


async def test_slow_takes_that_long_whatever_the_usual_latency(upstream: Upstream, client: httpx.AsyncClient) -> None:
    await upstream.break_with("slow 100ms")
    start = time.monotonic()
    assert (await client.get(TARGET)).status_code == 200
    assert time.monotonic() - start >= 0.1


@pytest.mark.parametrize("fault", ["hang", "hang-body"])
async def test_a_hanging_upstream_leaves_its_client_waiting(
    fault: str, upstream: Upstream, client: httpx.AsyncClient
) -> None:
    await upstream.break_with(fault)
    with pytest.raises(httpx.ReadTimeout):
        await client.get(TARGET)


async def test_hang_body_sends_the_headers_and_half_of_the_body(upstream: Upstream) -> None:
    await upstream.break_with("hang-body")
    reader, writer = await connect(upstream)
    writer.write(REQUEST)
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.split()[-1]) // 2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), timeout=0.05)
    writer.close()


async def test_drip_sends_the_headers_and_then_a_byte_at_a_time(upstream: Upstream, client: httpx.AsyncClient) -> None:
    await upstream.break_with("drip 1ms")
    async with client.stream("GET", TARGET) as response:
        sizes = [len(chunk) async for chunk in response.aiter_raw()]
    assert sum(sizes) == int(response.headers["content-length"])
    assert len(sizes) > 50  # a read may bring some together


@pytest.mark.parametrize("status", [404, 429, 500, 503, 599])
async def test_error_answers_with_that_status(status: int, upstream: Upstream, client: httpx.AsyncClient) -> None:
    await upstream.break_with(f"error {status}")
    assert (await client.get(TARGET)).status_code == status


@pytest.mark.parametrize("fault", ["garbage", "html", "empty"])
async def test_an_answer_that_is_no_json_comes_with_status_200(
    fault: str, upstream: Upstream, client: httpx.AsyncClient
) -> None:
    await upstream.break_with(fault)
    response = await client.get(TARGET)
    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting value|invalid|decode"):
        response.json()


async def test_wrong_shape_is_json_but_no_list(upstream: Upstream, client: httpx.AsyncClient) -> None:
    await upstream.break_with("wrong-shape")
    assert isinstance((await client.get(TARGET)).json(), dict)


async def test_truncate_closes_in_the_middle_of_the_body(upstream: Upstream, client: httpx.AsyncClient) -> None:
    await upstream.break_with("truncate")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await client.get(TARGET)


async def test_reset_resets_the_connection(upstream: Upstream) -> None:
    await upstream.break_with("reset")
    with pytest.raises(ConnectionResetError):
        await converse(upstream, REQUEST)


async def test_refuse_refuses_new_connections_and_closes_open_ones(
    upstream: Upstream, client: httpx.AsyncClient
) -> None:
    await client.get(TARGET)
    waiting = asyncio.create_task(client.get(TARGET, headers={"x-dev-break": "slow 10s"}, timeout=5))
    await until(lambda: upstream.stats.requests == 2)
    await upstream.break_with("refuse")
    with pytest.raises(httpx.TransportError):
        await waiting
    with pytest.raises(httpx.ConnectError):
        await client.get(TARGET)
    assert upstream.stats.abandoned == 0


async def test_an_upstream_that_refused_comes_back_under_the_same_url(
    upstream: Upstream, client: httpx.AsyncClient
) -> None:
    for fault in ("refuse", "refuse", "error 500", "refuse"):
        await upstream.break_with(fault)
    await upstream.mend()
    assert (await client.get(TARGET)).status_code == 200


@pytest.mark.parametrize("fault", [name for name, kind in FAULTS.items() if kind.read is None])
async def test_after_mending_the_next_request_is_answered_in_full(
    fault: str, upstream: Upstream, client: httpx.AsyncClient
) -> None:
    healthy = await client.get(TARGET)
    await upstream.break_with(fault)
    with contextlib.suppress(httpx.TransportError):
        assert (await client.get(TARGET)).content != healthy.content
    await upstream.mend()
    assert (await client.get(TARGET)).content == healthy.content


async def test_mending_ends_the_wait_of_those_who_were_left_hanging(
    upstream: Upstream, client: httpx.AsyncClient
) -> None:
    await upstream.break_with("hang")
    before = upstream.stats.requests
    waiting = asyncio.create_task(client.get(TARGET))
    while upstream.stats.requests == before:  # noqa: ASYNC110 - the server counts, and tells nobody
        await asyncio.sleep(0)
    await upstream.mend()
    with pytest.raises(httpx.TransportError):
        await waiting
    assert (await client.get(TARGET)).status_code == 200


async def test_x_dev_break_breaks_that_one_request(upstream: Upstream, client: httpx.AsyncClient) -> None:
    assert (await client.get(TARGET, headers={"X-Dev-Break": "error 503"})).status_code == 503
    assert (await client.get(TARGET)).status_code == 200
    with pytest.raises(httpx.TransportError):
        await client.get(TARGET, headers={"x-dev-break": "refuse"})
    assert (await client.get(TARGET)).status_code == 200


async def test_an_unknown_fault_in_x_dev_break_is_400_and_says_which_there_are(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get(TARGET, headers={"x-dev-break": "eror 503"})
    assert response.status_code == 400
    assert "Did you mean 'error'?" in response.json()["error"]


async def test_an_unknown_fault_leaves_the_upstream_as_it_was(upstream: Upstream) -> None:
    with pytest.raises(FaultError):
        await upstream.break_with("explode")
    assert upstream.fault is None
