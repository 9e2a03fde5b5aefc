"""Keys and tokens made for tests."""

import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bff.settings import Auth

AUTH = Auth(jwks_url="http://login.test/keys", issuer="https://login.test/", audience="bff")


@cache  # making one takes a tenth of a second
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def claims(**changes: Any) -> dict[str, Any]:
    """Those of a token that is good; a change to None leaves one out."""
    good = {"sub": "7", "iss": AUTH.issuer, "aud": AUTH.audience, "exp": int(time.time()) + 600}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(key: rsa.RSAPrivateKey | None = None, key_id: str | None = "one", **changes: Any) -> str:
    """Signed by RS256."""
    headers = {} if key_id is None else {"kid": key_id}
    return jwt.encode(claims(**changes), key or rsa_key("one"), "RS256", headers)


def shown_key(key_id: str | None = "one", **changes: Any) -> dict[str, Any]:
    """An RSA key as a JWKS shows it."""
    shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(key_id or "none").public_key()))
    return {"kid": key_id, "alg": "RS256", "use": "sig", **shown, **changes}


def shown_curve_key(key_id: str) -> dict[str, Any]:
    """An EC key as a JWKS shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    return {"kid": key_id, "alg": "ES256", **json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))}


def key_set(*keys: Any) -> bytes:
    """A JWKS."""
    return json.dumps({"keys": keys}).encode()
