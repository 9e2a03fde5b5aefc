"""Listening for what other processes change: over every break, and told once for each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bff.cache.first_tier import FirstTier
from bff.cache.flights import Flights, Land
from bff.cache.hearing import RETRY_EVERY, Hearing
from bff.cache.second_tier import SecondTier
from bff.events import CacheHeard, Event
from tests.cache.bench import at, timeline
from tests.cache.shared_in_memory import ServerGone, SharedInMemory

pytestmark = pytest.mark.virtual_time


class Process:
    """One that listens to a server, and has something to forget."""

    def __init__(self) -> None:
        self.server = SharedInMemory()
        self.first, self.flights = FirstTier(), Flights()
        self.told: list[Event] = []
        self.hearing = Hearing(self.first, self.flights, self.told.append)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        second = SecondTier(self.server, self.told.append)
        listening = asyncio.create_task(self.hearing.go_on(second))
        await asyncio.sleep(0.125)
        yield
        listening.cancel()
        await asyncio.gather(listening, self.flights.close(), return_exceptions=True)

    def keep(self, *addresses: str) -> None:
        watch = self.first.watch(addresses)
        for address in addresses:
            self.first.keep(address, b"v", 3600, watch)
        self.first.unwatch(watch)

    def fly(self, *addresses: str) -> None:
        async def fly(_: Land) -> None:
            await asyncio.sleep(3600)

        for address in addresses:
            self.flights.start([address], fly, timeline())

    def kept(self, *addresses: str) -> list[bool]:
        return [self.first.get(address) is not None for address in addresses]

    def flying(self, *addresses: str) -> list[bool]:
        return [address in self.flights for address in addresses]

    def attempts(self) -> int:
        return sum(operation == "listen" for operation, _ in self.server.asked)

    def heard(self) -> list[tuple[bool, str | None]]:
        return [(event.whole, event.reason) for event in self.told if isinstance(event, CacheHeard)]


async def test_until_it_listens_something_may_be_missed() -> None:
    process = Process()
    before = process.hearing.whole
    async with process.listening():
        assert (before, process.hearing.whole) == (False, True)

    assert process.heard() == [(True, None)]


async def test_what_was_kept_or_on_its_way_before_it_listened_is_forgotten() -> None:
    process = Process()
    process.keep(at("a"))
    process.fly(at("b"))
    async with process.listening():
        assert process.kept(at("a")) == [False]
        assert process.flying(at("b")) == [False]


async def test_what_others_change_is_forgotten_and_so_is_what_is_on_its_way() -> None:
    process = Process()
    async with process.listening():
        process.keep(at("a"), at("b"))
        process.fly(at("a"), at("b"))
        await process.server.forget([at("a")])

        assert process.kept(at("a"), at("b")) == [False, True]
        assert process.flying(at("a"), at("b")) == [False, True]


async def test_what_others_forget_of_a_viewer_is_forgotten_and_nobody_elses() -> None:
    process = Process()
    async with process.listening():
        process.keep(at("a", "1"), at("a", "10"))
        process.fly(at("b", "1"), at("b", "10"))
        await process.server.forget_viewer("1")

        assert process.kept(at("a", "1"), at("a", "10")) == [False, True]
        assert process.flying(at("b", "1"), at("b", "10")) == [False, True]


async def test_when_others_forget_all_so_does_it() -> None:
    process = Process()
    async with process.listening():
        process.keep(at("a", "1"), at("a", "2"))
        process.fly(at("b", "1"))
        process.hearing.forget_all()

        assert process.kept(at("a", "1"), at("a", "2")) == [False, False]
        assert process.flying(at("b", "1")) == [False]


async def test_a_break_forgets_everything_and_is_told_with_its_reason() -> None:
    process = Process()
    async with process.listening():
        process.keep(at("a"))
        process.fly(at("b"))
        process.server.error = ServerGone()
        await asyncio.sleep(0.3)

        assert process.hearing.whole is False
        assert process.kept(at("a")) == [False]
        assert process.flying(at("b")) == [False]
        assert process.heard() == [(True, None), (False, "ServerGone")]


async def test_after_a_break_it_tries_again_and_again_and_tells_once() -> None:
    process = Process()
    async with process.listening():
        process.server.error = ServerGone()
        await asyncio.sleep(0.3 + 3 * RETRY_EVERY)
        process.server.error = OSError()
        await asyncio.sleep(RETRY_EVERY)

        assert process.attempts() == 5
        assert process.heard() == [(True, None), (False, "ServerGone")]


async def test_what_is_kept_between_two_attempts_is_not_forgotten_by_the_next_that_fails() -> None:
    process = Process()
    async with process.listening():
        process.server.error = ServerGone()
        await asyncio.sleep(0.3)
        process.keep(at("a"))
        await asyncio.sleep(RETRY_EVERY)

        assert process.kept(at("a")) == [True]


async def test_after_a_break_it_listens_again_and_forgets_what_was_kept_meanwhile() -> None:
    process = Process()
    async with process.listening():
        process.server.error = ServerGone()
        await asyncio.sleep(0.3)
        process.keep(at("a"))
        process.server.error = None
        await asyncio.sleep(RETRY_EVERY)

        assert process.hearing.whole
        assert process.kept(at("a")) == [False]
        process.server.error = OSError()
        await asyncio.sleep(0.3)
        assert process.heard() == [(True, None), (False, "ServerGone"), (True, "again"), (False, "OSError")]


async def test_a_server_that_is_not_there_yet_is_told_once_and_waited_for() -> None:
    process = Process()
    process.server.error = ServerGone()
    async with process.listening():
        await asyncio.sleep(2 * RETRY_EVERY)
        assert process.heard() == [(False, "ServerGone")]
        process.server.error = None
        await asyncio.sleep(RETRY_EVERY)

        assert process.hearing.whole
        assert process.heard() == [(False, "ServerGone"), (True, "again")]


async def test_whoever_stops_listening_has_missed_something_from_then_on() -> None:
    process = Process()
    async with process.listening():
        process.keep(at("a"))

    assert process.hearing.whole is False
    assert process.kept(at("a")) == [False]
    assert process.server.ears == []


async def test_why_it_cannot_be_heard_is_told_in_the_servers_first_words() -> None:
    process = Process()
    process.server.error = ServerGone("NOAUTH Authentication required.\nand a trace")
    async with process.listening():
        await asyncio.sleep(0)
        await asyncio.sleep(0)

        assert process.heard() == [(False, "ServerGone: NOAUTH Authentication required")]
