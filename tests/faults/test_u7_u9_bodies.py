"""U7, U8 and U9 over sockets: an answer with a body that nothing can be made of."""

import pytest

from tests.faults.landing_over_sockets import landing_over_sockets
from tests.faults.survived import Loss, assert_survives, each_source
from tests.transport.raw_server import answer, once

DEEP = 100_000

U7 = {
    "malformed": answer(200, b'[{"id": "1", "sub\x00"]]'),
    "truncated": answer(200, b'[{"id": "1", "na'),
    "HTML": answer(200, b"<!doctype html><title>Please sign in</title>", content_type="text/html"),
    "empty": answer(200, b""),
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
}
U8 = {
    "an object": answer(200, b'{"status": "ok", "items": null}'),
    "null": answer(200, b"null"),
    "a string": answer(200, b'"[]"'),
    "a number": answer(200, b"7"),
}
U9 = {
    "100,000 nested lists": answer(200, b"[" * DEEP + b"]" * DEEP),
    "100,000 nested objects": answer(200, b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    "100,000 brackets that are never closed": answer(200, b"[" * DEEP),
    "NaN": answer(200, b"NaN"),
    "1e999": answer(200, b"1e999"),
    "an integer of 6,000 digits": answer(200, b"1" * 6_000),
    "bad UTF-8": answer(200, b'["\xff\xfe", "\xed\xa0\x80", "\xc3]'),
    "UTF-16": answer(200, "[]".encode("utf-16")),
}


@each_source
@pytest.mark.parametrize("body", U7)
async def test_u7_an_answer_that_is_no_json_costs_one_section(name: str, body: str) -> None:
    await assert_costs_one_section(name, U7[body])


@each_source
@pytest.mark.parametrize("body", U8)
async def test_u8_json_that_is_no_list_costs_one_section(name: str, body: str) -> None:
    await assert_costs_one_section(name, U8[body])


@each_source
@pytest.mark.parametrize("body", U9)
async def test_u9_json_made_to_break_parsers_costs_one_section(name: str, body: str) -> None:
    await assert_costs_one_section(name, U9[body])


async def assert_costs_one_section(name: str, response: bytes) -> None:
    async with landing_over_sockets() as landing:
        fault = landing.upstreams[name].playing(once(response), goes_on=True)
        await assert_survives(landing.client, fault, Loss(name, ("UPSTREAM_INVALID",)))
