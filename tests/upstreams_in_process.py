"""The five upstreams behind a fake transport: the simulated services' own answers, without sockets.

Waiting is `asyncio.sleep`, so that a module on virtual time waits for nothing. Product code is not patched: this is
the `Transport` port.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

from bff.errors import DeadlineExceeded, SourceError
from bff.lab.upstreams.services import SERVICES, Service, service
from bff.lab.upstreams.world import World
from bff.transport import Request, Response

PSEUDONYM_KEY = "a key that everybody may know"

URLS: Mapping[str, str] = {
    **{f"BFF_{name.upper()}__URL": f"http://{name}.test" for name in SERVICES},
    "BFF_PSEUDONYM_KEY": PSEUDONYM_KEY,
    "BFF_RECOMMENDATIONS__LINK_HOSTS": "intranet.example.com",
}
"""Settings with which a landing page has these upstreams."""


@cache  # deterministic data: generating it anew for each test costs seconds
def simulated(name: str) -> Service:
    return service(name, _world(), PSEUDONYM_KEY)


@cache
def _world() -> World:
    return World(datetime(2026, 1, 1, tzinfo=UTC))


def upstream_of(request: Request) -> str:
    """Which upstream is asked."""
    return str(urlsplit(request.url).hostname).removesuffix(".test")


@dataclass
class InProcessUpstreams:
    """A `Transport`. `delays` (seconds), `faults` and `answers` are by upstream name, and may change at any time."""

    delays: dict[str, float] = field(default_factory=dict)
    faults: dict[str, SourceError] = field(default_factory=dict)
    answers: dict[str, Callable[[Request], Response]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    closed: bool = False

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        name = upstream_of(request)
        await self._wait(self.delays.get(name, 0), request.timeout)
        if name in self.faults:
            raise self.faults[name]
        response = self._response(name, request)
        request.exchange.answered(response.status)
        request.exchange.whole(len(response.body))
        return response

    def _response(self, name: str, request: Request) -> Response:
        if name in self.answers:
            return self.answers[name](request)
        parts = urlsplit(request.url)
        answer = simulated(name).answer(f"{parts.path}?{parts.query}")
        return Response(answer.status, {"content-type": "application/json"}, answer.body)

    async def close(self) -> None:
        self.closed = True

    @property
    def calls(self) -> Counter[str]:
        """How often each upstream was called."""
        return Counter(map(upstream_of, self.requests))

    async def _wait(self, delay: float, patience: float) -> None:
        await asyncio.sleep(min(delay, patience))
        if delay <= patience:
            return
        raise DeadlineExceeded("the answer was not whole in time")


@dataclass
class Watched(InProcessUpstreams):
    """Notes which calls were ended early, and when."""

    ended: dict[str, float] = field(default_factory=dict)

    async def send(self, request: Request) -> Response:
        try:
            return await super().send(request)
        except asyncio.CancelledError:
            self.ended[str(urlsplit(request.url).hostname).removesuffix(".test")] = asyncio.get_running_loop().time()
            raise
