"""One connection by redis-py, with its defaults turned from patient to prompt. Its loose types end here."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    RedisSSLContext,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.exceptions import ResponseError

from bff.cache.redis.urls import Access, Place

Words: TypeAlias = Sequence[str | bytes | int]
"""Of one command."""

PLAIN, PUSHING = 2, 3
"""Versions of the protocol: in the older one nothing comes unasked."""

_PROMPT: Final[dict[str, Any]] = {
    # Whoever uses a connection bounds all of it: connecting, sending, every byte that is read.
    "socket_timeout": None,
    "socket_connect_timeout": None,
    # Two commands less before the first one of ours.
    "driver_info": None,
}


class Door:
    """Makes connections to one server."""

    def __init__(self, place: Place, access: Access) -> None:
        self._place = place
        self._access = access
        self._tls: RedisSSLContext | None = None

    def connection(self, protocol: int = PLAIN) -> AbstractConnection:
        """A new one, not yet connected."""
        access = self._access
        who: dict[str, Any] = {"username": access.username, "password": access.password, "db": access.db}
        how = {**_PROMPT, **who, "protocol": protocol}
        if isinstance(self._place, str):
            return UnixDomainSocketConnection(path=self._place, **how)
        host, port = self._place
        if access.tls is None:
            return Connection(host=host, port=port, **how)
        secure = SSLConnection(host=host, port=port, **how, **dict[str, Any](access.tls))
        self._tls = self._tls or secure.ssl_context
        secure.ssl_context = self._tls  # to read the certificates of the system anew takes 20 ms, in the event loop
        return secure


async def exchange(connection: AbstractConnection, commands: Sequence[Words]) -> list[Any]:
    """Send all, then read all: a reply or what it was refused with for each, in order.

    After any exception the connection may hold half a reply: `drop` it.
    """
    await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
    replies: list[Any] = []
    for _ in commands:
        try:
            replies.append(await connection.read_response())
        except ResponseError as refusal:  # a whole reply, so the next one follows
            replies.append(refusal)
    return replies


async def is_clean(connection: AbstractConnection) -> bool:
    """Whether the server has neither closed it nor sent what nobody asked for."""
    try:
        return not await connection.can_read()
    except Exception:  # redis-py raises several for what is closed
        return False


async def drop(connection: AbstractConnection) -> None:
    """Close it without waiting."""
    await connection.disconnect(nowait=True)
