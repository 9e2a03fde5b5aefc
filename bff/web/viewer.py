"""Who asks: from the headers of a request to the id of the signed-in user."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import jwt

from bff.errors import Unauthenticated
from bff.settings import Auth
from bff.web.keys import ALGORITHM

INVALID: Final = "The token is not valid here: sign in again."
MAX_TOKEN: Final = 8_192
LEEWAY: Final = 10
"""Seconds by which clocks may differ."""


class Identify(Protocol):
    """Finds the viewer. A port: `bff dev` has another one, and so may a team."""

    async def __call__(self, headers: Mapping[str, str], /) -> str:
        """The viewer's id. Raises `Unauthenticated` where there is no valid proof."""


class KeyRing(Protocol):
    """The issuer's keys."""

    async def get(self, key_id: str | None, /) -> Any:
        """The key with this id. Raises `Unauthenticated` where there is none."""


class JwtViewer:
    """A bearer token, signed by a key of the issuer's, for this audience, not expired. `sub` is the viewer."""

    def __init__(self, auth: Auth, keys: KeyRing) -> None:
        self._auth = auth
        self._keys = keys

    async def __call__(self, headers: Mapping[str, str], /) -> str:
        """As `Identify` says. No part of a token is told to anybody."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Sign in: send a token as `Authorization: Bearer …`.")
        if len(token) > MAX_TOKEN:
            raise Unauthenticated(f"The token is longer than {MAX_TOKEN} characters.")
        key = await self._keys.get(_key_id(token))
        claims = self._checked(token, key)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 200:
            raise Unauthenticated("The token names no user.")
        return subject

    def _checked(self, token: str, key: Any) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._auth.audience,
                issuer=self._auth.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The token has expired: sign in again.") from None
        except jwt.PyJWTError:
            raise Unauthenticated(INVALID) from None


def _key_id(token: str) -> str | None:
    try:
        key_id: str | None = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError:
        raise Unauthenticated(INVALID) from None
    return key_id
