"""Everything that outlives a request, made in one place, opened and closed with the app."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bff.ask import Origin
from bff.cache.address import address
from bff.cache.cache import Cache
from bff.cache.clock import SteadyClock
from bff.cache.read_through import never
from bff.cache.reading import Reading
from bff.cache.shared import SharedStore
from bff.cache.terms import Terms
from bff.calling import Calling
from bff.errors import SourceError
from bff.events import CallFinished, Listener, RefreshPutOff
from bff.introduction import may_be_forwarded
from bff.policy import Policy
from bff.source import Call, Source
from bff.standing import CacheStanding, SourceStanding
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
        self._forwards = tuple(dict.fromkeys(name for each in upstreams for name in each.introduction.forwards))
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

    def forwarded(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The inbound headers that some source gets, for `Origin.forwarded`."""
        return may_be_forwarded(self._forwards, headers) if self._forwards else {}

    async def read(self, call: Call[Any, Any], keys: Sequence[Any], origin: Origin) -> list[Reading[Any]]:
        """One reading for each key, in order. Takes no longer than the cache may; calls go on behind it."""
        upstream = self._upstreams[call.source]
        ending = _ending(upstream, origin)
        addresses = {f"{_address(call, key, origin.viewer)}{ending}": key for key in keys}
        fetch = Calling(upstream, call, addresses, origin, self._transport, self._now, self._tell)
        refused = never if upstream.source.name in origin.faults else partial(self._refusal, upstream, call)
        return await self._cache.read(list(addresses), _terms(upstream, call), fetch, origin.patience, refused)

    async def forget(self, call: Call[Any, Any], keys: Sequence[Any], viewer: str) -> None:
        """Drop what is cached of these keys for one viewer, everywhere. Raises where others cannot be told."""
        if self._upstreams[call.source].introduction.forwards:
            await self._cache.forget_viewer(viewer)  # there may be several of each, by what was forwarded
            return
        await self._cache.forget([_address(call, key, viewer) for key in keys])

    async def forget_viewer(self, viewer: str) -> None:
        """Drop all that is cached for one viewer, everywhere. Raises where others cannot be told."""
        await self._cache.forget_viewer(viewer)

    def standing(self) -> tuple[tuple[SourceStanding, ...], CacheStanding]:
        """How guards and cache stand now."""
        return tuple(upstream.standing() for upstream in self._upstreams.values()), self._cache.standing()

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


def _ending(upstream: Upstream, origin: Origin) -> str:
    """Of addresses: by what else answers differ for this request."""
    variant = upstream.introduction.variant(origin.forwarded)
    if upstream.source.name in origin.faults:  # broken for one request: neither taken from others nor left for them
        return f"{variant}:{origin.request_id}"
    return variant


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
