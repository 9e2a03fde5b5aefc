"""The first tier: what it holds, for how long, and what is not kept because it was forgotten on its way."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.cache.first_tier import OVERHEAD, FirstTier, Watch
from tests.cache.bench import at
from tests.resilience.plans import eighths, run_virtually, unhurried

pytestmark = pytest.mark.virtual_time

VALUE = b"x" * 100


def room_for(*addresses: str) -> int:
    """Bytes that values of that size take under these addresses."""
    return sum(len(address) + len(VALUE) + OVERHEAD for address in addresses)


def keep(tier: FirstTier, *addresses: str, value: bytes = VALUE, ttl: float = 60) -> None:
    watch = tier.watch(addresses)
    for address in addresses:
        tier.keep(address, value, ttl, watch)
    tier.unwatch(watch)


def there(tier: FirstTier, *addresses: str) -> list[bool]:
    return [tier.get(address) is not None for address in addresses]


async def test_what_was_kept_is_there_and_nothing_else() -> None:
    tier = FirstTier()
    keep(tier, at("a"))

    assert tier.get(at("a")) == VALUE
    assert tier.get(at("b")) is None


async def test_a_value_is_gone_when_its_time_is_up_and_takes_no_room() -> None:
    tier = FirstTier(room_for(at("a"), at("b")))
    keep(tier, at("a"), ttl=90)
    keep(tier, at("b"), ttl=60)
    await asyncio.sleep(59.875)
    assert there(tier, at("b")) == [True]
    await asyncio.sleep(0.125)
    assert there(tier, at("b")) == [False]

    keep(tier, at("c"))
    assert there(tier, at("a"), at("c")) == [True, True]


async def test_it_is_filled_to_the_last_byte_and_then_drops_what_was_used_longest_ago() -> None:
    tier = FirstTier(room_for(at("a"), at("b"), at("c")))
    keep(tier, at("a"), at("b"), at("c"))
    assert there(tier, at("b"), at("c"), at("a")) == [True, True, True]

    keep(tier, at("d"))

    assert there(tier, at("a"), at("b"), at("c"), at("d")) == [True, False, True, True]


async def test_one_byte_too_much_drops_one_value() -> None:
    tier = FirstTier(room_for(at("a"), at("b")) - 1)
    keep(tier, at("a"), at("b"))

    assert there(tier, at("a"), at("b")) == [False, True]


async def test_as_many_are_dropped_as_room_is_needed() -> None:
    tier = FirstTier(room_for(at("a"), at("b"), at("c")))
    keep(tier, at("a"), at("b"), at("c"))

    keep(tier, at("d"), value=VALUE + b"x" * (room_for(at("d")) + 1))

    assert there(tier, *(at(key) for key in "abcd")) == [False, False, False, True]


async def test_what_is_kept_anew_was_used_just_now() -> None:
    tier = FirstTier(room_for(at("a"), at("b")))
    keep(tier, at("a"), at("b"))
    keep(tier, at("a"))
    keep(tier, at("c"))

    assert there(tier, at("a"), at("b"), at("c")) == [True, False, True]


async def test_overwriting_counts_a_value_once_and_keeps_the_last() -> None:
    tier = FirstTier(room_for(at("a"), at("b")))
    keep(tier, at("b"))
    for _ in range(100):
        keep(tier, at("a"), value=b"y" * 100)

    assert there(tier, at("b")) == [True]
    assert tier.get(at("a")) == b"y" * 100


async def test_a_value_larger_than_the_whole_tier_is_not_kept_and_drops_nothing_but_what_it_would_replace() -> None:
    tier = FirstTier(room_for(at("a"), at("b")))
    keep(tier, at("a"), at("b"))
    keep(tier, at("a"), value=b"x" * 10_000)

    assert there(tier, at("a"), at("b")) == [False, True]


async def test_a_value_as_large_as_the_whole_tier_is_kept() -> None:
    tier = FirstTier(room_for(at("a")))
    keep(tier, at("a"))

    assert there(tier, at("a")) == [True]


async def test_what_is_forgotten_is_gone_and_the_rest_stays() -> None:
    tier = FirstTier()
    keep(tier, at("a"), at("b"))
    tier.forget([at("a"), at("never there")])

    assert there(tier, at("a"), at("b")) == [False, True]


async def test_what_was_forgotten_while_it_was_on_its_way_is_not_kept_and_the_rest_is() -> None:
    tier = FirstTier()
    watch = tier.watch([at("a"), at("b")])
    tier.forget([at("a")])
    tier.keep(at("a"), VALUE, 60, watch)
    tier.keep(at("b"), VALUE, 60, watch)

    assert there(tier, at("a"), at("b")) == [False, True]


async def test_what_was_forgotten_before_it_was_asked_for_is_kept() -> None:
    tier = FirstTier()
    tier.forget([at("a")])
    keep(tier, at("a"))

    assert there(tier, at("a")) == [True]


async def test_forgetting_holds_for_everyone_whose_value_is_on_its_way_and_for_nobody_who_asks_later() -> None:
    tier = FirstTier()
    earlier = [tier.watch([at("a")]), tier.watch([at("a")])]
    tier.forget([at("a")])
    later = tier.watch([at("a")])
    tier.keep(at("a"), b"new", 60, later)
    for watch in earlier:
        tier.keep(at("a"), b"old", 60, watch)

    assert tier.get(at("a")) == b"new"


async def test_one_whose_value_came_does_not_end_what_another_watches() -> None:
    tier = FirstTier()
    one, other = tier.watch([at("a")]), tier.watch([at("a")])
    tier.unwatch(one)
    tier.forget([at("a")])
    tier.keep(at("a"), VALUE, 60, other)

    assert there(tier, at("a")) == [False]


async def test_an_address_that_is_asked_for_twice_is_watched_once() -> None:
    tier = FirstTier()
    watch = tier.watch([at("a"), at("a")])
    tier.unwatch(watch)

    assert not tier._watches


async def test_forgetting_a_viewer_holds_for_all_of_theirs_and_what_is_on_its_way() -> None:
    tier = FirstTier()
    keep(tier, at("a", "1"), at("b", "1"), at("a", "10"), at("a", "2"))
    watch = tier.watch([at("c", "1"), at("c", "10")])
    tier.forget_viewer("1")
    tier.keep(at("c", "1"), VALUE, 60, watch)
    tier.keep(at("c", "10"), VALUE, 60, watch)

    assert there(tier, at("a", "1"), at("b", "1"), at("c", "1")) == [False, False, False]
    assert there(tier, at("a", "10"), at("c", "10"), at("a", "2")) == [True, True, True]


async def test_forgetting_a_viewer_of_whom_nothing_is_kept_forgets_nobody_elses() -> None:
    tier = FirstTier()
    keep(tier, at("a", "1"))
    tier.forget_viewer("2")

    assert there(tier, at("a", "1")) == [True]


async def test_forgetting_all_holds_for_what_is_kept_and_what_is_on_its_way_and_makes_all_the_room() -> None:
    tier = FirstTier(room_for(at("a"), at("b")))
    keep(tier, at("a"), at("b"))
    watch = tier.watch([at("c")])
    tier.forget_all()
    tier.keep(at("c"), VALUE, 60, watch)
    assert len(tier) == 0

    keep(tier, at("a"), at("b"))
    assert there(tier, at("a"), at("b"), at("c")) == [True, True, False]
    tier.forget_viewer("1")
    assert len(tier) == 0


addresses = st.builds(at, st.sampled_from("abc"), st.sampled_from(["1", "2"]))
some = st.lists(addresses, min_size=1, max_size=3)
values = addresses, st.integers(0, 900), eighths(0, 4)
happenings = st.one_of(
    st.tuples(st.just("watch"), some),
    st.tuples(st.just("keep"), *values),
    st.tuples(st.just("keep at once"), *values),
    st.tuples(st.just("keep at once"), *values),
    st.tuples(st.just("unwatch")),
    st.tuples(st.just("get"), addresses),
    st.tuples(st.just("forget"), some),
    st.tuples(st.just("forget viewer"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("forget all")),
    st.tuples(st.just("sleep"), eighths(0, 1)),
)


class Model:
    """What a first tier must hold, counted anew each time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held: dict[str, tuple[float, bytes]] = {}
        """What was used last comes last."""

    def counted(self) -> int:
        return sum(len(address) + len(value) + OVERHEAD for address, (_, value) in self.held.items())

    def keep(self, address: str, value: bytes, until: float) -> None:
        self.held.pop(address, None)
        if len(address) + len(value) + OVERHEAD > self.most:
            return
        self.held[address] = (until, value)
        while self.counted() > self.most:
            del self.held[next(iter(self.held))]

    def get(self, address: str, now: float) -> bytes | None:
        if address not in self.held:
            return None
        until, value = self.held.pop(address)
        if now >= until:
            return None
        self.held[address] = (until, value)
        return value

    def forget(self, addresses: Sequence[str]) -> None:
        for address in addresses:
            self.held.pop(address, None)


