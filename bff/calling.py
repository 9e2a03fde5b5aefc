"""One call of a source on behalf of one request: past the guards, attempt by attempt, to an outcome for each key."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bff.ask import Ask, Origin
from bff.cache.outcome import Failed, Fetched, Outcome
from bff.errors import INTERNAL, AccessDenied, NotFound, SourceError
from bff.events import CallCrashed, CallFinished, CredentialsRefused, ItemsDropped, Listener
from bff.policy import Policy
from bff.resilience.deadline import Deadline
from bff.source import Call
from bff.timeline import clock
from bff.timeline.call import Attempt, CallTimeline
from bff.transport import Transport
from bff.upstream import Upstream

CANCELLED: Final = "CANCELLED"
"""In place of a code, where an attempt was ended from outside."""


@dataclass(frozen=True, slots=True)
class Calling:
    """What fetches for a cache: a `Fetch`. `keys` by address."""

    upstream: Upstream
    call: Call[Any, Any]
    keys: Mapping[str, Any]
    origin: Origin
    transport: Transport
    now: Callable[[], float]
    tell: Listener

    def begin(self, keys: int) -> CallTimeline:
        """As `Fetch.begin` says."""
        origin, source = self.origin, self.upstream.source.name
        timeline = CallTimeline(source, self.call.name, keys, origin.request_id, origin.trace, clock.now())
        origin.calls.append(timeline)
        return timeline

    async def __call__(self, addresses: Sequence[str], timeline: CallTimeline) -> Mapping[str, Outcome]:
        """As `Fetch` says."""
        source = self.upstream.source.name
        wanted = {address: self.keys[address] for address in addresses}
        deadline = _call_deadline(self.upstream.policy, self.origin)
        guard = self.upstream.alone if source in self.origin.faults else self.upstream.guard(self.call)
        timeline.is_asked()
        started = clock.now()
        values, error = await _settled(guard(self._attempt(list(wanted.values()), timeline), deadline))
        timeline.ended(_code(error), _reason(error))
        seconds = clock.now() - started
        self.tell(CallFinished(source, self.call.name, seconds, timeline.code, timeline.reason, timeline))
        if error is not None:
            self._tell_more_of(error)
            return dict.fromkeys(addresses, Failed(error))
        return self._sorted_out(wanted, values)

    def _attempt(
        self, keys: Sequence[Any], timeline: CallTimeline
    ) -> Callable[[Deadline], Awaitable[Mapping[Any, Any]]]:
        async def attempt(deadline: Deadline) -> Mapping[Any, Any]:
            one = Attempt(clock.now(), self.origin.trace.next_span_id())
            timeline.attempts.append(one)
            try:
                return await self.call.fetch(self.upstream.source, self._ask(deadline, one), keys)
            except BaseException as error:
                one.code = CANCELLED if isinstance(error, asyncio.CancelledError) else _code(error)
                raise
            finally:
                one.ended_at = clock.now()

        return attempt

    def _ask(self, deadline: Deadline, attempt: Attempt) -> Ask:
        source, policy = self.upstream.source.name, self.upstream.policy
        return Ask(
            source=source,
            origin=self.origin,
            base_url=self.upstream.url,
            max_body=policy.max_body,
            keep_alive=policy.keep_alive,
            deadline=deadline,
            transport=self.transport,
            attempt=attempt,
            dropped=lambda count, reason: self.tell(ItemsDropped(source, self.call.name, count, reason)),
            introduction=self.upstream.introduction,
        )

    def _tell_more_of(self, error: Exception) -> None:
        source = self.upstream.source.name
        if isinstance(error, AccessDenied):
            self.tell(CredentialsRefused(source, self.call.name))
        elif not isinstance(error, SourceError):
            self.tell(CallCrashed(source, self.call.name, error))

    def _sorted_out(self, wanted: Mapping[str, Any], values: Mapping[Any, Any]) -> Mapping[str, Outcome]:
        now, source = self.now(), self.upstream.source.name
        missing = Failed(NotFound(f"{source} has no such thing"))
        unasked = len(values.keys() - wanted.values())
        if unasked:
            self.tell(ItemsDropped(source, self.call.name, unasked, "unasked"))
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


def _code(error: BaseException | None) -> str | None:
    if error is None:
        return None
    return error.code if isinstance(error, SourceError) else INTERNAL


def _reason(error: Exception | None) -> str | None:
    return str(error) if isinstance(error, SourceError) else None
