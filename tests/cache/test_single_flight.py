"""One fetch for many processes: leases that are waited for, expire, and are taken over."""

import asyncio
from collections.abc import Sequence

import pytest

from bff.cache.cache import Cache
from bff.cache.shared import LEASE
from bff.errors import DeadlineExceeded, SectionState, UpstreamFailed
from bff.resilience.deadline import Deadline
from tests.cache.bench import Bench, Upstream, at, with_terms
from tests.cache.shared_in_memory import ServerGone, SharedInMemory

pytestmark = pytest.mark.virtual_time

LIVE = SectionState.LIVE


def processes(count: int, delay: float = 0.0) -> tuple[SharedInMemory, Upstream, list[Bench]]:
    """That share a store and an upstream."""
    shared, upstream = SharedInMemory(delay=0.001), Upstream(delay)
    return shared, upstream, [Bench(shared, upstream) for _ in range(count)]


async def closed(benches: Sequence[Bench]) -> None:
    await asyncio.gather(*(bench.cache.close() for bench in benches))


async def test_r9_a_thousand_misses_of_four_processes_are_one_fetch() -> None:
    _, upstream, four = processes(4, delay=0.3)

    answers = await asyncio.gather(*(four[number % 4].answer(at("a"), within=1) for number in range(1000)))

    assert {value for value, _ in answers} == {f"value of {at('a')}"}
    assert upstream.asked == [[at("a")]]
    await closed(four)


async def test_r9_one_who_asks_just_after_another_has_filled_finds_it_with_the_lease() -> None:
    """Between a look that found nothing and the lease, another process may have come and gone."""
    shared, upstream, (one, other) = processes(2)
    await one.answer(at("a"))
    shared.delay = 0.02
    asking = asyncio.create_task(other.answer(at("a")))
    await asyncio.sleep(0.03)  # it has looked, and found nothing: what `one` fetched is not written yet

    assert (await asking)[0] == f"value of {at('a')}"
    await asyncio.sleep(0.1)
    assert upstream.asked == [[at("a")]]
    assert shared.held(at("a")) is None
    await closed([one, other])


async def test_r9_a_lease_is_held_for_as_long_as_a_fetch_takes() -> None:
    _, upstream, two = processes(2, delay=9)

    answers = await asyncio.gather(*(process.answer(at("a")) for process in two))

    assert len(answers) == 2
    assert upstream.asked == [[at("a")]]
    await closed(two)


async def test_r9_when_the_holder_is_killed_one_other_fetches_and_nobody_waits_past_the_deadline() -> None:
    _, upstream, (killed, one, other) = processes(3, delay=1)
    [reading] = await killed.read(at("a"))
    await asyncio.sleep(0.5)
    waiting = [asyncio.create_task(process.answer(at("a"), within=10)) for process in (one, other)]
    hurried = asyncio.create_task(one.answer(at("a"), within=0.3))
    await kill(killed.cache)
    left = asyncio.get_running_loop().time()

    with pytest.raises(DeadlineExceeded):
        await hurried
    assert asyncio.get_running_loop().time() - left == pytest.approx(0.3, abs=0.01)
    assert {value for value, _ in await asyncio.gather(*waiting)} == {f"value of {at('a')}"}
    assert upstream.asked == [[at("a")]] * 2
    assert asyncio.get_running_loop().time() - left < LEASE + 0.2 + 1 + 0.25
    reading.abandon()
    await closed([one, other])


async def kill(cache: Cache) -> None:
    """Its process ends without a word to the server."""
    second = cache._second
    assert second is not None
    second._changes._waiting.clear()
    second._changes.add = lambda change: None  # type: ignore[method-assign]  # a killed process sends nothing more
    await asyncio.gather(cache._flights.close(), cache._background.close())
    await second._background.close()


async def test_r9_when_the_holder_fails_the_next_one_tries() -> None:
    _, upstream, two = processes(2, delay=0.1)
    upstream.error = UpstreamFailed("500")

    answers = await asyncio.gather(*(process.answer(at("a")) for process in two), return_exceptions=True)

    assert [type(answer) for answer in answers] == [UpstreamFailed, UpstreamFailed]
    assert upstream.asked == [[at("a")]] * 2
    await closed(two)


