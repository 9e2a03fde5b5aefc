"""The keys that tokens are signed with, fetched from the issuer in the background and kept."""

import asyncio
import logging
import random
from typing import Final

from jwt import PyJWK

from bff.cache.background import Background
from bff.decode import decode
from bff.errors import SourceError, Unauthenticated, UpstreamInvalid
from bff.transport import Request, Transport
from bff.transport.status import raise_for_status
from bff.web.key_set import KeySet, usable_keys

logger = logging.getLogger("bff.web")

REFRESH: Final = 300.0
"""Seconds after which keys are fetched anew, more or less: not all processes at once."""

FRESH_FOR: Final = 600.0
"""Seconds after which the next token asks for them too; the old ones stay valid where that fails."""

MIN_INTERVAL: Final = 10.0
"""Seconds between fetches, whatever key ids strangers make up."""

MIN_INTERVAL_AT_FIRST: Final = 1.0
"""The same as long as no key is known and nobody can sign in."""

FETCH_TIMEOUT: Final = 2.0
MAX_BODY: Final = 200_000


class Keys:
    """A JWKS. The last good keys are kept, so that an issuer that is down, or slow, costs those signed in nothing."""

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = url
        self._transport = transport
        self._keys: dict[str | None, PyJWK] = {}
        self._body = b""
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._failing = False
        self._fetching: asyncio.Task[None] | None = None
        self._background = Background()

    def begin(self) -> None:
        """Fetch now and from time to time. Nothing waits for it."""
        self._background.start(self._keep_fresh())

    async def close(self) -> None:
        """Fetch no more."""
        await self._background.close()

    def known(self, key_id: str | None, /) -> PyJWK | None:
        """The key with this id, as far as is known by now. The same object for as long as it is shown unchanged."""
        return self._keys.get(key_id)

    async def get(self, key_id: str | None, /) -> PyJWK:
        """The key with this id. Raises `Unauthenticated` where the issuer has none, or none is known yet."""
        known = key_id in self._keys
        if not known or self._now() - self._fetched_at > FRESH_FOR:
            self._fetch_unless_just_tried()
        if not known and self._fetching is not None:
            await asyncio.shield(self._fetching)  # others wait for it too
        try:
            return self._keys[key_id]
        except KeyError:
            raise Unauthenticated("The token is signed with a key that its issuer does not show.") from None

    async def _keep_fresh(self) -> None:
        while True:
            self._fetch_unless_just_tried()
            if self._fetching is not None:
                await asyncio.wait((self._fetching,))
            await asyncio.sleep(self._interval() if self._failing else _about(REFRESH))

    def _interval(self) -> float:
        return MIN_INTERVAL if self._keys else MIN_INTERVAL_AT_FIRST

    def _fetch_unless_just_tried(self) -> None:
        if self._fetching is None and self._now() - self._tried_at >= self._interval():
            self._tried_at = self._now()
            self._fetching = self._background.run(self._fetch())

    async def _fetch(self) -> None:
        try:
            await self._learn()
        except SourceError as error:
            self._failed(str(error))
        except Exception as error:  # a transport's bug logs nobody out either
            self._failed(type(error).__name__)
        else:
            self._worked()
        finally:
            self._fetching = None

    async def _learn(self) -> None:
        request = Request(self._url, {"accept": "application/json"}, FETCH_TIMEOUT, MAX_BODY)
        response = await self._transport.send(request)
        raise_for_status(response)
        if response.body != self._body:
            shown, _ = decode(response.body, KeySet)
            usable = usable_keys(shown)
            if not usable:
                raise UpstreamInvalid("it shows no key that can be used")
            self._keys, self._body = usable, response.body
        self._fetched_at = self._now()

    def _failed(self, reason: str) -> None:
        """Told once, without the URL, which may hold a secret."""
        if not self._failing:
            self._failing = True
            kept = "the last ones are kept" if self._keys else "nobody can sign in until they are"
            logger.warning("the keys that tokens are signed with cannot be fetched, %s: %s", kept, reason)

    def _worked(self) -> None:
        if self._failing:
            self._failing = False
            logger.info("the keys that tokens are signed with can be fetched again")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _about(seconds: float) -> float:
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
