"""Who is signed in under `bff dev`: anybody one likes. `bff serve` knows nothing of this."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt import PyJWK
from jwt.algorithms import RSAAlgorithm

from bff.errors import Unauthenticated
from bff.lab.dev.errors import NotRunning
from bff.settings import Auth
from bff.web.viewer import JwtViewer

KEY_FILE: Final = "signing-key.pem"
COOKIE: Final = "bff-dev-token"
"""Where a frontend may put a token, as in production it may in one that it chose."""

AUTH: Final = Auth(jwks_url="", issuer="bff-dev", audience="bff", cookie=COOKIE)
FIRST_USER: Final = "1"
EIGHT_HOURS: Final = 8 * 3600


class DevViewer:
    """The user of a token that this run signed, or of `x-dev-user`, or of a token in the cookie, or user 1."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self._by_token = JwtViewer(AUTH, _OneKey(key))

    async def __call__(self, headers: Mapping[str, str], /) -> str:
        """As `Identify` says. Raises `Unauthenticated` for a bad token, as production would."""
        by_cookie = COOKIE in headers.get("cookie", "") and "x-dev-user" not in headers
        if by_cookie or "authorization" in headers:
            return await self._by_token(headers)
        user = headers.get("x-dev-user", FIRST_USER)
        if not 0 < len(user) <= 200:
            raise Unauthenticated("x-dev-user names no user: send an id such as `x-dev-user: 7`.")
        return user


class _OneKey:
    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = PyJWK(RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "RS256")

    def known(self, _: str | None) -> PyJWK:
        return self._key

    async def get(self, _: str | None) -> PyJWK:
        return self._key


def faults_of(headers: Mapping[str, str], /) -> Mapping[str, str]:
    """`x-dev-break: recommendations=hang, todos=error 503`: those sources break for this one request."""
    pairs = (pair.partition("=") for pair in headers.get("x-dev-break", "").split(","))
    return {name.strip(): fault.strip() for name, joint, fault in pairs if joint}


def make_key(directory: Path) -> RSAPrivateKey:
    """A key for this run, kept in its private directory so that `bff token` can sign with it."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    file = directory / KEY_FILE
    file.touch(mode=0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def sign_token(directory: Path, user: str, *, lifetime: int = EIGHT_HOURS) -> str:
    """A token for a user, good for `lifetime` seconds, for the `bff dev` of this directory.

    Raises `NotRunning` where that has no key yet.
    """
    try:
        key = load_pem_private_key((directory / KEY_FILE).read_bytes(), None)
    except FileNotFoundError:
        raise NotRunning("bff dev is still starting: try again when it shows its address") from None
    assert isinstance(key, RSAPrivateKey), "the file is ours and holds what make_key wrote"
    claims = {"sub": user, "iss": AUTH.issuer, "aud": AUTH.audience, "exp": int(time.time()) + lifetime}
    return jwt.encode(claims, key, "RS256")
