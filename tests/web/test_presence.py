"""Work goes on for as long as its client is there."""

import asyncio

import pytest
from starlette.types import Message

from bff.web.presence import ClientGone, while_present

pytestmark = pytest.mark.virtual_time


class Client:
    """The end of a connection: `leave` closes it."""

    def __init__(self) -> None:
        self._left = asyncio.Event()

    async def receive(self) -> Message:
        await self._left.wait()
        return {"type": "http.disconnect"}

    def leave(self) -> None:
        self._left.set()


async def never(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        ended.append("cancelled")
        raise


async def soon(value: str) -> str:
    await asyncio.sleep(1)
    return value


async def test_the_result_is_that_of_the_work() -> None:
    assert await while_present(Client().receive, soon("page")) == "page"


async def test_an_error_is_that_of_the_work() -> None:
    async def fail() -> None:
        raise ValueError("bug")

    with pytest.raises(ValueError, match="bug"):
        await while_present(Client().receive, fail())


async def test_when_the_client_leaves_the_work_is_cancelled() -> None:
    client, ended = Client(), list[str]()
    asyncio.get_running_loop().call_later(1, client.leave)
    with pytest.raises(ClientGone):
        await while_present(client.receive, never(ended))
    assert ended == ["cancelled"]


async def test_a_client_that_has_left_before_costs_nothing() -> None:
    client = Client()
    client.leave()
    with pytest.raises(ClientGone):
        await while_present(client.receive, never([]))


async def test_work_that_ends_as_the_client_leaves_is_not_lost() -> None:
    client = Client()
    asyncio.get_running_loop().call_later(1, client.leave)
    assert await while_present(client.receive, soon("page")) == "page"


async def test_what_else_the_client_sends_does_not_end_the_work() -> None:
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]
    client = Client()

    async def receive() -> Message:
        return messages.pop() if messages else await client.receive()

    assert await while_present(receive, soon("page")) == "page"


async def test_work_that_is_cancelled_from_outside_is_cancelled() -> None:
    ended: list[str] = []
    waiting = asyncio.create_task(while_present(Client().receive, never(ended)))
    await asyncio.sleep(1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == ["cancelled"]
