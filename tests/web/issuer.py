"""Whoever signs the tokens, behind a transport that is none."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bff.errors import DeadlineExceeded
from bff.transport import Request, Response
from tests.web.tokens import key_set


@dataclass
class Issuer:
    """A transport to one: shows `body`, after `delay` seconds, or fails."""

    body: bytes = b""
    status: int = 200
    delay: float = 0
    error: Exception | None = None
    requests: list[Request] = field(default_factory=list)

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        await asyncio.sleep(min(self.delay, request.timeout))
        if self.delay > request.timeout:
            raise DeadlineExceeded("late")
        if self.error:
            raise self.error
        return Response(self.status, {}, self.body)

    async def close(self) -> None:
        pass


def showing(*keys: Any) -> Issuer:
    return Issuer(key_set(*keys))
