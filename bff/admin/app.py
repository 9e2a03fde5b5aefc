"""The admin listener's app."""

import time
from collections.abc import Callable, Sequence
from typing import TypeAlias
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bff.admin.drawing.exchange import exchange_of
from bff.admin.drawing.mermaid import mermaid
from bff.admin.gate import Gate
from bff.admin.pages.frame import Frame
from bff.admin.pages.index import index
from bff.admin.pages.listed import FILTERS, KINDS, listed
from bff.admin.pages.request import missing_page, request_page
from bff.admin.peers import PATIENCE, Answers, Peer, ask_all, merged
from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Wanted

Exposition: TypeAlias = Callable[[Sequence[tuple[str, bytes]], str | None], tuple[bytes, str]]
"""From each worker's name and snapshot, and what is accepted, to a text and its content type. A worker that
did not answer is left out.
"""


def admin_app(
    peers: Callable[[], Sequence[Peer]], *, token: str | None, exposition: Exposition, patience: float = PATIENCE
) -> Starlette:
    """Speaks for all workers. With a token, `/debug` wants it as the password of HTTP Basic."""
    frame = Frame.read()
    desk = _Desk(peers, exposition, frame, patience)
    return Starlette(
        routes=[
            Route("/", desk.index),
            Route("/metrics", desk.metrics),
            Route("/health", desk.health),
            Route("/debug/requests", desk.requests),
            Route("/debug/requests/{id}.json", desk.as_json),
            Route("/debug/requests/{id}.mmd", desk.as_mermaid),
            Route("/debug/requests/{id}", desk.request),
        ],
        middleware=[Middleware(Gate, token=token, guarded="/debug", styles=frame.policy)],
    )


class _Desk:
    """Answers, with what workers say."""

    def __init__(
        self, peers: Callable[[], Sequence[Peer]], exposition: Exposition, frame: Frame, patience: float
    ) -> None:
        self._peers, self._exposition, self._frame, self._patience = peers, exposition, frame, patience

    async def index(self, _: Request) -> Response:
        return HTMLResponse(index(self._frame, len(self._peers())))

    async def metrics(self, request: Request) -> Response:
        answers = await ask_all(self._peers(), lambda peer: peer.metrics(), self._patience)
        text, content_type = self._exposition(list(answers.given.items()), request.headers.get("accept"))
        return Response(text, headers={"content-type": content_type})

    async def health(self, _: Request) -> Response:
        answers = await ask_all(self._peers(), lambda peer: peer.health(), self._patience)
        ready = not answers.silent and all(said.get("ready", True) for said in answers.given.values())
        said = {"ready": ready, "workers": dict(answers.given), "silent": list(answers.silent)}
        return JSONResponse(said, 200 if ready else 503)

    async def requests(self, request: Request) -> Response:
        asked = request.query_params
        if sought := asked.get("id", "").strip():
            return RedirectResponse(f"/debug/requests/{quote(sought, safe='')}", 303)
        kind = asked.get("kind", "latest")
        operation, source, status = (asked.get(name, "").strip() or None for name in FILTERS)
        wanted = Wanted(kind if kind in KINDS else "latest", operation, source, status)
        found = await merged(self._peers(), wanted, self._patience)
        return HTMLResponse(listed(self._frame, found, wanted, time.time()))

    async def request(self, request: Request) -> Response:
        sought = request.path_params["id"]
        answers = await self._find(sought)
        for worker, found in answers.given.items():
            if found is not None:
                return HTMLResponse(request_page(self._frame, found, worker))
        return HTMLResponse(missing_page(self._frame, sought, answers.silent), 404)

    async def as_json(self, request: Request) -> Response:
        found = await self._one(request)
        if found is None:
            return _nobody_has_it()
        return Response(msgspec.json.encode(found), media_type="application/json")

    async def as_mermaid(self, request: Request) -> Response:
        found = await self._one(request)
        return _nobody_has_it() if found is None else PlainTextResponse(mermaid(exchange_of(found)))

    async def _one(self, request: Request) -> Waterfall | None:
        answers = await self._find(request.path_params["id"])
        return next(filter(None, answers.given.values()), None)

    async def _find(self, sought: str) -> Answers[Waterfall | None]:
        return await ask_all(self._peers(), lambda peer: peer.request(sought), self._patience)


def _nobody_has_it() -> Response:
    return PlainTextResponse("No worker keeps this request.\n", 404)
