"""A worker, asked over its unix socket by the parent."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted
from bff.web.serving.questions import (
    LENGTH_BYTES,
    LONGEST_ANSWER,
    PATIENCE,
    AskHealth,
    AskMetrics,
    AskRequest,
    AskRequests,
    NoAnswer,
    Question,
    framed,
    length_of,
)

_summaries: Final = msgspec.msgpack.Decoder(tuple[Summary, ...])
_waterfall: Final = msgspec.msgpack.Decoder(Waterfall | None)
_details: Final = msgspec.msgpack.Decoder(dict[str, Any])


class FarPeer:
    """A `Peer`. Each question raises `NoAnswer` where there is none in time."""

    def __init__(self, name: str, path: Path, *, patience: float = PATIENCE) -> None:
        self.name = name
        self._path = path
        self._patience = patience

    async def metrics(self) -> bytes:
        """As `Peer` says."""
        return await self._ask(AskMetrics())

    async def requests(self, wanted: Wanted) -> Sequence[Summary]:
        """As `Peer` says."""
        return _summaries.decode(await self._ask(AskRequests(wanted)))

    async def request(self, request_id: str) -> Waterfall | None:
        """As `Peer` says."""
        found: Waterfall | None = _waterfall.decode(await self._ask(AskRequest(request_id)))
        return found

    async def health(self) -> Mapping[str, Any]:
        """As `Peer` says."""
        return _details.decode(await self._ask(AskHealth()))

    async def _ask(self, question: Question) -> bytes:
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._exchange(framed(msgspec.msgpack.encode(question)))
        except TimeoutError:
            raise NoAnswer(f"worker {self.name} does not answer within {self._patience:g} s") from None
        except (OSError, EOFError) as error:
            raise NoAnswer(f"worker {self.name} cannot be asked: {error}") from error
        if not answer.startswith(b"\x01"):
            raise NoAnswer(f"worker {self.name} cannot answer: {answer[1:].decode(errors='replace')}")
        return answer[1:]

    async def _exchange(self, question: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(self._path))
        try:
            writer.write(question)
            length = length_of(await reader.readexactly(LENGTH_BYTES), LONGEST_ANSWER)
            return await reader.readexactly(length)
        finally:
            writer.close()
