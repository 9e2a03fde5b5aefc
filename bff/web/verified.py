"""Tokens that were good a moment ago. To check a signature costs a page more than all else that is asked about it."""

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from jwt import PyJWK

from bff.timeline import clock

BELIEVED_FOR: Final = 60.0
"""Seconds."""

MOST: Final = 10_000
"""Tokens, of some 400 bytes each."""


class KnownKeys(Protocol):
    """The issuer's keys, as far as they are known."""

    def known(self, key_id: str | None, /) -> PyJWK | None:
        """The key with this id; the same object for as long as it is shown unchanged."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a token proves, by which key, until when by the world's clock."""

    viewer: str
    key_id: str | None
    key: PyJWK
    expires: float


class Verified:
    """Keeps no token, only its digest; and forgets what a key proved when that key is no longer shown."""

    def __init__(self, keys: KnownKeys) -> None:
        self._keys = keys
        self._proofs: dict[bytes, tuple[Proof, float]] = {}

    def viewer(self, token: str) -> str | None:
        """Whose it is; None where it has to be checked."""
        found = self._proofs.get(_digest(token))
        if found is None:
            return None
        proof, until = found
        good = clock.now() < until and time.time() < proof.expires
        return proof.viewer if good and self._keys.known(proof.key_id) is proof.key else None

    def keep(self, token: str, proof: Proof) -> None:
        """Believe it for a while. The oldest make room."""
        digest = _digest(token)
        self._proofs.pop(digest, None)
        while len(self._proofs) >= MOST:
            self._proofs.pop(next(iter(self._proofs)))
        self._proofs[digest] = proof, clock.now() + BELIEVED_FOR


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
