"""The keys that tokens are signed with, fetched from the issuer and kept."""

import asyncio
from typing import Any, Final

import jwt
import msgspec

from bff.decode import decode
from bff.errors import SourceError, Unauthenticated
from bff.transport import Request, Transport
from bff.transport.status import raise_for_status

ALGORITHM: Final = "RS256"

FRESH_FOR: Final = 600.0
"""Seconds after which keys are fetched anew; the old ones stay valid where that fails."""

MIN_INTERVAL: Final = 10.0
"""Seconds between fetches, whatever key ids strangers make up."""

MIN_INTERVAL_AT_FIRST: Final = 1.0
"""The same as long as no key is known and nobody can sign in."""

FETCH_TIMEOUT: Final = 2.0
MAX_BODY: Final = 200_000


class KeySet(msgspec.Struct, frozen=True):
    """A JWKS as it is shown."""

    keys: list[dict[str, Any]]


class Keys:
    """A JWKS. The last good keys are kept, so that an issuer that is down, or slow, costs those signed in nothing."""

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = url
        self._transport = transport
        self._keys: dict[str | None, Any] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def get(self, key_id: str | None, /) -> Any:
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

    def _fetch_unless_just_tried(self) -> None:
        interval = MIN_INTERVAL if self._keys else MIN_INTERVAL_AT_FIRST
        if self._fetching is None and self._now() - self._tried_at >= interval:
            self._tried_at = self._now()
            self._fetching = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        request = Request(self._url, {"accept": "application/json"}, FETCH_TIMEOUT, MAX_BODY)
        try:
            response = await self._transport.send(request)
            raise_for_status(response)
            shown, _ = decode(response.body, KeySet)
        except SourceError:
            return  # the last good keys are kept
        finally:
            self._fetching = None
        if usable := _usable(shown):
            self._keys = usable
            self._fetched_at = self._now()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _usable(shown: KeySet) -> dict[str | None, Any]:
    """Those that tokens are checked with, by id. Issuers show others too: for encryption, of other algorithms."""
    usable = {}
    for each in shown.keys:
        key_id = each.get("kid")
        if each.get("kty") != "RSA" or each.get("use", "sig") != "sig" or each.get("alg", ALGORITHM) != ALGORITHM:
            continue
        try:
            usable[key_id] = jwt.PyJWK(each, ALGORITHM)
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
    return usable
