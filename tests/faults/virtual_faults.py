"""Faults of the upstreams in process, for tests on virtual time: each begins with its block and ends with it."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import orjson

from bff.errors import SourceError
from bff.lab.upstreams.people import PEOPLE
from bff.lab.upstreams.pseudonyms import Pseudonyms
from bff.lab.upstreams.services import SERVICES
from bff.transport import Request, Response
from tests.upstreams_in_process import PSEUDONYM_KEY, InProcessUpstreams, simulated

Answer = Callable[[Request], Response]

ASKED_EACH_TIME: Final[Mapping[str, str]] = {
    f"BFF_{name.upper()}__{option}": value
    for name in SERVICES
    for option, value in {"TTL": "0.001ms", "REVALIDATE": "0"}.items()
}
"""Settings with which each page asks again and waits, and stale values are kept nevertheless."""


@asynccontextmanager
async def answering(upstreams: InProcessUpstreams, name: str, answer: Answer) -> AsyncIterator[None]:
    """The upstream answers so."""
    upstreams.answers[name] = answer
    try:
        yield
    finally:
        del upstreams.answers[name]


@asynccontextmanager
async def failing(upstreams: InProcessUpstreams, name: str, error: SourceError) -> AsyncIterator[None]:
    """No call of the upstream succeeds."""
    upstreams.faults[name] = error
    try:
        yield
    finally:
        del upstreams.faults[name]


@asynccontextmanager
async def delayed(upstreams: InProcessUpstreams, name: str, seconds: float) -> AsyncIterator[None]:
    """The upstream takes so long for each answer."""
    upstreams.delays[name] = seconds
    try:
        yield
    finally:
        del upstreams.delays[name]


def status(number: int, **headers: str) -> Answer:
    """Every answer has that status; header names are written with dashes."""
    told = {header.replace("_", "-"): value for header, value in headers.items()}
    return lambda _: Response(number, told, b"no")


def healthy_items(name: str, request: Request) -> list[dict[str, Any]]:
    """What the simulated service would have said."""
    parts = urlsplit(request.url)
    items: list[dict[str, Any]] = orjson.loads(simulated(name).answer(f"{parts.path}?{parts.query}").body)
    return items


def viewer_of(name: str, request: Request) -> str | None:
    """For whom that upstream is asked, by id; None where it is not told."""
    told = asked_for(request, "user_id")
    return told and Pseudonyms(PSEUDONYM_KEY, name, _everybody).id_of(told)


def for_another(request: Request, viewer: str) -> Request:
    """The same for another viewer; where none is named, the same."""
    return Request(re.sub(r"user_id=[^&]*", f"user_id={viewer}", request.url), {}, 1, 1)


def asked_for(request: Request, parameter: str) -> str | None:
    """What a request says of it."""
    return parse_qs(urlsplit(request.url).query).get(parameter, [None])[0]


def _everybody() -> Iterable[str]:
    return map(str, range(1, PEOPLE + 1))
