"""Keys and tokens made for tests."""

import base64
import json
import time
from functools import cache
from typing import Any, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bff.settings import Auth

AUTH = Auth(jwks_url="http://login.test/keys", issuer="https://login.test/", audience="bff")

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache  # making one takes a tenth of a second
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def curve_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def edwards_key(name: str) -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def public_pem(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def claims(**changes: Any) -> dict[str, Any]:
    """Those of a token that is good; a change to None leaves one out."""
    good = {"sub": "7", "iss": AUTH.issuer, "aud": AUTH.audience, "exp": int(time.time()) + 600}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(key: PrivateKey | None = None, key_id: str | None = "one", **changes: Any) -> str:
    """Signed by the algorithm that fits the key; by RS256 without one."""
    headers = {} if key_id is None else {"kid": key_id}
    key = key or rsa_key("one")
    return jwt.encode(claims(**changes), key, algorithm_of(key), headers)


def algorithm_of(key: PrivateKey) -> str:
    match key:
        case rsa.RSAPrivateKey():
            return "RS256"
        case ec.EllipticCurvePrivateKey():
            return "ES256"
        case _:
            return "EdDSA"


def by_hand(header: object, body: object, signature: bytes = b"x") -> str:
    """A token that no library would make."""
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def with_the_public_key_as_secret(key: PrivateKey, body: object) -> str:
    """HS256, for which a naive server would use the public key as the secret."""
    unsigned = by_hand({"alg": "HS256", "kid": "one"}, body).rpartition(".")[0]
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = mac.sign(unsigned.encode(), public_pem(key))
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def shown(key: PrivateKey, key_id: str | None = "one", **changes: Any) -> dict[str, Any]:
    """A key as a JWKS shows it."""
    kinds: dict[str, Any] = {
        "RS256": jwt.algorithms.RSAAlgorithm,
        "ES256": jwt.algorithms.ECAlgorithm,
        "EdDSA": jwt.algorithms.OKPAlgorithm,
    }
    algorithm = algorithm_of(key)
    public = json.loads(kinds[algorithm].to_jwk(key.public_key()))
    return {**public, "kid": key_id, "alg": algorithm, "use": "sig", **changes}


def shown_key(key_id: str | None = "one", **changes: Any) -> dict[str, Any]:
    """An RSA key as a JWKS shows it."""
    return shown(rsa_key(key_id or "none"), key_id, **changes)


def shown_curve_key(key_id: str) -> dict[str, Any]:
    """An EC key as a JWKS shows it."""
    return shown(curve_key(key_id), key_id)


def key_set(*keys: Any) -> bytes:
    """A JWKS."""
    return json.dumps({"keys": keys}).encode()
