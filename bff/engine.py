"""Everything that outlives a request, made in one place, opened and closed with the app."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from bff.ask import Ask, Origin
from bff.cache.address import address
from bff.cache.flights import Flights
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.read_through import ReadThrough, Terms
from bff.cache.reading import Reading
from bff.cache.store import Store
from bff.errors import INTERNAL, NotFound, SourceError
from bff.events import CallCrashed, CallFinished, ItemsDropped, Listener
from bff.policy import Policy
from bff.resilience.bulkhead import Bulkhead
from bff.resilience.deadline import Deadline
from bff.resilience.guard import Guard, Pipeline
from bff.resilience.work_bound import WorkBound
from bff.source import Call, Source
from bff.transport import Transport


@dataclass(frozen=True, slots=True)
class Upstream:
    """A source with the settings it runs under and the guards that stand before it."""

    source: Source
    url: str
    policy: Policy
    guard: Guard

    @classmethod
    def under(cls, source: type[Source], url: str, policy: Policy) -> Self:
        """The guards' order, outermost first, is this one line."""
        bulkhead = Bulkhead(policy.concurrency, max_wait=policy.slot_wait)
        return cls(source(), url, policy, Pipeline(WorkBound(policy.work_bound), bulkhead))


class Engine:
    """Reads calls through the cache, the guards and the transport."""

    def __init__(self, upstreams: Sequence[Upstream], *, transport: Transport, store: Store, tell: Listener) -> None:
        self._upstreams = {type(upstream.source): upstream for upstream in upstreams}
        self._transport = transport
        self._store = store
        self._tell = tell
        self._flights = Flights()
        self._reader = ReadThrough(store, self._flights, tell)

    def policy(self, source: type[Source]) -> Policy:
        """The policy in force: the source's own, as the settings changed it."""
        return self._upstreams[source].policy

    async def read(self, call: Call[Any, Any], keys: Sequence[Any], origin: Origin) -> list[Reading[Any]]:
        """One reading for each key, in order. Takes no longer than the cache may; calls go on behind it."""
        upstream = self._upstreams[call.source]
        addresses = {_address(call, key, origin): key for key in keys}
        fetch = partial(self._fetch, upstream, call, addresses, origin)
        return await self._reader.read(list(addresses), _terms(upstream, call), fetch)

    async def close(self) -> None:
        """End every call under way, then drop connections."""
        await self._flights.close()
        await asyncio.gather(self._transport.close(), self._store.close())

    async def _fetch(
        self,
        upstream: Upstream,
        call: Call[Any, Any],
        keys: Mapping[str, Any],
        origin: Origin,
        addresses: Sequence[str],
    ) -> Mapping[str, Outcome]:
        wanted = {address: keys[address] for address in addresses}
        ask = self._ask(upstream, call, origin)
        started = asyncio.get_running_loop().time()
        attempt = partial(call.fetch, upstream.source, ask, list(wanted.values()))
        values, error = await _attempted(upstream.guard, attempt)
        seconds = asyncio.get_running_loop().time() - started
        self._tell(CallFinished(upstream.source.name, call.name, seconds, _code(error), _reason(error)))
        if error is not None:
            if not isinstance(error, SourceError):
                self._tell(CallCrashed(upstream.source.name, call.name, error))
            return dict.fromkeys(addresses, Failed(error))
        return self._sorted_out(upstream, call, wanted, values)

    def _ask(self, upstream: Upstream, call: Call[Any, Any], origin: Origin) -> Ask:
        name = upstream.source.name
        return Ask(
            source=name,
            origin=origin,
            base_url=upstream.url,
            max_body=upstream.policy.max_body,
            deadline=Deadline.after(upstream.policy.work_bound),
            transport=self._transport,
            dropped=lambda count: self._tell(ItemsDropped(name, call.name, count, "invalid")),
        )

    def _sorted_out(
        self, upstream: Upstream, call: Call[Any, Any], wanted: Mapping[str, Any], values: Mapping[Any, Any]
    ) -> Mapping[str, Outcome]:
        now = time.time()
        missing = Failed(NotFound(f"{upstream.source.name} has no such thing"))
        unasked = len(values.keys() - wanted.values())
        if unasked:
            self._tell(ItemsDropped(upstream.source.name, call.name, unasked, "unasked"))
        return {address: Fetched(values[key], now) if key in values else missing for address, key in wanted.items()}


async def _attempted(
    guard: Guard, attempt: Callable[[], Awaitable[Mapping[Any, Any]]]
) -> tuple[Mapping[Any, Any], Exception | None]:
    try:
        return await guard(attempt), None
    except SourceError as error:
        return {}, error.again()  # kept as data: without the frames it passed, and what they hold
    except Exception as error:  # a bug in a source's method must not leave those who wait without an outcome
        return {}, error


def _code(error: Exception | None) -> str | None:
    if error is None:
        return None
    return error.code if isinstance(error, SourceError) else INTERNAL


def _reason(error: Exception | None) -> str | None:
    return str(error) if isinstance(error, SourceError) else None


def _address(call: Call[Any, Any], key: Any, origin: Origin) -> str:
    source = call.source.name
    lies_at = address(viewer=origin.viewer, source=source, call=call.name, version=call.version, key=key)
    if source in origin.faults:  # broken for one request: neither taken from others nor left for them
        return f"{lies_at}:{origin.request_id}"
    return lies_at


def _terms(upstream: Upstream, call: Call[Any, Any]) -> Terms:
    policy = upstream.policy
    return Terms(
        source=upstream.source.name,
        call=call.name,
        shape=call.shape,
        ttl=policy.ttl,
        ttl_jitter=policy.ttl_jitter,
        stale=policy.stale,
        most=call.most,
    )
