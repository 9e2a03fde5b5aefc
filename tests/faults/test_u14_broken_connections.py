"""U14 over sockets: connections that break, and bodies that are not as long as they say."""

from collections.abc import Callable

import pytest

from tests.faults.landing_over_sockets import landing_over_sockets
from tests.faults.survived import Loss, assert_survives, each_source
from tests.transport.raw_server import Play, resets_after

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"

RESETS: dict[str, Play] = {
    "before the answer": resets_after(b""),
    "in the headers": resets_after(b"HTTP/1.1 200 OK\r\nx-a: "),
    "in mid-body": resets_after(HEAD % 1_000 + b'[{"id": "1", "na'),
}

FAILED, INVALID = "UPSTREAM_ERROR", "UPSTREAM_INVALID"

LENGTHS: dict[str, tuple[Callable[[bytes], bytes], bool, str]] = {
    "a length too long": (lambda body: HEAD % (len(body) + 100) + body, False, FAILED),
    "a length too short": (lambda body: HEAD % (len(body) - 10) + body, True, INVALID),
    "a chunk without a size": (lambda body: CHUNKED + b"zz\r\n" + body + b"\r\n0\r\n\r\n", True, INVALID),
    "a chunk longer than its size": (lambda body: CHUNKED + b"5\r\n" + body + b"\r\n0\r\n\r\n", True, INVALID),
    "no last chunk": (lambda body: CHUNKED + b"%x\r\n" % len(body) + body + b"\r\n", False, FAILED),
}
"""What is made of the healthy body, whether the connection goes on after it, and what that is called."""


@each_source
@pytest.mark.parametrize("where", RESETS)
async def test_u14_a_connection_that_is_reset_costs_one_section(name: str, where: str) -> None:
    async with landing_over_sockets() as landing:
        fault = landing.upstreams[name].playing(RESETS[where])
        await assert_survives(landing.client, fault, Loss(name, (FAILED,)))


@each_source
@pytest.mark.parametrize("what", LENGTHS)
async def test_u14_a_body_of_another_length_than_it_says_costs_one_section(name: str, what: str) -> None:
    spoil, goes_on, code = LENGTHS[what]
    async with landing_over_sockets() as landing:
        upstream = landing.upstreams[name]
        fault = upstream.playing(upstream.spoiled(spoil), goes_on=goes_on)
        await assert_survives(landing.client, fault, Loss(name, (code,)))
