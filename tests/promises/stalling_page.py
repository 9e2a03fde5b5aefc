"""A page with a bug: its one source blocks the event loop.

`python -m tests.promises.stalling_page PORT SECONDS [ADMIN_PORT]`
"""

import logging
import sys
import time
from collections.abc import Mapping

import strawberry

from bff import Ask, Load, Page, Source, call, create_app, read_settings, section
from bff.web.serving.alone import serve


class Blocking(Source):
    """Says nothing for a while, and lets nobody else speak."""

    name = "blocking"

    @call
    async def answer(self, _: Ask, milliseconds: int) -> str:
        """After so long."""
        time.sleep(milliseconds / 1000)  # noqa: ASYNC251 - the bug
        return "at last"


@strawberry.type(description="One section.")
class StallingPage:
    """Never in time."""

    @section(Blocking, str)
    async def answer(self, load: Load) -> str:
        """At last."""
        return await load(Blocking.answer, int(float(sys.argv[2]) * 1000))


class Anybody:
    """Everybody is user 1."""

    async def __call__(self, _: Mapping[str, str], /) -> str:
        return "1"


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    page = Page(StallingPage, sources=(Blocking,))
    ports = {"BFF_PORT": sys.argv[1], "BFF_ADMIN_PORT": "off" if len(sys.argv) < 4 else sys.argv[3]}
    settings = read_settings(page, {"BFF_BLOCKING__URL": "http://127.0.0.1:1", **ports})
    serve(create_app(page, settings, identify=Anybody()), settings, lambda _: None)
