"""What stands before all pages of one app."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Self

from starlette.middleware import Middleware

from bff.cache.redis.levels import RedisLevels
from bff.events import Listener
from bff.settings import Settings
from bff.transport import Transport
from bff.web.admission import Admission, Gate
from bff.web.compressed import Compressed
from bff.web.cors import cors
from bff.web.in_flight import InFlight
from bff.web.keys import Keys
from bff.web.proxies import Proxies
from bff.web.rate.limits import RateLimits
from bff.web.readiness import Readiness
from bff.web.security_headers import SecurityHeaders
from bff.web.serving.connections import Connections
from bff.web.viewer import Identify, JwtViewer


@dataclass(frozen=True, slots=True)
class Edge:
    """Made from the settings; opened and closed with the app."""

    proxies: Proxies
    identify: Identify
    rates: RateLimits
    in_flight: InFlight
    readiness: Readiness
    gate: Gate
    connections: Connections
    middleware: Sequence[Middleware]
    keys: Keys | None

    @classmethod
    def of(cls, settings: Settings, transport: Transport, tell: Listener, identify: Identify | None) -> Self:
        """Without an `identify` viewers are known by tokens, as `settings.auth` says."""
        proxies, in_flight = Proxies(settings.trusted_proxies), InFlight()
        readiness = Readiness(settings.overload.unready_at, lead=settings.overload.lead)
        gate = Gate(settings.overload, in_flight, tell, readiness, settings.cors_origins)
        keys = None
        if identify is None:
            assert settings.auth is not None, "settings without a way to authenticate are refused before"
            keys = Keys(settings.auth.jwks_url, transport)
            identify = JwtViewer(settings.auth, keys)
        return cls(
            proxies=proxies,
            identify=identify,
            rates=RateLimits(settings.rates, tell, shared=_shared_levels(settings), secret=settings.pseudonym_key),
            in_flight=in_flight,
            readiness=readiness,
            gate=gate,
            connections=Connections(settings.connections, proxies.trusts, tell, settings.limits.body.most),
            middleware=_outermost_first(settings, proxies, gate),
            keys=keys,
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keys are fetched in the background: whoever signs tokens may be down when this starts."""
        async with AsyncExitStack() as ending:
            ending.push_async_callback(self.rates.close)
            if self.keys is not None:
                self.keys.begin()
                ending.push_async_callback(self.keys.close)
            yield


def _outermost_first(settings: Settings, proxies: Proxies, gate: Gate) -> list[Middleware]:
    """Refusals have the headers of answers, and scripts of allowed origins can read them."""
    return [
        Middleware(SecurityHeaders, proxies=proxies),
        *cors(settings),
        Middleware(Admission, gate=gate),
        *([Middleware(Compressed)] if settings.compression else []),
    ]


def _shared_levels(settings: Settings) -> RedisLevels | None:
    counts = settings.rates.viewer is not None or settings.rates.address is not None
    return RedisLevels.at(settings.cache_url) if counts and not settings.cached_in_process else None
