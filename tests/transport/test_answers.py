"""What every transport hands over of an answer that comes whole."""

import gzip

import pytest

from bff.lab.upstreams.server import serve
from bff.transport import Request, Transport
from tests.transport.raw_server import WHOLE, always, answer, once, raw_server


async def test_an_answer_comes_with_status_headers_and_its_whole_body(transport: Transport) -> None:
    async with serve("messages", speed=0) as upstream:
        request = Request(f"{upstream.url}/messages?user_id=1&limit=3", {}, 5, 1_000_000)
        response = await transport.send(request)
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert len(response.body) == int(response.headers["content-length"])
    assert response.body.startswith(b'[{"id":')


@pytest.mark.parametrize("status", [201, 204, 302, 401, 404, 429, 500, 503, 599])
async def test_any_status_is_an_answer(transport: Transport, status: int) -> None:
    body = b"" if status == 204 else b'{"error": "yes"}'
    async with raw_server(once(answer(status, body))) as server:
        response = await transport.send(server.request())
    assert (response.status, response.body) == (status, body)


@pytest.mark.parametrize("where", ["/x", "http://192.0.2.1/", "https://example.com/", "file:///etc/passwd"])
async def test_a_redirect_is_an_answer_and_is_not_followed(transport: Transport, where: str) -> None:
    """U15."""
    async with raw_server(always(answer(302, b"", location=where))) as server:
        response = await transport.send(server.request())
        assert server.connections == 1
    assert (response.status, response.headers["location"]) == (302, where)


async def test_header_names_come_in_lower_case(transport: Transport) -> None:
    async with raw_server(once(answer(Retry_After="7", X_REQUEST_ID="Abc"))) as server:
        response = await transport.send(server.request())
    assert (response.headers["retry-after"], response.headers["x-request-id"]) == ("7", "Abc")


async def test_a_header_that_is_not_ascii_does_not_cost_the_answer(transport: Transport) -> None:
    odd = b"HTTP/1.1 200 OK\r\nx-city: K\xf6ln\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\n[]"
    async with raw_server(once(odd)) as server:
        response = await transport.send(server.request())
    assert (response.body, response.headers["retry-after"]) == (b"[]", "7")


async def test_the_headers_of_the_request_are_sent(transport: Transport) -> None:
    async with serve("messages", speed=0) as upstream:
        url = f"{upstream.url}/messages?user_id=1"
        await transport.send(Request(url, {"x-request-id": "abc", "accept": "application/json"}, 5, 1_000_000))
        [seen] = upstream.recent
    assert (seen.headers["x-request-id"], seen.headers["accept"]) == ("abc", "application/json")
    assert seen.target == "/messages?user_id=1"


async def test_a_compressed_body_is_unpacked(transport: Transport) -> None:
    async with raw_server(once(answer(200, gzip.compress(b"[1, 2]"), content_encoding="gzip"))) as server:
        response = await transport.send(server.request())
    assert response.body == b"[1, 2]"


async def test_compression_is_asked_for(transport: Transport) -> None:
    async with serve("users", speed=0) as upstream:
        await transport.send(Request(f"{upstream.url}/users?ids=1", {}, 5, 1_000_000))
        [seen] = upstream.recent
    assert "gzip" in seen.headers["accept-encoding"]


async def test_a_chunked_body_is_put_together(transport: Transport) -> None:
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[1\r\n3\r\n, 2\r\n1\r\n]\r\n0\r\n\r\n"
    async with raw_server(once(chunked)) as server:
        assert (await transport.send(server.request())).body == b"[1, 2]"


async def test_a_body_of_exactly_the_cap_is_whole(transport: Transport) -> None:
    async with raw_server(once(answer(200, b"x" * 1000))) as server:
        assert len((await transport.send(server.request(max_body=1000))).body) == 1000


async def test_an_answer_with_informational_ones_before_it_is_read(transport: Transport) -> None:
    async with raw_server(once(b"HTTP/1.1 103 Early Hints\r\n\r\n" + WHOLE)) as server:
        assert (await transport.send(server.request())).status == 200
