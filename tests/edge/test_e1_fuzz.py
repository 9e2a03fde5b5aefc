"""E1: requests that nobody means well, in the short form; `make fuzz` throws them for ten minutes."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette

from tests.fuzz.edge import app_under_test, ask, healthy, objections
from tests.fuzz.found import FOUND
from tests.fuzz.requests import Sent, requests


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@pytest.fixture(scope="module")
def app(runner: asyncio.Runner) -> Iterator[Starlette]:
    one = app_under_test()
    lifespan = one.router.lifespan_context(one)
    runner.run(_begun(lifespan))
    yield one
    runner.run(_ended(lifespan))


async def _begun(lifespan: AbstractAsyncContextManager[object]) -> None:
    await lifespan.__aenter__()


async def _ended(lifespan: AbstractAsyncContextManager[object]) -> None:
    await lifespan.__aexit__(None, None, None)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(sent=requests)
def test_e1_whatever_is_sent_the_answer_is_no_fault_of_ours(runner: asyncio.Runner, app: Starlette, sent: Sent) -> None:
    assert objections(runner.run(ask(app, sent))) == []


def test_e1_the_page_is_served_after_all_that(runner: asyncio.Runner, app: Starlette) -> None:
    assert runner.run(ask(app, healthy())).status == 200


@pytest.mark.parametrize("sent", FOUND.values(), ids=FOUND)
def test_e1_what_was_found_once_stays_mended(runner: asyncio.Runner, app: Starlette, sent: Sent) -> None:
    assert objections(runner.run(ask(app, sent))) == []
