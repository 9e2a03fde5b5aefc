"""The landing page over real sockets: the app in process, its real transport, five upstreams that can be broken."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from bff.events import Event
from bff.lab.upstreams.services import SERVICES
from bff.transport import Transport
from bff.transport.over_pyreqwest import PyreqwestTransport
from tests.faults.switchable_upstream import SwitchableUpstream, listening
from tests.page_client import PageClient, landing

WINDOW: Final = 0.4
"""Seconds: the breakers' window here, and twice their sleep."""

BUSY_MACHINE: Final = 2.0
"""Seconds on top of what is promised, where a test does not run alone: `serial` ones and virtual time are exact."""

AMPLE: Final = {"DEADLINE": "2s", "WORK_BOUND": "2s"}
"""For faults that are over at once: nothing waits for it, and a busy machine makes no section late."""

SHORT: Final = {"DEADLINE": "100ms", "WORK_BOUND": "250ms"}
"""For a source whose calls end by their time."""

EVERYWHERE: Final = {
    "TTL": "0.001ms",  # so each page asks again and waits, and stale values are kept nevertheless
    "REVALIDATE": "0",
    "BREAKER__WINDOW": f"{WINDOW}s",
    "BREAKER__SLEEP": f"{WINDOW / 2}s",
    **AMPLE,
}


@dataclass(frozen=True)
class Landing:
    """One that is up. `events` are all that were told."""

    client: PageClient
    upstreams: Mapping[str, SwitchableUpstream]
    events: list[Event] = field(default_factory=list)


@asynccontextmanager
async def landing_over_sockets(
    transport: Transport | None = None,
    settings: Mapping[str, str] | None = None,
    upstreams: Mapping[str, SwitchableUpstream] | None = None,
) -> AsyncIterator[Landing]:
    """Over the default client, unless another one is given; `upstreams` replaces some of the five."""
    standing = {name: SwitchableUpstream(name) for name in SERVICES if name not in (upstreams or {})}
    standing |= upstreams or {}
    events: list[Event] = []
    async with AsyncExitStack() as stack:
        for upstream in standing.values():
            await stack.enter_async_context(listening(upstream))
        client = await stack.enter_async_context(
            landing(
                transport or PyreqwestTransport(),
                settings=_settings(standing) | dict(settings or {}),
                listeners=[events.append],
            )
        )
        yield Landing(client, standing, events)


def for_source(name: str, options: Mapping[str, str]) -> dict[str, str]:
    """The options as settings of that source."""
    return {f"BFF_{name.upper()}__{option}": value for option, value in options.items()}


def _settings(upstreams: Mapping[str, SwitchableUpstream]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for name, upstream in upstreams.items():
        settings |= for_source(name, {**EVERYWHERE, "URL": upstream.url})
    return settings
