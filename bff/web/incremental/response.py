"""An answer in frames on its way: each is sent as soon as it is there, for as long as the client is."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExperimentalIncrementalExecutionResults, SubsequentIncrementalExecutionResult
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bff.errors import INTERNAL
from bff.page_timeline import PagePhase, PageTimeline, Verdict, verdict_of
from bff.timeline import clock
from bff.web.answer import Terms
from bff.web.incremental.accepted import Way
from bff.web.incremental.frames import Frames
from bff.web.presence import CLIENT_LEFT, ClientGone, while_present

STREAM_HEADERS: Mapping[str, str] = {"x-accel-buffering": "no"}
"""nginx would keep frames until it has a bufferful."""

Later = AsyncGenerator[SubsequentIncrementalExecutionResult, None]


@dataclass(frozen=True, slots=True)
class Ending:
    """What is to be done around an answer that outlives its endpoint."""

    client_left: Callable[[], None]
    finished: Callable[[], None]
    last: Callable[[], Mapping[str, Any]]
    """The extensions that go with the last frame."""


class FramesResponse(Response):
    """The page's timeline ends with its last frame."""

    def __init__(
        self,
        results: ExperimentalIncrementalExecutionResults,
        way: Way,
        frames: Frames,
        page: PageTimeline,
        terms: Terms,
        ending: Ending,
    ) -> None:
        first = frames.first(results.initial_result)
        self.status_code = first.status
        self.background = None
        self._first = first
        self._later: Later = results.subsequent_results
        self._way = way
        self._frames = frames
        self._page = page
        self._ending = ending
        self.init_headers({**first.all_headers(terms), **STREAM_HEADERS, "content-type": way.content_type})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI wants it. A client that leaves ends the work that only it waited for."""
        page = self._page
        try:
            verdict = await while_present(receive, self._sent(send), self._ending.client_left)
            page.ends(self.status_code, verdict, page.bytes_out, INTERNAL if verdict is Verdict.CRASHED else None)
        except (ClientGone, OSError):
            page.ends(CLIENT_LEFT, Verdict.GONE, page.bytes_out)
        except asyncio.CancelledError:
            page.ends(CLIENT_LEFT, Verdict.GONE, page.bytes_out)
            raise
        finally:
            self._ending.finished()

    async def _sent(self, send: Send) -> Verdict:
        # begun before anything is sent: what graphql-core began early is cleared up only by a generator that has begun
        coming = asyncio.ensure_future(self._next())
        try:
            await self._send_first(send)
            while (result := await coming) is not None:
                await self._send_later(send, result)
                if not result.has_next:
                    break
                coming = asyncio.ensure_future(self._next())
        except OSError:
            raise
        except Exception as error:  # a bug, ours or graphql-core's: what has been sent stands
            await self._send_body(send, self._frames.broken_off(error), last=True)
            return Verdict.CRASHED
        else:
            return verdict_of(self._page.report)
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
            await self._later.aclose()

    async def _next(self) -> SubsequentIncrementalExecutionResult | None:
        return await anext(self._later, None)

    async def _send_first(self, send: Send) -> None:
        body = self._way.before + self._part(self._first.body, last=False)
        self._page.begun_at = clock.now()
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        self._page.mark(PagePhase.EXECUTE)

    async def _send_later(self, send: Send, result: SubsequentIncrementalExecutionResult) -> None:
        self._page.mark(PagePhase.SERIALISE)
        last = not result.has_next
        await self._send_body(send, self._frames.later(result, self._ending.last if last else None), last=last)
        if not last:
            self._page.mark(PagePhase.EXECUTE)

    async def _send_body(self, send: Send, frame: Mapping[str, Any], *, last: bool) -> None:
        await send({"type": "http.response.body", "body": self._part(frame, last=last), "more_body": not last})

    def _part(self, frame: Mapping[str, Any], *, last: bool) -> bytes:
        part = self._way.part(orjson.dumps(frame), last=last)
        self._page.bytes_out += len(part)
        return part
