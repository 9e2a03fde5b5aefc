"""Work that belongs to the app."""

import asyncio
import contextvars

import pytest

from bff.cache.background import Background

pytestmark = pytest.mark.virtual_time


async def takes(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


async def just_takes(seconds: float) -> None:
    await asyncio.sleep(seconds)


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_was_started_goes_on_and_is_kept_until_it_ends() -> None:
    background = Background()
    background.start(just_takes(1))
    background.start(just_takes(2))
    assert len(background) == 2
    await asyncio.sleep(1.5)
    assert len(background) == 1
    await asyncio.sleep(1)
    assert len(background) == 0


async def test_whoever_is_interested_is_told_how_it_ended() -> None:
    assert await Background().run(takes(1)) == 1


async def test_it_sees_nothing_of_the_request_that_started_it() -> None:
    secret = contextvars.ContextVar("secret", default="nobody")
    secret.set("a viewer")

    async def whose() -> str:
        return secret.get()

    assert await Background().run(whose()) == "nobody"


async def test_settling_waits_for_what_is_under_way() -> None:
    background = Background()
    background.start(just_takes(1))
    background.start(just_takes(2))
    await background.settle(within=5)

    assert now() == 2
    assert len(background) == 0


async def test_settling_waits_for_so_long_at_most_and_ends_nothing() -> None:
    background = Background()
    slow = background.run(takes(3))
    await background.settle(within=0.5)
    assert now() == 0.5

    assert await slow == 3


async def test_settling_waits_for_nothing_where_nothing_is_under_way() -> None:
    await Background().settle(within=5)

    assert now() == 0


async def test_closing_ends_everything_and_waits_until_it_has_ended() -> None:
    background, ended = Background(), []

    async def takes_leave(seconds: float) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(seconds)
            ended.append(seconds)

    background.start(takes_leave(2))
    background.start(takes_leave(1))
    await asyncio.sleep(0.5)
    await background.close()

    assert ended == [1, 2]
    assert now() == 2.5


async def test_closing_does_not_mind_what_fails_on_its_way_out() -> None:
    background = Background()

    async def stumbles() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise OSError("on its way out")

    background.start(stumbles())
    await asyncio.sleep(0)
    await background.close()
    await background.close()

    assert len(background) == 0
