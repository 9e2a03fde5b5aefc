"""Who asks: from the headers of a request to the id of the signed-in user."""

import base64
from collections.abc import Mapping
from typing import Any, Final, Protocol

import jwt
import msgspec
from jwt import PyJWK

from bff.decode import UNREADABLE
from bff.errors import Unauthenticated
from bff.settings import Auth
from bff.web.key_set import ALGORITHMS
from bff.web.presented_token import presented_token
from bff.web.verified import KnownKeys, Proof, Verified

INVALID: Final = "The token is not valid here: sign in again."
LEEWAY: Final = 10
"""Seconds by which clocks may differ."""

LONGEST_SUBJECT: Final = 200


class Identify(Protocol):
    """Finds the viewer. A port: `bff dev` has another one, and so may a team."""

    async def __call__(self, headers: Mapping[str, str], /) -> str:
        """The viewer's id. Raises `Unauthenticated` where there is no valid proof."""


class KeyRing(KnownKeys, Protocol):
    """The issuer's keys."""

    async def get(self, key_id: str | None, /) -> PyJWK:
        """The key with this id. Raises `Unauthenticated` where there is none."""


class JwtViewer:
    """A bearer token, signed by a key of the issuer's, for this audience, not expired. `sub` is the viewer.

    It comes in the header, or in the cookie that `auth` names where there is no such header.
    """

    def __init__(self, auth: Auth, keys: KeyRing) -> None:
        self._auth = auth
        self._keys = keys
        self._verified = Verified(keys)

    async def __call__(self, headers: Mapping[str, str], /) -> str:
        """As `Identify` says. No part of a token is told to anybody."""
        token = presented_token(headers, self._auth.cookie)
        if not token.isascii():
            raise Unauthenticated(INVALID)
        known = self._verified.viewer(token)
        if known is not None:
            return known
        key_id = _key_id(token)
        proof = self._checked(token, key_id, await self._keys.get(key_id))
        self._verified.keep(token, proof)
        return proof.viewer

    def _checked(self, token: str, key_id: str | None, key: PyJWK) -> Proof:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],  # the key's own, whatever the token says
                audience=self._auth.audience,
                issuer=self._auth.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The token has expired: sign in again.") from None
        except (jwt.PyJWTError, ValueError, TypeError, *UNREADABLE):
            raise Unauthenticated(INVALID) from None
        return Proof(_subject(claims), key_id, key, int(claims["exp"]) + LEEWAY)


class _Header(msgspec.Struct, frozen=True):
    """What is read of a token before it is proved. Where it says its key is to be found (`jku`, `jwk`, `x5u`, `x5c`)
    is not.
    """

    alg: str
    kid: str | None = None
    crit: msgspec.Raw | None = None


_header: Final = msgspec.json.Decoder(_Header)
_NAMES: Final = frozenset(ALGORITHMS.values())


def _key_id(token: str) -> str | None:
    """Raises `Unauthenticated` where no key of ours could have signed it: nobody has to be asked for one."""
    encoded = token.partition(".")[0]
    try:
        header = _header.decode(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (ValueError, *UNREADABLE):
        raise Unauthenticated(INVALID) from None
    if header.alg not in _NAMES or header.crit is not None:
        raise Unauthenticated(INVALID)
    return header.kid


def _subject(claims: Mapping[str, Any]) -> str:
    """Nothing that could break out of a header or a key it is put into."""
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise Unauthenticated("The token names no user.")
    return subject
