"""Names for our users and requests that tell an outsider nothing, and are always the same for the same one."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

BYTES: Final = 24
"""So that it is 32 characters long, all of them good in a URL."""


def new_key() -> str:
    """For as long as this process runs."""
    return secrets.token_urlsafe(32)


class Pseudonyms:
    """Those that one outsider gets: HMAC-SHA256 under our key, and under its name, so that two have nothing to compare.

    Nobody without the key can tell who is meant, or make one for somebody.
    """

    def __init__(self, key: str, outsider: str) -> None:
        self._users = _keyed(key, outsider, "user")
        self._requests = _keyed(key, outsider, "request")

    def user(self, user_id: str) -> str:
        """In place of a user's id."""
        return _named(self._users, user_id)

    def request(self, request_id: str) -> str:
        """In place of a request's id."""
        return _named(self._requests, request_id)


def _keyed(key: str, outsider: str, kind: str) -> hmac.HMAC:
    return hmac.new(key.encode(), f"{outsider}\0{kind}\0".encode(), sha256)


def _named(keyed: hmac.HMAC, real: str) -> str:
    one = keyed.copy()
    one.update(real.encode("utf-8", "surrogatepass"))
    return urlsafe_b64encode(one.digest()[:BYTES]).decode()
