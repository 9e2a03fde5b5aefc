"""What `bff serve` needs around it: an upstream, and an issuer of tokens. Real HTTP servers on free ports."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

ISSUER = "https://issuer.test"
AUDIENCE = "lunch"


@dataclass
class Server:
    """Answers GETs by path, as JSON; anything else with 404."""

    answers: dict[str, Any]
    url: str = ""
    paths: list[str] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode().partition("?")[0]
                self.paths.append(path)
                status = "200 OK" if path in self.answers else "404 Not Found"
                body = json.dumps(self.answers.get(path, {})).encode()
                writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def serving(answers: Mapping[str, Any]) -> AsyncIterator[Server]:
    """A server on a free port."""
    server = Server(dict(answers))
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()


class Issuer:
    """Signs tokens, and shows its key."""

    def __init__(self) -> None:
        self._key: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)

    def jwks(self) -> Mapping[str, Any]:
        """As under its JWKS address."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def token(self, user: str, *, lifetime: float = 60) -> str:
        """A token for a user."""
        claims = {"sub": user, "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time() + lifetime)}
        return jwt.encode(claims, self._key, "RS256", headers={"kid": "1"})
