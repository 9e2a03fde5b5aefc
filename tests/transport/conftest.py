"""Every test here that takes `transport` runs with each client."""

import ssl
from collections.abc import AsyncIterator, Callable
from functools import cache

import httpx
import pytest

from bff.transport import Transport
from bff.transport.over_httpx import HttpxTransport
from bff.transport.over_pyreqwest import PyreqwestTransport


@cache  # reading the trust store takes a tenth of a second
def trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def over_httpx() -> HttpxTransport:
    return HttpxTransport(httpx.AsyncClient(verify=trust(), trust_env=False))


CLIENTS: dict[str, Callable[[], Transport]] = {"pyreqwest": PyreqwestTransport, "httpx": over_httpx}


@pytest.fixture(params=CLIENTS)
async def transport(request: pytest.FixtureRequest) -> AsyncIterator[Transport]:
    """The client under test, closed in the end."""
    client = CLIENTS[request.param]()
    try:
        yield client
    finally:
        await client.close()