async def test_r9_when_the_holders_only_page_leaves_another_process_takes_over_at_once() -> None:
    _, upstream, (one, other) = processes(2, delay=0.5)
    [reading] = await one.read(at("a"))
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(other.answer(at("a")))
    await asyncio.sleep(0.1)
    reading.abandon()

    assert (await waiting)[1] is LIVE
    assert asyncio.get_running_loop().time() < 0.2 + 0.02 + 0.2 + 0.5 + 0.1
    assert upstream.asked == [[at("a")]] * 2
    await closed([one, other])


async def test_r9_without_a_server_each_process_fetches_for_itself() -> None:
    shared, upstream, two = processes(2, delay=0.1)
    shared.error = ServerGone()

    answers = await asyncio.gather(*(process.answer(at("a")) for process in two))

    assert [state for _, state in answers] == [LIVE, LIVE]
    assert upstream.asked == [[at("a")]] * 2
    shared.error = None
    await closed(two)


async def test_r9_when_the_server_goes_while_others_wait_they_fetch_for_themselves() -> None:
    shared, upstream, (one, other) = processes(2, delay=0.5)
    answers = [asyncio.create_task(process.answer(at("a"))) for process in (one, other)]
    await asyncio.sleep(0.2)
    shared.error = ServerGone()

    assert len(await asyncio.gather(*answers)) == 2
    assert upstream.asked == [[at("a")]] * 2
    shared.error = None
    await closed([one, other])


async def test_a_batch_fetches_its_own_and_waits_for_what_another_process_is_fetching() -> None:
    _, upstream, (one, other) = processes(2, delay=0.3)
    first = asyncio.create_task(one.answer(at("a")))
    await asyncio.sleep(0.1)
    readings = await other.read(at("a"), at("b"))
    values = [(await reading.settle(Deadline.after(1))).value for reading in readings]

    assert values == [f"value of {at('a')}", f"value of {at('b')}"]
    assert upstream.asked == [[at("a")], [at("b")]]
    await first
    await closed([one, other])


async def test_a_page_is_told_of_its_own_as_soon_as_it_is_there_whatever_others_are_fetching() -> None:
    _, _, (one, other) = processes(2)
    one.upstream = Upstream(delay=5)
    slow = asyncio.create_task(one.answer(at("a")))
    await asyncio.sleep(0.1)
    before = asyncio.get_running_loop().time()
    _, b = await other.read(at("a"), at("b"))

    assert (await b.settle(Deadline.after(10))).value == f"value of {at('b')}"
    assert asyncio.get_running_loop().time() - before < 0.1
    await slow
    await closed([one, other])


async def test_nobody_follows_for_longer_than_a_call_may_take() -> None:
    _, _, (one, other) = processes(2)
    one.upstream = Upstream(delay=100)
    endless = asyncio.create_task(one.answer(at("a"), within=200))
    await asyncio.sleep(0.1)
    before = asyncio.get_running_loop().time()

    with pytest.raises(DeadlineExceeded, match="another process"):
        await other.answer(at("a"), within=50, terms=with_terms(bound=3))
    assert asyncio.get_running_loop().time() - before < 3 + 0.25
    await endless
    await closed([one, other])


async def test_what_others_wait_for_is_there_within_a_fifth_of_a_second_of_the_answer() -> None:
    _, _, two = processes(2, delay=3)

    await asyncio.gather(*(process.answer(at("a")) for process in two))

    assert asyncio.get_running_loop().time() < 3 + 0.2 + 0.05
    await closed(two)


async def test_fetches_of_several_viewers_do_not_wait_for_each_other() -> None:
    _, upstream, two = processes(2, delay=0.3)

    await asyncio.gather(*(process.answer(at("a", viewer)) for process, viewer in zip(two, "12", strict=True)))

    assert asyncio.get_running_loop().time() == pytest.approx(0.3, abs=0.01)
    assert len(upstream.asked) == 2
    await closed(two)
