"""Hearing what changes: from the server, where one server knows of all changes, and from whoever forgets something."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ResponseError

from bff.cache.address import PREFIX
from bff.cache.redis.connection import Words, drop
from bff.cache.redis.keys import CHANNEL
from bff.cache.redis.news import tell
from bff.cache.redis.servers import Servers
from bff.cache.redis.slots import DOWN
from bff.cache.shared import Ear

TRACK: Final = ("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", PREFIX)
SUBSCRIBE: Final = ("SUBSCRIBE", CHANNEL)
SUBSCRIBED_WITHIN: Final = 0.5
"""Seconds."""

PULSE: Final = 0.2
"""Seconds between two questions whether the other side is alive."""

MOST_UNANSWERED: Final = 3
"""In a row. Counted, and not timed: a loop that stood still has not read yet what arrived meanwhile."""


async def listen(servers: Servers, ear: Ear) -> None:
    """As `SharedStore.listen` says."""
    connection = await servers.listener()
    try:
        async with asyncio.timeout(SUBSCRIBED_WITHIN):
            await _subscribe(connection, tracking=servers.as_one)
        ear.listening()
        await _Listening(connection, ear, ("PING",) if servers.as_one else ("CLUSTER", "INFO")).go_on()
    finally:
        await drop(connection)


async def _subscribe(connection: AbstractConnection, *, tracking: bool) -> None:
    parser: Any = connection._parser  # redis-py has no public way to pushes: it keeps some and logs others
    parser.set_invalidation_push_handler(_as_it_came)
    parser.set_pubsub_push_handler(_as_it_came)
    if tracking:
        await connection.send_command(*TRACK)
        with suppress(ResponseError):  # not known there, or not allowed: what others forget is still heard
            await connection.read_response(push_request=True)
    await connection.send_command(*SUBSCRIBE)
    while (await connection.read_response(push_request=True))[0] != b"subscribe":
        pass  # changed before anybody listens


async def _as_it_came(message: Any) -> Any:
    return message


class _Listening:
    """A reader that is never stopped half way, and a pulse beside it.

    A node that is cut off from its cluster answers, and hears nothing: there the pulse asks for the cluster's state.
    """

    def __init__(self, connection: AbstractConnection, ear: Ear, pulse: Words) -> None:
        self._connection = connection
        self._ear = ear
        self._pulse = pulse
        self._unanswered = 0

    async def go_on(self) -> None:
        """Until the connection breaks, which raises."""
        reading = asyncio.create_task(self._read())
        try:
            while not reading.done():
                if self._unanswered >= MOST_UNANSWERED:
                    raise ConnectionError("the connection that tells of changes has fallen silent")
                self._unanswered += 1
                await self._connection.send_command(*self._pulse)
                await asyncio.wait((reading,), timeout=PULSE)
            await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self) -> None:
        while True:
            message = await self._connection.read_response(push_request=True)
            self._unanswered = 0
            if isinstance(message, bytes) and DOWN in message:
                raise ConnectionError("this node is cut off from its cluster, or the cluster is down")
            tell(self._ear, message)
