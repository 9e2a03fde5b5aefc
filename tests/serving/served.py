"""What `bff serve` does, with an app that is made in no time: `python -m tests.serving.served`.

Settings come by the environment. It says its addresses on stdout.
"""

import asyncio
import logging
import os
import sys
import time

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bff import Ask, BffError, Load, Page, Settings, Source, call, read_settings, section
from bff.web.readiness import Readiness
from bff.web.serving.addresses import Addresses
from bff.web.serving.alone import serve
from bff.web.serving.connections import Connections
from bff.web.serving.place import Place
from bff.web.serving.several import serve_as_worker, serve_by_workers
from tests.serving.told import Told


class Nothing(Source):
    """A page needs a source."""

    name = "nothing"

    @call
    async def answer(self, _: Ask, __: int) -> str:
        """Never asked."""
        return ""


@strawberry.type(description="Never asked for.")
class NoPage:
    """Never asked for."""

    @section(Nothing, str)
    async def answer(self, load: Load) -> str:
        """Never asked for."""
        return await load(Nothing.answer, 1)


PAGE = Page(NoPage, sources=(Nothing,))


async def who(_: Request) -> Response:
    """This process."""
    return PlainTextResponse(str(os.getpid()))


async def slowly(_: Request) -> Response:
    """This process, after half a second."""
    await asyncio.sleep(0.5)
    return PlainTextResponse(str(os.getpid()))


async def blocking(_: Request) -> Response:
    """A bug: nobody else is answered meanwhile."""
    time.sleep(2)  # noqa: ASYNC251 - the bug
    return PlainTextResponse("at last")


async def hanging(_: Request) -> Response:
    """Nothing that anybody waits for."""
    await asyncio.sleep(60)
    return PlainTextResponse("at last")


async def ready(request: Request) -> Response:
    """As /health/ready."""
    readiness: Readiness = request.app.state.readiness
    return PlainTextResponse("ready") if readiness.ready else PlainTextResponse("unready", 503)


async def connections(request: Request) -> Response:
    """Open ones, and those that were made."""
    counted: Connections = request.app.state.connections
    return PlainTextResponse(f"{counted.open} {counted.made}")


def app(number: str, settings: Settings | None = None) -> Starlette:
    """The app of one worker."""
    routes = [
        Route("/", who),
        Route("/slowly", slowly),
        Route("/blocking", blocking),
        Route("/hanging", hanging),
        Route("/health/ready", ready),
        Route("/connections", connections),
    ]
    made = Starlette(routes=routes)
    made.state.telemetry = Told(number)
    made.state.connections = Connections(*(() if settings is None else (settings.connections,)))
    made.state.readiness = Readiness(lead=0.0 if settings is None else settings.overload.lead)
    return made


def say(addresses: Addresses) -> None:
    """All of them."""
    print(addresses.page, addresses.admin, addresses.workers, flush=True)


def main() -> int:
    """As `bff serve`."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    place = Place.taken_from(os.environ)
    settings = read_settings(PAGE, os.environ)
    if place is not None:
        serve_as_worker(app(str(place.number), settings), place)
    elif settings.workers > 1:
        return serve_by_workers(settings, say)
    else:
        serve(app("0", settings), settings, say)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BffError as error:
        sys.exit(str(error))
