"""Shared texts in trouble: they cost one request one deadline, then nobody anything, and are back within a second."""

import asyncio

import pytest

from bff.cache.guarded_texts import MOST_PUTS, NAME, GuardedTexts
from bff.cache.patience import CACHE_DEADLINE
from bff.events import BreakerMoved, CacheFailed, Event
from tests.execution.persisted.finding import TextsInMemory

pytestmark = pytest.mark.virtual_time


def now() -> float:
    return asyncio.get_running_loop().time()


class Guard:
    """A guarded server."""

    def __init__(self) -> None:
        self.server = TextsInMemory({"a": "text"})
        self.told: list[Event] = []
        self.texts = GuardedTexts(self.server, self.told.append)

    async def took(self) -> float:
        began = now()
        await self.texts.get("a")
        return now() - began


async def test_a_text_is_had_and_kept() -> None:
    guard = Guard()
    guard.texts.put("b", "more")
    await asyncio.sleep(0)
    assert (await guard.texts.get("a"), await guard.texts.get("b"), await guard.texts.get("c")) == (
        "text",
        "more",
        None,
    )
    assert not guard.told


async def test_r3_a_server_that_hangs_costs_one_deadline_and_then_nothing() -> None:
    guard = Guard()
    guard.server.delay = 60
    assert await guard.took() == pytest.approx(CACHE_DEADLINE)
    for _ in range(20):
        assert await guard.took() == 0
        guard.texts.put("b", "more")
        await asyncio.sleep(0.25)
    assert not guard.server.puts
    assert guard.told[0] == BreakerMoved(NAME, "open", True)
    assert guard.told[1] == CacheFailed("read", "late")
    await guard.texts.close()


async def test_r2_it_is_back_within_a_second_of_its_return() -> None:
    guard = Guard()
    guard.server.error = ConnectionError()
    assert await guard.texts.get("a") is None
    assert guard.told[-1] == CacheFailed("read", "ConnectionError")
    guard.server.error = None
    await asyncio.sleep(1.01)
    assert await guard.took() == 0  # behind it a probe has gone
    await asyncio.sleep(0.01)
    assert await guard.texts.get("a") == "text"


async def test_a_failed_probe_is_followed_by_the_next() -> None:
    guard = Guard()
    guard.server.error = ConnectionError()
    for _ in range(40):
        assert await guard.texts.get("a") is None
        await asyncio.sleep(0.1)
    assert 3 <= len(guard.server.asked) <= 5
    guard.server.error = None
    await asyncio.sleep(1.01)
    await guard.texts.get("a")
    await asyncio.sleep(0.01)
    assert await guard.texts.get("a") == "text"


async def test_what_cannot_be_kept_is_dropped_and_told() -> None:
    guard = Guard()
    guard.server.error = ConnectionError()
    guard.texts.put("b", "more")
    await asyncio.sleep(0.01)
    assert guard.told == [CacheFailed("write", "ConnectionError")]


async def test_what_waits_to_be_kept_is_bounded() -> None:
    guard = Guard()
    guard.server.delay = 1.5
    for n in range(3 * MOST_PUTS):
        guard.texts.put(str(n), "more")
    await asyncio.sleep(1.6)
    assert len(guard.server.puts) == MOST_PUTS


async def test_closing_waits_for_what_is_nearly_done_and_for_nothing_else() -> None:
    guard = Guard()
    guard.server.delay = 0.02
    guard.texts.put("b", "more")
    await guard.texts.close()
    assert guard.server.texts["b"] == "more"
    guard.server.delay = 60
    guard.texts.put("c", "more")
    began = now()
    await guard.texts.close()
    assert now() - began == pytest.approx(CACHE_DEADLINE)
    assert guard.server.closed
