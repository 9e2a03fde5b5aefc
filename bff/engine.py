"""Everything that outlives a request, made in one place, opened and closed with the app."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bff.ask import Ask, Origin
from bff.cache.address import address
from bff.cache.cache import Cache
from bff.cache.clock import SteadyClock
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.cache.read_through import never
from bff.cache.reading import Reading
from bff.cache.shared import SharedStore
from bff.cache.terms import Terms
from bff.errors import INTERNAL, AccessDenied, NotFound, SourceError
from bff.events import CallCrashed, CallFinished, CredentialsRefused, ItemsDropped, Listener, RefreshPutOff
from bff.policy import Policy
from bff.resilience.deadline import Deadline
from bff.source import Call, Source
from bff.transport import Transport
from bff.upstream import Upstream


class Engine:
    """Reads calls through the cache, the guards and the transport."""

    def __init__(
        self,
        upstreams: Sequence[Upstream],
        *,
        transport: Transport,
        shared: SharedStore | None,
        cache_memory: int,
        tell: Listener,
    ) -> None:
        self._upstreams = {type(upstream.source): upstream for upstream in upstreams}
        self._transport = transport
        self._tell = tell
        self._now = SteadyClock()
        self._cache = Cache(shared, max_bytes=cache_memory, tell=tell, now=self._now)

    async def open(self) -> None:
        """Begin to listen for what other processes change."""
        await self._cache.open()

    def policy(self, source: type[Source]) -> Policy:
        """The policy in force: the source's own, as the settings changed it."""
        return self._upstreams[source].policy

    def worth_waiting_for(self, source: type[Source]) -> bool:
        """Whether a page should wait for a call of this source that is under way."""
        return self._upstreams[source].waiting.worthwhile()

    async def read(self, call: Call[Any, Any], keys: Sequence[Any], origin: Origin) -> list[Reading[Any]]:
        """One reading for each key, in order. Takes no longer than the cache may; calls go on behind it."""
        upstream = self._upstreams[call.source]
        addresses = {_address_for(call, key, origin): key for key in keys}
        fetch = partial(self._fetch, upstream, call, addresses, origin)
        refused = never if upstream.source.name in origin.faults else partial(self._refusal, upstream, call)
        return await self._cache.read(list(addresses), _terms(upstream, call), fetch, origin.patience, refused)

    async def forget(self, call: Call[Any, Any], keys: Sequence[Any], viewer: str) -> None:
        """Drop what is cached of these keys for one viewer, everywhere. Raises where others cannot be told."""
        await self._cache.forget([_address(call, key, viewer) for key in keys])

    async def forget_viewer(self, viewer: str) -> None:
        """Drop all that is cached for one viewer, everywhere. Raises where others cannot be told."""
        await self._cache.forget_viewer(viewer)

    async def close(self) -> None:
        """End every call under way, then drop connections."""
        await self._cache.close()
        await self._transport.close()

    def _refusal(self, upstream: Upstream, call: Call[Any, Any], shown: bool) -> SourceError | None:
        if shown:
            crowded = upstream.crowded()
            if crowded is not None:
                self._tell(RefreshPutOff(upstream.source.name, call.name))
            return crowded
        error = upstream.refusal()
        if error is not None:
            self._tell(CallFinished(upstream.source.name, call.name, 0.0, error.code, str(error)))
        return error

    async def _fetch(
        self,
        upstream: Upstream,
        call: Call[Any, Any],
        keys: Mapping[str, Any],
        origin: Origin,
        addresses: Sequence[str],
    ) -> Mapping[str, Outcome]:
        wanted = {address: keys[address] for address in addresses}
        asking = self._ask(upstream, call, origin)
        deadline = _call_deadline(upstream.policy, origin)
        started = asyncio.get_running_loop().time()
        keys_wanted = list(wanted.values())
        guard = upstream.alone if upstream.source.name in origin.faults else upstream.guard(call)
        values, error = await _settled(
            guard(lambda deadline: call.fetch(upstream.source, asking(deadline), keys_wanted), deadline)
        )
        seconds = asyncio.get_running_loop().time() - started
        self._tell(CallFinished(upstream.source.name, call.name, seconds, _code(error), _reason(error)))
        if error is not None:
            self._tell_more_of(error, upstream, call)
            return dict.fromkeys(addresses, Failed(error))
        return self._sorted_out(upstream, call, wanted, values)

    def _ask(self, upstream: Upstream, call: Call[Any, Any], origin: Origin) -> Callable[[Deadline], Ask]:
        name = upstream.source.name
        return lambda deadline: Ask(
            source=name,
            origin=origin,
            base_url=upstream.url,
            max_body=upstream.policy.max_body,
            keep_alive=upstream.policy.keep_alive,
            deadline=deadline,
            transport=self._transport,
            dropped=lambda count: self._tell(ItemsDropped(name, call.name, count, "invalid")),
        )

    def _tell_more_of(self, error: Exception, upstream: Upstream, call: Call[Any, Any]) -> None:
        if isinstance(error, AccessDenied):
            self._tell(CredentialsRefused(upstream.source.name, call.name))
        elif not isinstance(error, SourceError):
            self._tell(CallCrashed(upstream.source.name, call.name, error))

    def _sorted_out(
        self, upstream: Upstream, call: Call[Any, Any], wanted: Mapping[str, Any], values: Mapping[Any, Any]
    ) -> Mapping[str, Outcome]:
        now = self._now()
        missing = Failed(NotFound(f"{upstream.source.name} has no such thing"))
        unasked = len(values.keys() - wanted.values())
        if unasked:
            self._tell(ItemsDropped(upstream.source.name, call.name, unasked, "unasked"))
        return {address: Fetched(values[key], now) if key in values else missing for address, key in wanted.items()}


async def _settled(call: Awaitable[Mapping[Any, Any]]) -> tuple[Mapping[Any, Any], Exception | None]:
    try:
        return await call, None
    except SourceError as error:
        return {}, error.again()  # kept as data: without the frames it passed, and what they hold
    except Exception as error:  # a bug in a source's method must not leave those who wait without an outcome
        return {}, error


def _call_deadline(policy: Policy, origin: Origin) -> Deadline:
    """The work bound, where the answer may fill a cache; else nobody has a use for it once the page is gone."""
    return Deadline.after(policy.call_bound) if policy.ttl > 0 else origin.deadline.within(policy.call_bound)


def _code(error: Exception | None) -> str | None:
    if error is None:
        return None
    return error.code if isinstance(error, SourceError) else INTERNAL


def _reason(error: Exception | None) -> str | None:
    return str(error) if isinstance(error, SourceError) else None


def _address_for(call: Call[Any, Any], key: Any, origin: Origin) -> str:
    lies_at = _address(call, key, origin.viewer)
    if call.source.name in origin.faults:  # broken for one request: neither taken from others nor left for them
        return f"{lies_at}:{origin.request_id}"
    return lies_at


def _address(call: Call[Any, Any], key: Any, viewer: str) -> str:
    return address(viewer=viewer, source=call.source.name, call=call.name, version=call.version, key=key)


def _terms(upstream: Upstream, call: Call[Any, Any]) -> Terms:
    policy = upstream.policy
    return Terms(
        source=upstream.source.name,
        call=call.name,
        shape=call.shape,
        ttl=policy.ttl,
        ttl_jitter=policy.ttl_jitter,
        revalidate=policy.revalidate,
        stale=policy.stale,
        most=call.most,
        bound=policy.call_bound,
    )
