"""Work for a client, for as long as the client is there."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from starlette.types import Receive

T = TypeVar("T")

CLIENT_LEFT: Final = 499
"""As nginx has it: nobody reads this answer."""

WIND_DOWN: Final = 0.2
"""Seconds."""


class ClientGone(Exception):
    """Nobody is left to answer."""


def _nothing() -> None:
    """There is nobody to tell."""


async def while_present(
    receive: Receive, work: Coroutine[Any, Any, T], client_left: Callable[[], None] = _nothing
) -> T:
    """The result of the work. When the client goes away, the work is told so and ends; then raises `ClientGone`.

    What has not ended `WIND_DOWN` seconds later is cancelled. It is the last resort: cancelled at the wrong moment,
    graphql-core leaves coroutines behind that were made and never awaited. The request's body must have been read: the
    next thing that can come is its end.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        client_left()
        await asyncio.wait((working,), timeout=WIND_DOWN)
        raise ClientGone
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
