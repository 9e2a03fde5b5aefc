"""From a JWKS to the keys that tokens may be checked with, each bound to one algorithm."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK

ALGORITHMS: Final = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
"""By kind of key and curve. A key is used with no other algorithm, whatever it or a token says."""

RSA_BITS: Final = range(2_048, 8_193)
"""Shorter ones are weak, longer ones cost a page more than all the rest of it."""

MOST_KEYS: Final = 100
LONGEST_ID: Final = 200


class KeySet(msgspec.Struct, frozen=True):
    """A JWKS as it is shown."""

    keys: list[dict[str, Any]]


def usable_keys(shown: KeySet) -> dict[str | None, PyJWK]:
    """By id, the first of those with the same. Issuers show others too: for encryption, of other algorithms."""
    found: dict[str | None, PyJWK] = {}
    for each in shown.keys:
        key_id = each.get("kid")
        if isinstance(key_id, str | None) and len(key_id or "") <= LONGEST_ID and key_id not in found:
            key = _usable(each)
            if key is not None:
                found[key_id] = key
        if len(found) == MOST_KEYS:
            break
    return found


def _usable(shown: Mapping[str, Any]) -> PyJWK | None:
    algorithm = _algorithm(shown)
    if algorithm is None:
        return None
    try:
        key = PyJWK(dict(shown), algorithm)
    except Exception:  # whatever is wrong with one key spoils no other
        return None
    weak = isinstance(key.key, RSAPublicKey) and key.key.key_size not in RSA_BITS
    return None if weak else key


def _algorithm(shown: Mapping[str, Any]) -> str | None:
    """None where it is not for checking signatures of ours; and one that shows its private half proves nothing."""
    kind, curve, operations = shown.get("kty"), shown.get("crv"), shown.get("key_ops", ["verify"])
    if not isinstance(kind, str) or not isinstance(curve, str | None) or "d" in shown:
        return None
    if shown.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    algorithm = ALGORITHMS.get((kind, curve))
    return algorithm if shown.get("alg", algorithm) == algorithm else None
