"""The right to fill an address, over one server and over a cluster."""

from bff.cache.address import root_of
from bff.cache.envelope import GENERATION
from bff.cache.redis.keys import generation_of, lease_of
from bff.cache.redis.store import RedisShared
from bff.cache.shared import LEASE, Fill, Release, Renew
from tests.cache.redis.conftest import Behind
from tests.cache.redis.using import at, fill, leased, store_at


async def test_a_lease_has_one_holder_and_another_address_another(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    async with store_at(behind.url) as other:
        await leased(store, at(viewer))

        [same, another] = await other.take([at(viewer), at(viewer, "another")])

        assert same.lease is None
        assert another.lease is not None


async def test_a_lease_lasts_as_long_as_said_and_a_renewal_begins_anew(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    [lease] = await leased(store, at(viewer))
    await behind.ask(at(viewer), "PEXPIRE", lease_of(at(viewer)), 100)

    await store.write([Renew(lease)])

    assert LEASE * 900 < await behind.ask(at(viewer), "PTTL", lease_of(at(viewer))) <= LEASE * 1000


async def test_whoever_takes_a_lease_after_a_fill_sees_what_was_filled(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    async with store_at(behind.url) as other:
        await fill(store, {at(viewer): b"1"})

        [taken] = await other.take([at(viewer)])

        assert taken.value == b"1"
        assert taken.lease is not None


async def test_a_fill_lets_go_of_the_lease_and_fills_once(store: RedisShared, viewer: str) -> None:
    [lease] = await leased(store, at(viewer))

    assert await store.write([Fill(lease, b"1", 60), Fill(lease, b"2", 60)]) == 1

    assert await store.get_many([at(viewer)]) == [b"1"]


async def test_a_released_lease_is_free_and_its_fill_is_not_kept(store: RedisShared, viewer: str) -> None:
    [lease] = await leased(store, at(viewer))
    await store.write([Release(lease)])

    [next_] = await leased(store, at(viewer))

    assert await store.write([Fill(lease, b"late", 60)]) == 0
    assert await store.write([Fill(next_, b"in time", 60)]) == 1


async def test_a_lease_that_expired_can_neither_fill_nor_renew_nor_release_what_another_holds(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    [lease] = await leased(store, at(viewer))
    await behind.ask(at(viewer), "DEL", lease_of(at(viewer)))
    [next_] = await leased(store, at(viewer))
    await behind.ask(at(viewer), "PEXPIRE", lease_of(at(viewer)), 500)

    assert await store.write([Fill(lease, b"late", 60), Renew(lease), Release(lease)]) == 0

    assert await behind.ask(at(viewer), "PTTL", lease_of(at(viewer))) <= 500
    assert await store.write([Fill(next_, b"in time", 60)]) == 1


async def test_what_was_fetched_before_somebody_forgot_it_is_not_kept(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    async with store_at(behind.url) as other:
        [one, two] = await leased(store, at(viewer, 1), at(viewer, 2))
        await other.forget([at(viewer, 1)])

        assert await store.write([Fill(one, b"old", 60), Fill(two, b"2", 60)]) == 1

        assert await store.get_many([at(viewer, 1), at(viewer, 2)]) == [None, b"2"]


async def test_a_lease_of_before_the_viewer_was_forgotten_neither_fills_nor_keeps_others_waiting(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    async with store_at(behind.url) as other:
        [lease] = await leased(store, at(viewer))
        await other.forget_viewer(viewer)

        assert await store.write([Fill(lease, b"old", 60)]) == 0
        [next_] = await leased(other, at(viewer))
        assert await store.write([Fill(lease, b"old", 60), Renew(lease), Release(lease)]) == 0
        assert await other.write([Fill(next_, b"new", 60)]) == 1


async def test_r5_a_lease_or_generation_of_another_type_is_none_and_overwritten(
    store: RedisShared, behind: Behind, viewer: str
) -> None:
    lies_at = at(viewer)
    for broken in (lease_of(lies_at), generation_of(root_of(lies_at))):
        await behind.ask(lies_at, "DEL", broken)
        await behind.ask(lies_at, "LPUSH", broken, "not ours")

        assert await store.get_many([lies_at]) == [None]
        await fill(store, {lies_at: broken.encode()})
        assert await store.get_many([lies_at]) == [broken.encode()]


async def test_a_generation_of_another_length_is_none(store: RedisShared, behind: Behind, viewer: str) -> None:
    lies_at = at(viewer)
    generation = generation_of(root_of(lies_at))
    for broken in (b"", bytes(GENERATION - 1), bytes(GENERATION + 1)):
        await behind.ask(lies_at, "SET", generation, broken)

        assert await store.get_many([lies_at]) == [None]
        await fill(store, {lies_at: b"1"})
        assert await store.get_many([lies_at]) == [b"1"]