class Run:
    """One plan, played on both."""

    def __init__(self, most: int) -> None:
        self.tier, self.model = FirstTier(most), Model(most)
        self.watches: list[tuple[Watch, set[str]]] = []
        """With what was forgotten since."""

    async def play(self, plan: Sequence[tuple[object, ...]]) -> None:
        for happening in plan:
            await self.happens(happening)
            assert self.tier.bytes == self.model.counted() <= self.model.most
            assert len(self.tier) == len(self.model.held)
        for watch, _ in self.watches:
            self.tier.unwatch(watch)
        assert not self.tier._watches
        assert {a for own in self.tier._of_viewer.values() for a in own} == self.model.held.keys()
        assert all(self.tier._of_viewer.values())

    async def happens(self, happening: tuple[object, ...]) -> None:
        now = asyncio.get_running_loop().time()
        match happening:
            case "watch", list(some):
                self.watches.append((self.tier.watch(some), set()))
            case ("unwatch",):
                if self.watches:
                    self.tier.unwatch(self.watches.pop(0)[0])
            case "keep", str(address), int(size), float(ttl):
                for watch, forgotten in self.watches:
                    if address in watch.addresses:
                        self.tier.keep(address, b"x" * size, ttl, watch)
                        if address not in forgotten:
                            self.model.keep(address, b"x" * size, now + ttl)
            case "keep at once", str(address), int(size), float(ttl):
                keep(self.tier, address, value=b"x" * size, ttl=ttl)
                self.model.keep(address, b"x" * size, now + ttl)
            case "get", str(address):
                assert self.tier.get(address) == self.model.get(address, now)
            case "sleep", float(seconds):
                await asyncio.sleep(seconds)
            case _:
                self.forgets(happening)

    def forgets(self, happening: tuple[object, ...]) -> None:
        match happening:
            case "forget", list(some):
                self.tier.forget(some)
                self.forgotten(some)
            case "forget viewer", str(viewer):
                self.tier.forget_viewer(viewer)
                self.forgotten([at(key, viewer) for key in "abc"])
            case ("forget all",):
                self.tier.forget_all()
                self.forgotten([at(key, viewer) for key in "abc" for viewer in "12"])

    def forgotten(self, addresses: Sequence[str]) -> None:
        self.model.forget(addresses)
        for watch, forgotten in self.watches:
            forgotten.update(watch.addresses.intersection(addresses))


@unhurried
@given(most=st.integers(0, 4000), plan=st.lists(happenings, min_size=10, max_size=40))
def test_it_never_holds_more_than_it_may_counts_what_it_holds_and_watches_leave_nothing_behind(
    most: int, plan: list[tuple[object, ...]]
) -> None:
    run_virtually(Run(most).play(plan))
