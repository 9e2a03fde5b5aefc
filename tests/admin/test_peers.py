"""Asking all workers at once."""

import asyncio

import pytest

from bff.admin.peers import ask_all, merged
from bff.telemetry.waterfall.summary import Wanted
from tests.admin import examples
from tests.admin.peers_in_process import BrokenPeer, HangingPeer, ToldPeer

pytestmark = pytest.mark.virtual_time


async def test_they_are_asked_side_by_side_and_waited_for_so_long() -> None:
    peers = [HangingPeer("0"), ToldPeer("1", snapshot=b"one"), HangingPeer("2")]
    began = asyncio.get_running_loop().time()
    answers = await ask_all(peers, lambda peer: peer.metrics())
    assert asyncio.get_running_loop().time() - began == pytest.approx(1.0)
    assert answers.given == {"1": b"one"}
    assert answers.silent == ("0", "2")


async def test_one_that_fails_is_one_that_does_not_answer() -> None:
    answers = await ask_all([BrokenPeer("0"), ToldPeer("1")], lambda peer: peer.health())
    assert answers.silent == ("0",)


async def test_without_workers_there_is_nothing_to_wait_for() -> None:
    assert (await ask_all([], lambda peer: peer.health())).given == {}


async def test_what_nobody_waits_for_any_more_is_called_off() -> None:
    left: list[str] = []

    class Late(ToldPeer):
        async def metrics(self) -> bytes:
            try:
                await asyncio.Event().wait()
            finally:
                left.append(self.name)
            return b""

    await ask_all([Late("7")], lambda peer: peer.metrics())
    await asyncio.sleep(0)
    assert left == ["7"]


async def test_merged_requests_end_where_enough_are_there() -> None:
    peers = [ToldPeer(str(number), [examples.whole()] * 30) for number in range(3)]
    found = await merged(peers, Wanted(most=50))
    assert len(found.requests) == 50
