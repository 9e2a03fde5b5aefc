"""Workers that say what a test gives them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Never

from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted


@dataclass
class ToldPeer:
    """What it was asked for last is in `wanted`."""

    name: str = "0"
    waterfalls: Sequence[Waterfall] = ()
    snapshot: bytes = b"counted"
    healthy: Mapping[str, Any] = field(default_factory=dict)
    wanted: Wanted | None = None

    async def metrics(self) -> bytes:
        return self.snapshot

    async def requests(self, wanted: Wanted) -> Sequence[Summary]:
        self.wanted = wanted
        return [summary_of(each) for each in self.waterfalls]

    async def request(self, request_id: str) -> Waterfall | None:
        return next((each for each in self.waterfalls if each.request_id == request_id), None)

    async def health(self) -> Mapping[str, Any]:
        return self.healthy


class HangingPeer(ToldPeer):
    """It never answers."""

    async def metrics(self) -> bytes:
        await _never()

    async def requests(self, wanted: Wanted) -> Sequence[Summary]:
        await _never()

    async def request(self, request_id: str) -> Waterfall | None:
        await _never()

    async def health(self) -> Mapping[str, Any]:
        await _never()


class BrokenPeer(ToldPeer):
    """It is gone."""

    async def health(self) -> Mapping[str, Any]:
        raise ConnectionRefusedError


async def _never() -> Never:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


def summary_of(waterfall: Waterfall) -> Summary:
    """One line about it."""
    missing = [each for each in waterfall.sections if each.state not in ("LIVE", "CACHED")]
    longest = max(waterfall.critical, key=lambda step: step.end - step.start, default=None)
    return Summary(
        request_id=waterfall.request_id,
        trace_id=waterfall.trace_id,
        operation=waterfall.operation,
        client=waterfall.client,
        started=waterfall.started,
        seconds=waterfall.seconds,
        status=waterfall.status,
        verdict=waterfall.verdict,
        code=waterfall.code,
        sources=tuple(dict.fromkeys(each.source for each in waterfall.sections)),
        degraded=tuple(f"{each.name} {each.state} {each.code}" for each in missing),
        slowest=None if longest is None else f"{longest.what}: {longest.phase}",
    )
