"""Reading through the first tier: what is looked up, what is fetched, what is kept, and the ladder down."""

import asyncio
import contextvars
from collections.abc import Mapping, Sequence

import pytest

from bff.cache.outcome import Fetched, Outcome
from bff.cache.patience import Patience
from bff.errors import DeadlineExceeded, NotFound, SectionState, UpstreamFailed
from bff.events import CacheRead
from bff.resilience.deadline import Deadline
from tests.cache.bench import TERMS, Bench, By, at, with_terms

pytestmark = pytest.mark.virtual_time

REVALIDATED = with_terms(revalidate=60)


def value(key: str) -> str:
    return f"value of {at(key)}"


def flights() -> list[str]:
    """Under way."""
    running = [str(task.get_coro()) for task in asyncio.all_tasks()]
    return [each for each in running if "Flights._run" in each]


async def test_a_first_read_is_live_and_a_second_one_cached() -> None:
    bench = Bench()

    assert await bench.answer(at("a")) == (value("a"), SectionState.LIVE)
    await asyncio.sleep(0)
    assert await bench.answer(at("a")) == (value("a"), SectionState.CACHED)
    assert bench.upstream.asked == [[at("a")]]


async def test_only_what_is_missing_is_asked_for_and_no_more_at_once_than_a_call_takes() -> None:
    bench = Bench()
    await bench.answer(at("b"))
    readings = await bench.read(at("a"), at("b"), at("c"), at("d"))
    values = [(await reading.settle(Deadline.after(1))).value for reading in readings]

    assert values == [value("a"), value("b"), value("c"), value("d")]
    assert bench.upstream.asked == [[at("b")], [at("a"), at("c")], [at("d")]]


async def test_many_who_miss_at_once_share_one_flight() -> None:
    bench = Bench()
    bench.upstream.delay = 1

    answers = await asyncio.gather(*(bench.answer(at("a")) for _ in range(100)))

    assert {value for value, _ in answers} == {value("a")}
    assert bench.upstream.asked == [[at("a")]]


async def test_whoever_stops_waiting_ends_nobody_elses_flight() -> None:
    bench = Bench()
    bench.upstream.delay = 2

    impatient = asyncio.create_task(bench.answer(at("a"), within=1))
    cancelled = asyncio.create_task(bench.answer(at("a")))
    patient = asyncio.create_task(bench.answer(at("a")))
    await asyncio.sleep(0.5)
    cancelled.cancel()

    with pytest.raises(DeadlineExceeded):
        await impatient
    assert await patient == (value("a"), SectionState.LIVE)


async def test_past_its_ttl_a_value_is_fetched_anew() -> None:
    bench = Bench()
    await bench.answer(at("a"))
    await asyncio.sleep(61)

    assert await bench.answer(at("a")) == (value("a"), SectionState.LIVE)
    assert bench.upstream.asked == [[at("a")], [at("a")]]


async def test_past_its_ttl_a_value_is_served_stale_when_the_upstream_is_slow() -> None:
    bench = Bench()
    await bench.answer(at("a"))
    await asyncio.sleep(61)
    bench.upstream.delay = 5

    assert await bench.answer(at("a"), within=0.3) == (value("a"), SectionState.STALE)


async def test_past_its_ttl_a_value_is_served_stale_when_the_upstream_fails() -> None:
    bench = Bench()
    await bench.answer(at("a"))
    await asyncio.sleep(61)
    bench.upstream.error = UpstreamFailed("500")

    assert await bench.answer(at("a")) == (value("a"), SectionState.STALE)


async def test_a_bug_is_not_hidden_by_a_stale_value() -> None:
    bench = Bench()
    await bench.answer(at("a"))
    await asyncio.sleep(61)
    bench.upstream.error = ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        await bench.answer(at("a"))


async def test_r10_failures_are_never_kept() -> None:
    bench = Bench()
    bench.upstream.error = UpstreamFailed("500")
    with pytest.raises(UpstreamFailed):
        await bench.answer(at("a"))
    bench.upstream.error = None

    assert await bench.answer(at("a")) == (value("a"), SectionState.LIVE)


async def test_a_source_without_a_ttl_keeps_nothing() -> None:
    bench = Bench()
    terms = with_terms(ttl=0)
    await bench.answer(at("a"), terms=terms)

    assert await bench.answer(at("a"), terms=terms) == (value("a"), SectionState.LIVE)


async def test_a_flight_that_is_cancelled_leaves_nobody_waiting() -> None:
    """Trap 3: a batch that ends by cancellation hangs its callers."""
    bench = Bench()
    bench.upstream.delay = 5
    waiting = asyncio.create_task(bench.answer(at("a")))
    await asyncio.sleep(1)
    await bench.cache.close()

    with pytest.raises(UpstreamFailed):
        await waiting
    assert not flights()


