"""The keys that tokens are signed with, fetched from the issuer and kept."""

import asyncio
from typing import Any, Final

import jwt
import msgspec

from bff.errors import SourceError, Unauthenticated
from bff.transport import Request, Transport
from bff.transport.status import raise_for_status

FRESH_FOR: Final = 600.0
"""Seconds after which keys are fetched anew; the old ones stay valid where that fails."""

MIN_INTERVAL: Final = 10.0
"""Seconds between fetches, whatever key ids strangers make up."""

FETCH_TIMEOUT: Final = 2.0
MAX_BODY: Final = 200_000


class Keys:
    """A JWKS. The last good keys are kept, so that an issuer that is down logs nobody out."""

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = url
        self._transport = transport
        self._keys: dict[str | None, Any] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def get(self, key_id: str | None, /) -> Any:
        """The key with this id. Raises `Unauthenticated` where the issuer has none, or none is known yet."""
        now = asyncio.get_running_loop().time()
        if key_id not in self._keys or now - self._fetched_at > FRESH_FOR:
            await self._refresh()
        try:
            return self._keys[key_id]
        except KeyError:
            raise Unauthenticated("The token is signed with a key that its issuer does not show.") from None

    async def _refresh(self) -> None:
        async with self._fetching:
            now = asyncio.get_running_loop().time()
            if now - self._tried_at < MIN_INTERVAL:
                return
            self._tried_at = now
            try:
                self._keys = await self._fetched()
                self._fetched_at = now
            except (SourceError, msgspec.DecodeError, jwt.PyJWTError):
                return  # the last good keys are kept

    async def _fetched(self) -> dict[str | None, Any]:
        request = Request(self._url, {"accept": "application/json"}, FETCH_TIMEOUT, MAX_BODY)
        response = await self._transport.send(request)
        raise_for_status(response)
        shown = jwt.PyJWKSet.from_dict(msgspec.json.decode(response.body, type=dict[str, Any]))
        return {key.key_id: key for key in shown.keys}
