"""What can be wrong between a client and its server, one class for each."""

import asyncio
from dataclasses import dataclass, field
from random import Random

from tests.servers.link import Link


class Fault:
    """None. The others say what they do otherwise."""

    accepts = True

    async def asked(self, link: Link, data: bytes, commands: int) -> None:
        """The client has sent data, with which so many commands are whole."""
        await link.to_server(data)

    async def answered(self, link: Link, data: bytes) -> None:
        """The server has sent data."""
        await link.to_client(data)


class BlackHole(Fault):
    """Takes everything, gives nothing."""

    async def asked(self, link: Link, data: bytes, commands: int) -> None:
        pass

    async def answered(self, link: Link, data: bytes) -> None:
        pass


class HungUp(Fault):
    """Takes connections and closes them."""

    accepts = False


@dataclass
class Slow(Fault):
    """Each piece of a reply comes late."""

    seconds: float

    async def answered(self, link: Link, data: bytes) -> None:
        await asyncio.sleep(self.seconds)
        await link.to_client(data)


@dataclass
class HalfReply(Fault):
    """So many bytes of a reply come, and then the end."""

    length: int

    async def answered(self, link: Link, data: bytes) -> None:
        await link.to_client(data[: self.length])
        link.cut()


@dataclass
class Garbage(Fault):
    """Other bytes come in place of a reply, the same in every run."""

    random: Random = field(default_factory=lambda: Random(20_261_124))  # noqa: S311 - no secret

    async def answered(self, link: Link, data: bytes) -> None:
        await link.to_client(self.random.randbytes(len(data)))


@dataclass
class Stray(Fault):
    """A reply nobody asked for comes before the true one."""

    reply: bytes

    async def answered(self, link: Link, data: bytes) -> None:
        await link.to_client(self.reply + data)


@dataclass
class Says(Fault):
    """Every command is answered with this."""

    reply: bytes

    async def asked(self, link: Link, data: bytes, commands: int) -> None:
        await link.to_client((self.reply + b"\r\n") * commands)