async def test_reads_are_told_with_what_they_found() -> None:
    bench = Bench()
    await bench.answer(at("old"))
    await asyncio.sleep(61)
    await bench.answer(at("fresh"))
    bench.told.clear()
    await bench.read(at("old"), at("fresh"), at("new"))

    [told] = [event for event in bench.told if isinstance(event, CacheRead)]
    assert (told.hits, told.stale, told.misses) == (1, 1, 1)


async def test_work_in_the_background_sees_nothing_of_the_request_that_started_it() -> None:
    """Trap 4: a batch runs in the context of whoever loaded first."""
    secret = contextvars.ContextVar("secret", default="nobody")
    seen: list[str] = []
    bench = Bench()

    async def fetch(addresses: Sequence[str]) -> Mapping[str, Outcome]:
        seen.append(secret.get())
        return {address: Fetched("v", 0.0) for address in addresses}

    secret.set("the first viewer")
    [reading] = await bench.cache.read([at("a")], TERMS, By(fetch), Patience())
    await reading.settle(Deadline.after(1))

    assert seen == ["nobody"]


async def test_s2_a_call_that_nobody_waits_for_any_more_is_ended() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    [reading] = await bench.read(at("a"))
    await asyncio.sleep(1)

    reading.abandon()
    await asyncio.sleep(0.001)

    assert not flights()


async def test_s2_a_call_that_another_request_waits_for_goes_on() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    [reading] = await bench.read(at("a"))
    other = asyncio.create_task(bench.answer(at("a")))
    await asyncio.sleep(1)

    reading.abandon()

    assert await other == (value("a"), SectionState.LIVE)
    assert bench.upstream.asked == [[at("a")]]


async def test_s2_a_call_that_came_too_late_for_a_page_goes_on_for_the_cache() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    [reading] = await bench.read(at("a"))
    with pytest.raises(DeadlineExceeded):
        await reading.settle(Deadline.after(0.3))

    reading.abandon()
    await asyncio.sleep(5)

    assert await bench.answer(at("a")) == (value("a"), SectionState.CACHED)


async def test_s2_one_who_leaves_ends_no_batch_that_others_share() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    mine, others = await bench.read(at("a"), at("b"))
    waiting = asyncio.create_task(others.settle(Deadline.after(10)))
    await asyncio.sleep(1)

    mine.abandon()

    assert (await waiting).value == value("b")


async def test_s2_whoever_asks_after_a_call_was_ended_starts_another_and_is_not_told_of_the_end() -> None:
    bench = Bench()
    bench.upstream.delay = 5
    [reading] = await bench.read(at("a"))
    await asyncio.sleep(1)
    reading.abandon()

    assert await bench.answer(at("a")) == (value("a"), SectionState.LIVE)
    assert bench.upstream.asked == [[at("a")], [at("a")]]


async def test_past_its_ttl_a_value_is_served_at_once_while_its_successor_is_fetched() -> None:
    bench = Bench()
    await bench.answer(at("a"), terms=REVALIDATED)
    await asyncio.sleep(61)
    bench.upstream.delay = 2
    before = asyncio.get_running_loop().time()

    assert await bench.answer(at("a"), terms=REVALIDATED) == (value("a"), SectionState.STALE)
    assert asyncio.get_running_loop().time() == before
    await asyncio.sleep(2.1)
    assert await bench.answer(at("a"), terms=REVALIDATED) == (value("a"), SectionState.CACHED)
    assert bench.upstream.asked == [[at("a")], [at("a")]]


async def test_what_is_revalidated_is_stale_for_no_reason() -> None:
    bench = Bench()
    await bench.answer(at("a"), terms=REVALIDATED)
    await asyncio.sleep(61)

    [reading] = await bench.read(at("a"), terms=REVALIDATED)

    assert reading.settled
    assert (await reading.settle(None)).because is None


async def test_whoever_goes_away_does_not_end_a_revalidation() -> None:
    bench = Bench()
    await bench.answer(at("a"), terms=REVALIDATED)
    await asyncio.sleep(61)
    bench.upstream.delay = 2
    [reading] = await bench.read(at("a"), terms=REVALIDATED)
    reading.abandon()
    await asyncio.sleep(3)

    assert await bench.answer(at("a"), terms=REVALIDATED) == (value("a"), SectionState.CACHED)


