"""Shared texts over one server and over a cluster."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Final

import pytest

from bff.cache.redis.texts import KEEPS, PREFIX, RedisTexts
from tests.cache.redis.conftest import Behind
from tests.servers.valkey_server import running_server

TEXT: Final = "{ landingPage { id } } # é"
HASH: Final = sha256(TEXT.encode()).hexdigest()


@pytest.fixture
async def texts(behind: Behind) -> AsyncIterator[RedisTexts]:
    made = RedisTexts.at(behind.url)
    await behind.ask(PREFIX + HASH, "DEL", PREFIX + HASH)
    yield made
    await made.close()


async def test_a_text_comes_back_by_its_hash(texts: RedisTexts) -> None:
    assert await texts.get(HASH) is None
    await texts.put(HASH, TEXT)
    assert await texts.get(HASH) == TEXT


async def test_what_is_used_is_kept_for_its_whole_time_again(texts: RedisTexts, behind: Behind) -> None:
    await texts.put(HASH, TEXT)
    assert KEEPS - 5 <= await behind.ask(PREFIX + HASH, "TTL", PREFIX + HASH) <= KEEPS
    await behind.ask(PREFIX + HASH, "EXPIRE", PREFIX + HASH, 60)
    await texts.get(HASH)
    assert KEEPS - 5 <= await behind.ask(PREFIX + HASH, "TTL", PREFIX + HASH) <= KEEPS


@pytest.mark.parametrize("value", [b"{ landingPage { viewer { email } } }", b"", b"\xff\xfe", TEXT.encode() + b" "])
async def test_r6_r10_what_does_not_have_the_hash_is_not_there_and_overwritten(
    texts: RedisTexts, behind: Behind, value: bytes
) -> None:
    await behind.ask(PREFIX + HASH, "SET", PREFIX + HASH, value)
    assert await texts.get(HASH) is None
    await texts.put(HASH, TEXT)
    assert await texts.get(HASH) == TEXT


async def test_r5_a_value_of_another_type_is_refused_and_overwritten(texts: RedisTexts, behind: Behind) -> None:
    await behind.ask(PREFIX + HASH, "RPUSH", PREFIX + HASH, "x")
    with pytest.raises(Exception, match="WRONGTYPE") as refused:
        await texts.get(HASH)
    assert not texts.at_fault(refused.value)
    await texts.put(HASH, TEXT)
    assert await texts.get(HASH) == TEXT


async def test_r2_a_server_that_died_is_at_fault() -> None:
    async with running_server() as server:
        texts = RedisTexts.at(server.url)
        await texts.put(HASH, TEXT)
        await server.kill()
        with pytest.raises(Exception) as gone:  # noqa: PT011 - of any kind
            await texts.get(HASH)
        assert texts.at_fault(gone.value)
        await texts.close()


def test_what_is_no_url_is_said() -> None:
    with pytest.raises(ValueError, match="redis://"):
        RedisTexts.at("http://nowhere")
