"""A vendor knows our users by pseudonyms. The simulated one has the key to them, so that it has something to say."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from functools import cached_property
from hashlib import sha256
from typing import Final

KEY_VARIABLE: Final = "BFF_PSEUDONYM_KEY"
"""By environment, since others on the machine can read a command's arguments."""


class Pseudonyms:
    """Those that one service gets of the users. Without a key there are none."""

    def __init__(self, key: str | None, service: str, users: Callable[[], Iterable[str]]) -> None:
        self._key = key
        self._service = service
        self._users = users

    def id_of(self, user: str) -> str:
        """The id of whoever is meant: by pseudonym, or by the id itself."""
        return self._ids.get(user, user)

    @cached_property
    def _ids(self) -> dict[str, str]:
        """Made when first needed: most services need none."""
        if self._key is None:
            return {}
        return {pseudonym(self._key, self._service, each): each for each in self._users()}


def pseudonym(key: str, service: str, user_id: str) -> str:
    """As bff makes it; a test holds the two together."""
    digest = hmac.digest(key.encode(), f"{service}\0user\0{user_id}".encode(), sha256)
    return urlsafe_b64encode(digest[:24]).decode()