async def test_a_revalidation_goes_on_although_one_who_waited_for_it_leaves() -> None:
    bench = Bench()
    await bench.answer(at("a"), terms=REVALIDATED)
    await asyncio.sleep(61)
    bench.upstream.delay = 2
    [waiting] = await bench.read(at("a"))
    await bench.read(at("a"), terms=REVALIDATED)
    waiting.abandon()
    await asyncio.sleep(3)

    assert await bench.answer(at("a"), terms=REVALIDATED) == (value("a"), SectionState.CACHED)


async def test_past_ttl_and_revalidation_the_page_waits_for_a_live_value() -> None:
    bench = Bench()
    await bench.answer(at("a"), terms=REVALIDATED)
    await asyncio.sleep(121)

    assert await bench.answer(at("a"), terms=REVALIDATED) == (value("a"), SectionState.LIVE)


async def test_past_its_last_hour_a_value_is_not_served_at_all() -> None:
    bench = Bench()
    await bench.answer(at("a"))
    await asyncio.sleep(3599)
    bench.upstream.error = UpstreamFailed("500")
    assert await bench.answer(at("a")) == (value("a"), SectionState.STALE)
    await asyncio.sleep(2)

    with pytest.raises(UpstreamFailed):
        await bench.answer(at("a"))


async def test_a_shorter_last_hour_holds_for_values_that_were_kept_for_a_longer_one() -> None:
    bench = Bench()
    await bench.answer(at("a"))
    await asyncio.sleep(100)
    bench.upstream.error = UpstreamFailed("500")

    with pytest.raises(UpstreamFailed):
        await bench.answer(at("a"), terms=with_terms(stale=90))


async def test_while_there_is_a_refusal_no_flight_starts_and_what_is_revalidated_is_served() -> None:
    bench = Bench()
    await bench.answer(at("a"), terms=REVALIDATED)
    await asyncio.sleep(61)
    asked = len(bench.upstream.asked)

    a, b = await bench.read(at("a"), at("b"), terms=REVALIDATED, refused=lambda _: UpstreamFailed("refused"))

    assert (await a.settle(None)).state is SectionState.STALE
    with pytest.raises(UpstreamFailed, match="refused"):
        await b.settle(Deadline.after(1))
    assert len(bench.upstream.asked) == asked


async def test_that_there_is_no_such_thing_is_not_hidden_by_a_stale_value() -> None:
    bench = Bench()
    await bench.answer(at("a"))
    await asyncio.sleep(61)
    bench.upstream.error = NotFound("gone")

    with pytest.raises(NotFound):
        await bench.answer(at("a"))


async def test_what_is_kept_together_does_not_expire_together() -> None:
    bench = Bench()
    terms = with_terms(ttl_jitter=0.5)
    keys = [at(str(number)) for number in range(50)]
    for key in keys:
        await bench.answer(key, terms=terms)
    await asyncio.sleep(60)

    fresh = [reading.fresh for reading in await bench.read(*keys, terms=terms)]

    assert 5 < sum(fresh) < 45


async def test_forgetting_holds_for_what_is_kept_and_for_what_is_on_its_way() -> None:
    bench = Bench()
    await bench.answer(at("kept"))
    bench.upstream.delay = 1
    on_its_way = asyncio.create_task(bench.answer(at("on its way")))
    await asyncio.sleep(0.5)
    await bench.cache.forget([at("kept"), at("on its way")])
    later = asyncio.create_task(bench.answer(at("on its way")))

    assert await on_its_way == (value("on its way"), SectionState.LIVE)
    assert await later == (value("on its way"), SectionState.LIVE)
    assert asyncio.get_running_loop().time() == pytest.approx(1.5)
    assert await bench.answer(at("kept")) == (value("kept"), SectionState.LIVE)
    assert await bench.answer(at("on its way")) == (value("on its way"), SectionState.CACHED)


async def test_forgetting_a_viewer_holds_for_all_of_theirs_and_for_nobody_elses() -> None:
    bench = Bench()
    for viewer in ("1", "10", "2"):
        await bench.answer(at("a", viewer))
    bench.upstream.delay = 1
    on_its_way = asyncio.create_task(bench.answer(at("b", "1")))
    await asyncio.sleep(0.5)
    await bench.cache.forget_viewer("1")
    await on_its_way
    bench.upstream.delay = 0

    assert [(await bench.answer(at("a", viewer)))[1] for viewer in ("1", "10", "2")] == ["LIVE", "CACHED", "CACHED"]
    assert (await bench.answer(at("b", "1")))[1] == SectionState.LIVE


async def test_a_first_tier_of_no_size_keeps_nothing() -> None:
    bench = Bench(max_bytes=0)
    await bench.answer(at("a"))

    assert await bench.answer(at("a")) == (value("a"), SectionState.LIVE)
