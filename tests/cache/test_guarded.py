"""The shared store's guard: nobody waits for it for long, nor twice, and what is late goes on behind."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from bff.cache.background import Background
from bff.cache.guarded import NAME, PROBE_EVERY, GuardedStore
from bff.cache.operations import ENDS_AFTER
from bff.cache.patience import CACHE_DEADLINE
from bff.cache.shared import Change, Fill, Release
from bff.errors import BreakerOpen, DeadlineExceeded, UpstreamFailed
from bff.events import BreakerMoved, CacheFailed, Event
from tests.cache.bench import at
from tests.cache.shared_in_memory import Refused, ServerGone, SharedInMemory
from tests.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.virtual_time

HANGS = 0.2
"""Seconds: longer than anybody waits, shorter than a lease lasts, and over before the first probe."""


class Guard:
    """A guarded server."""

    def __init__(self, server: SharedInMemory | None = None) -> None:
        self.server = server or SharedInMemory()
        self.told: list[Event] = []
        self.background = Background()
        self.store = GuardedStore(self.server, self.told.append, self.background)

    def failed(self) -> list[tuple[str, str]]:
        return [(event.operation, event.reason) for event in self.told if isinstance(event, CacheFailed)]

    def moved(self) -> list[str]:
        return [event.state for event in self.told if isinstance(event, BreakerMoved)]

    def asked(self) -> list[str]:
        return [operation for operation, _ in self.server.asked]

    async def opened(self) -> None:
        """The breaker is, and stays so until the server answers again."""
        await asyncio.sleep(2 * CACHE_DEADLINE)
        self.server.error = ServerGone()
        with pytest.raises(UpstreamFailed):
            await self.store.get_many([at("x")])
        self.told.clear()
        self.server.asked.clear()

    async def end(self) -> None:
        await self.background.close()


Operation = Callable[[GuardedStore], Awaitable[Any]]


async def reads(store: GuardedStore) -> Any:
    return await store.get_many([at("a")])


async def takes(store: GuardedStore) -> Any:
    return await store.take([at("a")])


async def writes(store: GuardedStore) -> Any:
    [taken] = await SharedInMemory().take([at("a")])
    assert taken.lease is not None
    return await store.write([Release(taken.lease)])


operations = pytest.mark.parametrize(
    ("operation", "name"), [(reads, "read"), (takes, "lease"), (writes, "write")], ids=["read", "lease", "write"]
)


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_is_in_time_is_as_the_store_answers_and_nothing_is_told() -> None:
    guard = Guard()
    guard.server.delay = CACHE_DEADLINE * 0.9

    [taken] = await guard.store.take([at("a")])
    assert taken.lease is not None
    assert await guard.store.write([Fill(taken.lease, b"v", 60)]) == 1
    assert await guard.store.get_many([at("b"), at("a")]) == [None, b"v"]
    await guard.store.forget([at("a")])
    assert await guard.store.get_many([at("a")]) == [None]
    assert guard.asked() == ["take", "write", "read", "forget", "read"]
    assert guard.told == []
    assert guard.store.reachable
    await guard.end()


@operations
async def test_r3_nobody_waits_for_longer_than_the_cache_deadline(operation: Operation, name: str) -> None:
    guard = Guard()
    guard.server.delay = HANGS

    with pytest.raises(DeadlineExceeded, match=r"^the cache server is late$"):
        await operation(guard.store)
    assert now() == CACHE_DEADLINE
    assert guard.failed() == [(name, "late")]
    await guard.end()


@operations
async def test_r2_a_server_that_is_gone_is_told_by_what_was_raised(operation: Operation, name: str) -> None:
    guard = Guard()
    guard.server.error = ServerGone("connection refused")

    with pytest.raises(UpstreamFailed, match=r"^ServerGone$") as raised:
        await operation(guard.store)
    assert raised.value.__cause__ is guard.server.error
    assert guard.failed() == [(name, "ServerGone")]
    assert not guard.store.reachable
    await guard.end()


async def test_late_operations_go_on_behind() -> None:
    guard = Guard()
    [taken] = await guard.store.take([at("a")])
    assert taken.lease is not None
    guard.server.delay = HANGS
    with pytest.raises(DeadlineExceeded):
        await guard.store.write([Fill(taken.lease, b"v", 60)])
    assert not guard.server.lies_at(at("a"))
    await asyncio.sleep(HANGS)

    assert guard.server.lies_at(at("a"))
    await guard.end()


async def test_what_fails_behind_is_no_error_that_nobody_saw() -> None:
    guard = Guard()
    guard.server.delay = HANGS
    with pytest.raises(DeadlineExceeded):
        await guard.store.get_many([at("a")])
    guard.server.error = OSError()
    await asyncio.sleep(HANGS)

    assert guard.failed()[0] == ("read", "late")
    await guard.end()


async def test_an_operation_that_never_ends_is_cut_off() -> None:
    guard = Guard()
    guard.server.delay = 3600
    with pytest.raises(DeadlineExceeded):
        await guard.store.get_many([at("a")])
    guard.server.delay = 0
    await asyncio.sleep(ENDS_AFTER - CACHE_DEADLINE - 0.001)
    assert guard.server.under_way == 1
    await asyncio.sleep(0.002)

    assert guard.server.under_way == 0
    await guard.end()


async def test_leases_that_come_too_late_are_given_back() -> None:
    guard = Guard()
    guard.server.leases[at("b")] = (3600, b"another's")
    guard.server.delay = HANGS
    with pytest.raises(DeadlineExceeded):
        await guard.store.take([at("a"), at("b"), at("c")])
    guard.server.delay = 0
    await asyncio.sleep(HANGS - CACHE_DEADLINE + 0.001)

    assert guard.server.held(at("a")) is None
    assert guard.server.held(at("c")) is None
    assert guard.server.held(at("b")) == b"another's"
    assert [addresses for operation, addresses in guard.server.asked if operation == "write"] == [(at("a"), at("c"))]
    await guard.end()


async def test_where_no_lease_came_too_late_there_is_nothing_to_give_back() -> None:
    guard = Guard()
    guard.server.leases[at("a")] = (3600, b"another's")
    guard.server.delay = HANGS
    with pytest.raises(DeadlineExceeded):
        await guard.store.take([at("a")])
    guard.server.delay = 0
    await asyncio.sleep(HANGS)

    assert "write" not in guard.asked()
    await guard.end()


@pytest.mark.parametrize("error", [ServerGone(), Refused()])
async def test_leases_that_cannot_be_given_back_expire_without_a_word(error: Exception) -> None:
    class Unforgiving(SharedInMemory):
        async def write(self, changes: Sequence[Change]) -> int:
            raise error

    guard = Guard(Unforgiving(delay=HANGS))
    with pytest.raises(DeadlineExceeded):
        await guard.store.take([at("a")])
    guard.server.delay = 0
    await asyncio.sleep(HANGS)

    assert guard.failed() == [("lease", "late")]
    await guard.end()


async def test_giving_back_that_never_ends_is_cut_off() -> None:
    guard = Guard()
    guard.server.delay = HANGS
    with pytest.raises(DeadlineExceeded):
        await guard.store.take([at("a")])
    guard.server.delay = 0
    guard.server.delay = 3600
    await asyncio.sleep(HANGS)
    assert "write" in guard.asked()
    guard.server.delay = 0
    await asyncio.sleep(ENDS_AFTER)

    assert guard.server.under_way == 0
    await guard.end()


async def test_r3_the_first_late_answer_of_a_server_that_hangs_opens_the_breaker() -> None:
    guard = Guard()
    for _ in range(100):
        await guard.store.get_many([at("a")])
    await asyncio.sleep(0)
    guard.server.delay = HANGS
    with pytest.raises(DeadlineExceeded):
        await guard.store.get_many([at("a")])

    assert not guard.store.reachable
    assert guard.told == [BreakerMoved(NAME, "open", True), CacheFailed("read", "late")]
    await guard.end()


async def test_one_late_answer_among_many_good_ones_opens_nothing() -> None:
    guard = Guard()
    guard.server.delay = HANGS
    late = asyncio.create_task(guard.store.get_many([at("a")]))
    await asyncio.sleep(CACHE_DEADLINE / 2)
    guard.server.delay = 0
    for _ in range(2):
        await guard.store.get_many([at("b")])

    with pytest.raises(DeadlineExceeded):
        await late
    assert guard.store.reachable
    assert guard.moved() == []
    await guard.store.get_many([at("a")])
    await guard.end()


async def test_a_server_that_answers_every_other_time_is_not_asked() -> None:
    guard = Guard()
    guard.server.delay = HANGS
    late = asyncio.create_task(guard.store.get_many([at("a")]))
    await asyncio.sleep(CACHE_DEADLINE / 2)
    guard.server.delay = 0
    await guard.store.get_many([at("b")])

    with pytest.raises(DeadlineExceeded):
        await late
    assert not guard.store.reachable
    await guard.end()


@operations
async def test_r2_while_the_breaker_is_open_it_is_refused_at_once(operation: Operation, name: str) -> None:
    guard = Guard()
    await guard.opened()
    before = now()

    with pytest.raises(BreakerOpen, match=r"^the cache server did not answer in time$"):
        await operation(guard.store)
    assert now() == before
    assert guard.asked() == []
    assert guard.told == []
    await guard.end()


@pytest.mark.parametrize("error", [Refused("full"), ValueError("bad RESP")])
async def test_what_speaks_against_one_command_is_told_as_it_is_and_opens_nothing(error: Exception) -> None:
    guard = Guard()
    guard.server.error = error
    for _ in range(3):
        with pytest.raises(type(error)) as raised:
            await guard.store.get_many([at("a")])
        assert raised.value is error

    assert guard.store.reachable
    assert guard.failed() == [("read", type(error).__name__)] * 3
    await guard.end()


async def test_what_speaks_against_a_server_is_for_the_store_to_say() -> None:
    guard = Guard()

    assert guard.store.at_fault(ServerGone())
    assert not guard.store.at_fault(Refused())


async def test_no_page_asks_whether_it_is_back_but_the_guard_does() -> None:
    guard = Guard()
    await guard.opened()
    for _ in range(30):
        with pytest.raises(BreakerOpen):
            await guard.store.get_many([at("a")])
        await asyncio.sleep(PROBE_EVERY / 11)

    assert guard.server.asked == [("read", (at("x"),))] * 2  # for what could not be had
    assert guard.failed() == [("probe", "ServerGone")] * 2
    assert guard.moved() == ["half-open", "open"] * 2
    await guard.end()


async def test_probes_of_a_server_that_hangs_are_bounded_too_and_go_on() -> None:
    guard = Guard()
    guard.server.delay = 3600
    with pytest.raises(DeadlineExceeded):
        await guard.store.get_many([at("a")])
    guard.told.clear()
    await asyncio.sleep(3 * (PROBE_EVERY + CACHE_DEADLINE) + 0.001)

    assert guard.failed() == [("probe", "late")] * 3
    await guard.end()


@operations
async def test_whatever_could_not_be_had_is_what_probes_ask_for(operation: Operation, name: str) -> None:
    guard = Guard()
    guard.server.error = ServerGone()
    with pytest.raises(UpstreamFailed):
        await operation(guard.store)
    guard.server.asked.clear()
    await asyncio.sleep(PROBE_EVERY + 0.001)

    assert guard.server.asked == [("read", (at("a"),))]
    await guard.end()


async def test_what_comes_too_late_of_a_probe_is_let_go_of() -> None:
    guard = Guard()
    guard.server.delay = HANGS
    with pytest.raises(DeadlineExceeded):
        await guard.store.get_many([at("a")])
    await asyncio.sleep(PROBE_EVERY + HANGS + 0.001)

    assert guard.failed() == [("read", "late"), ("probe", "late")]
    assert not guard.store.reachable
    await guard.end()


async def test_it_is_asked_again_as_soon_as_a_probe_succeeds_and_probes_stop() -> None:
    guard = Guard()
    await guard.opened()
    guard.server.error = None
    await asyncio.sleep(PROBE_EVERY - 0.001)
    assert guard.moved() == []
    await asyncio.sleep(0.002)

    assert guard.store.reachable
    assert guard.moved() == ["half-open", "closed"]
    assert await guard.store.get_many([at("a")]) == [None]
    await asyncio.sleep(10 * PROBE_EVERY)
    assert guard.asked() == ["read", "read"]
    assert guard.failed() == []
    assert len(guard.background) == 0


async def test_after_it_was_back_it_is_probed_again_when_it_goes_again() -> None:
    guard = Guard()
    for _ in range(2):
        await guard.opened()
        guard.server.error = None
        await asyncio.sleep(PROBE_EVERY + 0.001)
        assert guard.store.reachable
        await asyncio.sleep(1)


async def test_many_that_are_late_at_once_are_one_probe() -> None:
    guard = Guard()
    guard.server.delay = HANGS
    late = await asyncio.gather(*(guard.store.get_many([at(key)]) for key in "abc"), return_exceptions=True)
    assert [type(each) for each in late] == [DeadlineExceeded] * 3
    guard.server.asked.clear()
    await asyncio.sleep(PROBE_EVERY + CACHE_DEADLINE + 0.001)

    assert guard.server.asked == [("read", (at("a"),))]
    assert guard.moved() == ["open", "half-open", "open"]
    assert guard.failed() == [("read", "late")] * 3 + [("probe", "late")]
    await guard.end()


async def test_a_probe_that_is_answered_with_an_error_of_its_own_is_followed_by_another() -> None:
    guard = Guard()
    await guard.opened()
    guard.server.error = Refused()
    await asyncio.sleep(2 * PROBE_EVERY + 0.01)

    assert guard.asked() == ["read", "read"]
    assert not guard.store.reachable
    await guard.end()


async def test_forgetting_is_tried_while_the_breaker_is_open() -> None:
    guard = Guard()
    [taken] = await guard.store.take([at("a")])
    assert taken.lease is not None
    await guard.store.write([Fill(taken.lease, b"v", 60)])
    await guard.opened()
    guard.server.error = None
    assert not guard.store.reachable
    await guard.store.forget([at("a")])
    await guard.store.forget_viewer("1")

    assert not guard.server.lies_at(at("a"))
    assert guard.asked() == ["forget", "forget"]
    await guard.end()


async def test_forgetting_takes_as_long_as_it_takes_and_opens_nothing() -> None:
    guard = Guard()
    guard.server.delay = HANGS
    await guard.store.forget([at("a")])

    assert now() == HANGS
    assert guard.store.reachable
    assert guard.told == []


async def test_forgetting_that_never_ends_is_cut_off_and_told() -> None:
    guard = Guard()
    guard.server.delay = 3600
    with pytest.raises(TimeoutError):
        await guard.store.forget_viewer("1")

    assert now() == ENDS_AFTER
    assert guard.failed() == [("forget", "late")]


async def test_whoever_forgets_is_told_that_it_could_not_be_done() -> None:
    guard = Guard()
    guard.server.error = ServerGone()
    with pytest.raises(ServerGone):
        await guard.store.forget([at("a")])

    assert guard.failed() == [("forget", "ServerGone")]


async def test_what_is_to_be_forgotten_is_although_whoever_said_so_goes_away() -> None:
    guard = Guard()
    [taken] = await guard.store.take([at("a")])
    assert taken.lease is not None
    await guard.store.write([Fill(taken.lease, b"v", 60)])
    guard.server.delay = 1
    forgetting = asyncio.create_task(guard.store.forget([at("a")]))
    await asyncio.sleep(0.5)
    forgetting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await forgetting
    await asyncio.sleep(1)

    assert not guard.server.lies_at(at("a"))
    await guard.end()


async def test_what_could_not_be_forgotten_is_told_although_whoever_said_so_has_gone_away() -> None:
    guard = Guard()
    guard.server.delay = 1
    forgetting = asyncio.create_task(guard.store.forget([at("a")]))
    await asyncio.sleep(0.5)
    guard.server.error = ServerGone()
    forgetting.cancel()
    await asyncio.gather(forgetting, return_exceptions=True)
    await asyncio.sleep(1)

    assert guard.failed() == [("forget", "ServerGone")]


class InItsSocket(SharedInMemory):
    """Answers after `delay` seconds and some ticks of the loop."""

    ticks: int = 0

    async def get_many(self, addresses: Sequence[str]) -> Sequence[bytes | None]:
        found = await super().get_many(addresses)
        for _ in range(self.ticks):
            await asyncio.sleep(0)
        return found


async def test_an_answer_that_lies_in_its_socket_when_a_lagging_loop_comes_round_is_not_late() -> None:
    server = InItsSocket(delay=0.025)
    server.ticks = 3
    guard = Guard(server)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.call_at(0.0125, lag, loop, 0.5)

    assert await guard.store.get_many([at("a")]) == [None]
    assert now() == 0.5125
    assert guard.told == []


async def test_an_answer_that_takes_many_ticks_after_the_deadline_is_late() -> None:
    server = InItsSocket(delay=0.025)
    server.ticks = 30
    guard = Guard(server)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.call_at(0.0125, lag, loop, 0.5)

    with pytest.raises(DeadlineExceeded):
        await guard.store.get_many([at("a")])
    await guard.end()


def lag(loop: VirtualTimeLoop, seconds: float) -> None:
    """Nothing else runs for so long."""
    loop._clock.now += seconds


async def test_a_caller_that_is_cancelled_says_nothing_of_the_server_and_its_operation_goes_on() -> None:
    guard = Guard()
    guard.server.delay = 0.03
    taking = asyncio.create_task(guard.store.take([at("a")]))
    await asyncio.sleep(0.02)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    guard.server.delay = 0
    assert guard.server.under_way == 1
    await asyncio.sleep(0.02)

    assert guard.asked() == ["take", "write"]
    assert guard.server.held(at("a")) is None
    assert guard.store.reachable
    assert guard.told == []
    await guard.end()


async def test_listening_goes_by_whatever_the_breaker_says_and_closing_closes_the_store() -> None:
    class Closed(SharedInMemory):
        closed = False

        async def close(self) -> None:
            self.closed = True

    class Silent:
        heard = False

        def listening(self) -> None:
            self.heard = True

        def forget(self, addresses: Sequence[str]) -> None:
            pass

        def forget_viewer(self, viewer: str) -> None:
            pass

        def forget_all(self) -> None:
            pass

    server, ear = Closed(), Silent()
    guard = Guard(server)
    await guard.opened()
    server.error = None
    listening = asyncio.create_task(guard.store.listen(ear))
    await asyncio.sleep(0.01)
    assert ear.heard
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await guard.store.close()

    assert server.closed
    await guard.end()


async def test_a_server_that_refuses_leases_is_asked_for_them_once_a_second_and_read_all_the_time() -> None:
    server, told = SharedInMemory(refuse_writes=True), list[Event]()
    guarded = GuardedStore(server, told.append, Background())
    for _ in range(10):
        with pytest.raises((UpstreamFailed, BreakerOpen)):
            await guarded.take([at("a")])
        assert not guarded.grants_leases
        assert await guarded.get_many([at("a")]) == [None]
        await asyncio.sleep(0.25)

    assert [operation for operation, _ in server.asked].count("take") == 3
    assert guarded.reachable


async def test_once_a_server_grants_leases_again_it_is_asked_for_all() -> None:
    server = SharedInMemory(refuse_writes=True)
    guarded = GuardedStore(server, lambda _: None, Background())
    with pytest.raises(UpstreamFailed, match="Refused"):
        await guarded.take([at("a")])
    server.refuse_writes = False
    await asyncio.sleep(1)

    assert guarded.grants_leases
    [taken] = await guarded.take([at("a")])
    assert taken.lease is not None
    assert guarded.grants_leases


async def test_the_breaker_before_leases_has_a_name_of_its_own() -> None:
    server, told = SharedInMemory(refuse_writes=True), list[Event]()
    with pytest.raises(UpstreamFailed):
        await GuardedStore(server, told.append, Background()).take([at("a")])

    assert [(event.source, event.state) for event in told if isinstance(event, BreakerMoved)] == [
        ("cache leases", "open")
    ]
