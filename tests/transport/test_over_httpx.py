"""What only the client over httpx can, and its pool under cancelled calls."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request as AsgiRequest
from starlette.responses import JSONResponse
from starlette.routing import Route

from bff.errors import DeadlineExceeded, UpstreamFailed, UpstreamInvalid
from bff.transport import Request
from bff.transport.over_httpx import HttpxTransport
from tests.transport.conftest import trust
from tests.transport.raw_server import raw_server, read_head
from tests.transport.test_connections import Switched, ended_early, ten

REQUEST = Request("http://users.test/users?ids=1", {"x-request-id": "abc"}, 5, 1000)


def mocked(answer: httpx.Response) -> HttpxTransport:
    return HttpxTransport(httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)))


async def test_a_mock_transport_can_stand_behind_it() -> None:
    response = await mocked(httpx.Response(200, json=[{"id": "1"}])).send(REQUEST)
    assert (response.status, response.body) == (200, b'[{"id":"1"}]')


async def test_what_a_mock_transport_compressed_is_unpacked_once() -> None:
    packed = httpx.Response(200, content=gzip.compress(b"[]"), headers={"content-encoding": "gzip"})
    assert (await mocked(packed).send(REQUEST)).body == b"[]"


async def test_the_cap_holds_for_a_mock_transport_too() -> None:
    with pytest.raises(UpstreamInvalid, match="larger than 1000 bytes"):
        await mocked(httpx.Response(200, content=b"x" * 1001)).send(REQUEST)


async def test_an_app_of_ones_own_can_stand_behind_it() -> None:
    async def users(request: AsgiRequest) -> JSONResponse:
        return JSONResponse([request.query_params["ids"], request.headers["x-request-id"]])

    app = Starlette(routes=[Route("/users", users)])
    transport = HttpxTransport(httpx.AsyncClient(transport=httpx.ASGITransport(app)))
    assert (await transport.send(REQUEST)).body == b'["1","abc"]'


async def test_the_timeout_holds_whatever_stands_behind_it() -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    transport = HttpxTransport(httpx.AsyncClient(transport=httpx.MockTransport(hang)))
    with pytest.raises(DeadlineExceeded):
        await transport.send(Request("http://users.test/", {}, 0.01, 1000))


async def test_an_encoding_that_was_not_asked_for_is_invalid() -> None:
    odd = httpx.Response(200, content=_chunks(b"??"), headers={"content-encoding": "br"})
    with pytest.raises(UpstreamInvalid, match="encoding"):
        await mocked(odd).send(REQUEST)


async def _chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_a_cancelled_call_lets_go_of_its_connection_at_once() -> None:
    arrived, left = asyncio.Event(), asyncio.Event()

    async def play(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await read_head(reader)
        arrived.set()
        await reader.read()
        left.set()

    transport = HttpxTransport(httpx.AsyncClient(verify=trust(), trust_env=False))
    async with raw_server(play) as server, asyncio.timeout(5):
        call = asyncio.create_task(transport.send(server.request(timeout=30)))
        await arrived.wait()
        call.cancel()
        await left.wait()
    await transport.close()


async def test_after_it_is_closed_a_call_fails() -> None:
    transport = mocked(httpx.Response(200))
    await transport.close()
    with pytest.raises(UpstreamFailed):
        await transport.send(REQUEST)


async def test_cancelled_calls_wedge_no_pool_smaller_than_their_number() -> None:
    """Trap 6: 30 callers on 10 connections."""
    client = httpx.AsyncClient(verify=trust(), trust_env=False, limits=httpx.Limits(max_connections=10))
    transport = HttpxTransport(client, max_connections=10)
    upstream = Switched()
    async with raw_server(upstream) as server:
        await ended_early(transport, server, calls=200, at_once=30)
        upstream.healthy = True
        assert [response.status for response in await ten(transport, server)] == [200] * 10
    await transport.close()
