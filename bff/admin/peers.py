"""The worker processes, as the admin listener asks them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted

T = TypeVar("T")

PATIENCE: Final = 1.0
"""Seconds until a worker counts as one that does not answer."""


class Peer(Protocol):
    """One worker. Whatever it raises counts as no answer."""

    name: str
    """Its number: `0`, `1`, …"""

    async def metrics(self) -> bytes:
        """A snapshot, encoded."""

    async def requests(self, wanted: Wanted) -> Sequence[Summary]:
        """Those it keeps, in the order of their kind."""

    async def request(self, request_id: str) -> Waterfall | None:
        """One it keeps, by its own id or its trace's."""

    async def health(self) -> Mapping[str, Any]:
        """Details that JSON can hold; `ready` is false where it is not."""


@dataclass(frozen=True, slots=True)
class Answers(Generic[T]):
    """What workers said, by name and in their order; and who did not answer."""

    given: Mapping[str, T]
    silent: tuple[str, ...]


async def ask_all(
    peers: Sequence[Peer], question: Callable[[Peer], Awaitable[T]], patience: float = PATIENCE
) -> Answers[T]:
    """Ask all of them at once; one that hangs or fails costs its own answer only."""

    async def ask(peer: Peer) -> T:
        return await question(peer)

    tasks = {peer.name: asyncio.ensure_future(ask(peer)) for peer in peers}
    if tasks:
        await asyncio.wait(tasks.values(), timeout=patience)
    given = {name: task.result() for name, task in tasks.items() if _answered(task)}
    for task in tasks.values():
        if not task.done():
            task.add_done_callback(_answered)
            task.cancel()
    return Answers(given, tuple(name for name in tasks if name not in given))


def _answered(task: asyncio.Task[Any]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


@dataclass(frozen=True, slots=True)
class Merged:
    """Requests of all workers, each with the worker that served it."""

    requests: tuple[tuple[str, Summary], ...]
    silent: tuple[str, ...]


async def merged(peers: Sequence[Peer], wanted: Wanted, patience: float = PATIENCE) -> Merged:
    """The slowest first where those are wanted, else the newest."""
    answers = await ask_all(peers, lambda peer: peer.requests(wanted), patience)
    found = [(name, summary) for name, summaries in answers.given.items() for summary in summaries]
    found.sort(key=_slowness if wanted.kind == "slowest" else _age)
    return Merged(tuple(found[: wanted.most]), answers.silent)


def _slowness(found: tuple[str, Summary]) -> float:
    return -(found[1].seconds or 0.0)


def _age(found: tuple[str, Summary]) -> float:
    return -found[1].started
