"""E5: the issuer's keys are there before the first token, stay fresh without one, and the log says when they do not."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bff.errors import Unauthenticated, UpstreamUnreachable
from bff.web.keys import FRESH_FOR, MIN_INTERVAL, MIN_INTERVAL_AT_FIRST, Keys
from tests.web.issuer import Issuer, showing
from tests.web.tokens import key_set, shown_key

pytestmark = pytest.mark.virtual_time

SECRET = "s3cr3t"
URL = f"http://us:{SECRET}@login.test/keys?key={SECRET}"


@asynccontextmanager
async def begun(issuer: Issuer) -> AsyncIterator[Keys]:
    keys = Keys(URL, issuer)
    keys.begin()
    try:
        yield keys
    finally:
        await keys.close()


async def test_e5_keys_are_there_before_the_first_token() -> None:
    async with begun(showing(shown_key())) as keys:
        assert keys.known("one") is None
        await asyncio.sleep(0.1)
        assert keys.known("one") is not None


async def test_e5_keys_are_fetched_anew_before_they_are_old_though_nobody_asks() -> None:
    issuer = showing(shown_key())
    async with begun(issuer) as keys:
        await asyncio.sleep(1)
        issuer.body = key_set(shown_key("two"))
        await asyncio.sleep(FRESH_FOR)
        assert keys.known("one") is None
        assert keys.known("two") is not None
        await asyncio.sleep(100 * FRESH_FOR)
        assert 100 < len(issuer.requests) < 300


async def test_e5_an_issuer_that_hangs_at_the_start_keeps_nothing_from_starting() -> None:
    issuer = showing(shown_key())
    issuer.delay = 3600
    async with begun(issuer) as keys:
        with pytest.raises(Unauthenticated):
            await keys.get("one")
        issuer.delay = 0
        await asyncio.sleep(1.5 * MIN_INTERVAL_AT_FIRST)
        assert keys.known("one") is not None


async def test_e5_an_issuer_in_trouble_is_asked_again_in_ten_seconds_and_no_sooner() -> None:
    issuer = showing(shown_key())
    async with begun(issuer) as keys:
        await asyncio.sleep(1)
        issuer.status = 503
        await asyncio.sleep(FRESH_FOR)
        issuer.requests.clear()
        await asyncio.sleep(10 * MIN_INTERVAL)
        assert 9 <= len(issuer.requests) <= 11
        assert keys.known("one") is not None


async def test_e5_a_closed_ring_asks_nobody() -> None:
    issuer = showing(shown_key())
    async with begun(issuer):
        await asyncio.sleep(1)
    issuer.requests.clear()
    await asyncio.sleep(10 * FRESH_FOR)
    assert not issuer.requests


@pytest.mark.parametrize("good_at_first", [True, False])
async def test_e5_trouble_is_told_once_and_its_end_once_without_the_url(
    good_at_first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    issuer = showing(shown_key())
    issuer.error = None if good_at_first else UpstreamUnreachable("no connection could be made")
    async with begun(issuer):
        await asyncio.sleep(1)
        issuer.error = UpstreamUnreachable("no connection could be made")
        await asyncio.sleep(10 * FRESH_FOR)
        [trouble] = caplog.messages
        assert "no connection could be made" in trouble
        assert ("the last ones are kept" if good_at_first else "nobody can sign in until they are") in trouble
        issuer.error = None
        await asyncio.sleep(10 * FRESH_FOR)
    assert caplog.messages == [trouble, "the keys that tokens are signed with can be fetched again"]
    assert SECRET not in caplog.text
    assert "login.test" not in caplog.text
