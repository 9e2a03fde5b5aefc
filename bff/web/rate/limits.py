"""How often one viewer, and one address, may ask."""

from typing import Final

from bff.cache.background import Background
from bff.errors import RateLimited
from bff.events import Listener, RateExceeded
from bff.resilience.mode import Mode
from bff.settings.edge import Rate, Rates
from bff.web.rate.addresses import counted_as
from bff.web.rate.buckets import Buckets
from bff.web.rate.sharing import SharedLevels, Sharing

UNITS: Final = {1.0: "a second", 60.0: "a minute", 3_600.0: "an hour"}


class RateLimits:
    """Owned by the app, closed with it. Whoever is refused is not counted."""

    def __init__(
        self, rates: Rates, tell: Listener, *, shared: SharedLevels | None = None, secret: str | None = None
    ) -> None:
        self._shared = shared
        self._background = Background()

        def limit(by: str, rate: Rate | None) -> _Limit | None:
            if rate is None:
                return None
            sharing = Sharing(by, rate, shared, self._background, secret) if shared is not None else None
            buckets = Buckets(rate, sharing.taken if sharing is not None else None)
            return _Limit(by, rate, buckets, enforced=rates.mode is Mode.ENFORCE, tell=tell)

        self._viewer = limit("viewer", rates.viewer)
        self._address = limit("address", rates.address)

    def check_address(self, client: str | None) -> None:
        """Count a request of this address, if it is known. Raises `RateLimited` where it is one too many."""
        if client is not None and self._address is not None:
            self._address.check(counted_as(client))

    def check_viewer(self, viewer: str) -> None:
        """Count a request of this viewer. Raises `RateLimited` where it is one too many."""
        if self._viewer is not None:
            self._viewer.check(viewer)

    async def close(self) -> None:
        """Let go of connections."""
        await self._background.close()
        if self._shared is not None:
            await self._shared.close()


class _Limit:
    def __init__(self, by: str, rate: Rate, buckets: Buckets, *, enforced: bool, tell: Listener) -> None:
        self._by = by
        self._buckets = buckets
        self._enforced = enforced
        self._tell = tell
        often = UNITS.get(rate.seconds, f"in {rate.seconds:g} seconds")
        self._refusal = f"Too many requests: one {by} may make {rate.count} {often}."

    def check(self, key: str) -> None:
        wait = self._buckets.take(key)
        if not wait:
            return
        self._tell(RateExceeded(self._by, self._enforced))
        if self._enforced:
            raise RateLimited(self._refusal, retry_after=wait)
