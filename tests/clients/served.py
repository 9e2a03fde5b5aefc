"""The landing page by a real server on a free port, with simulated upstreams in process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from bff.transport import Transport
from tests.incremental.serving import served


@asynccontextmanager
async def landing_over_http(upstreams: Transport) -> AsyncIterator[str]:
    """The address of `/graphql`."""
    async with served(upstreams) as app, over_http(app) as url:
        yield f"{url}/graphql"


@asynccontextmanager
async def over_http(app: ASGIApp) -> AsyncIterator[str]:
    """The address of an app that is open already, or needs no opening."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(_serve(server))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
            if serving.done():
                await serving
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


async def _serve(server: uvicorn.Server) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await server._serve()  # `serve` would take the signals that are pytest's
