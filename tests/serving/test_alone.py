"""One process: the page in its main thread, the admin listener in another. Real sockets."""

import asyncio
import signal
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from bff import Settings, read_settings
from bff.errors import SettingsError
from bff.web.serving.addresses import Addresses
from bff.web.serving.alone import serve
from bff.web.serving.several import serve_by_workers
from tests.processes.watching import eventually
from tests.serving.served import PAGE, app
from tests.serving.serving_process import Serving, serving


@pytest.fixture(scope="module")
def one() -> Iterator[Serving]:
    """For tests that leave it as it was."""
    with serving() as process:
        yield process


async def test_metrics_and_debug_answer_while_the_pages_loop_stands_still(one: Serving) -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        blocked = asyncio.create_task(client.get(f"{one.page}blocking"))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        answers = [await client.get(f"{one.admin}{path}") for path in ("metrics", "debug/requests", "health")]
        took = time.monotonic() - began
        still_blocked = not blocked.done()
        assert (await blocked).text == "at last"

    assert still_blocked
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "bff_requests_total" in answers[0].text
    assert "request-0" in answers[1].text
    assert answers[2].json()["workers"]["0"]["thread"] == "bff-admin"
    assert took < 1.5


def test_connections_are_counted(one: Serving) -> None:
    with httpx.Client() as client:
        open_before, made_before = counts(client, one)
        with httpx.Client() as another:
            assert counts(another, one) == (open_before + 1, made_before + 1)
        eventually(lambda: counts(client, one) == (open_before, made_before + 1))


def counts(client: httpx.Client, one: Serving) -> tuple[int, int]:
    """Open connections, and those that were made."""
    is_open, made = client.get(f"{one.page}connections").text.split()
    return int(is_open), int(made)


async def test_while_the_page_drains_metrics_are_answered_and_so_is_what_is_on_its_way() -> None:
    with serving() as one:
        async with httpx.AsyncClient(timeout=10) as kept, httpx.AsyncClient(timeout=10) as client:
            first = await kept.get(one.page)
            slow = asyncio.create_task(client.get(f"{one.page}slowly"))
            await asyncio.sleep(0.2)
            one.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(eventually, lambda: refused(one.page))
            metrics = await client.get(f"{one.admin}metrics")
            last = await kept.get(one.page)
            assert (await slow).text == str(one.process.pid)
        assert metrics.status_code == 200
        assert "connection" not in first.headers
        assert last.headers["connection"] == "close"
        assert await asyncio.to_thread(one.process.wait, 10) == 0
    assert "Traceback" not in one.said()


def refused(url: str) -> bool:
    try:
        httpx.get(url, timeout=2)
    except httpx.ConnectError:
        return True
    except httpx.HTTPError:
        return False
    return False


def test_without_an_admin_listener_the_page_is_served_and_idle_connections_do_not_keep_it() -> None:
    with serving(BFF_ADMIN_PORT="off") as one, httpx.Client() as client:
        assert one.admin == "None"
        assert client.get(one.page).text == str(one.process.pid)
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(4) == 0


def by_one(settings: Settings) -> None:
    serve(app("0"), settings, nothing_is_announced)


def by_several(settings: Settings) -> None:
    serve_by_workers(settings, nothing_is_announced)


def nothing_is_announced(_: Addresses) -> None:
    pytest.fail("it serves")


both = pytest.mark.parametrize("start", [by_one, by_several])


@both
@pytest.mark.parametrize("name", ["BFF_PORT", "BFF_ADMIN_PORT"])
def test_a_port_in_use_is_a_sentence_and_nothing_is_served(name: str, start: Callable[[Settings], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = read_settings(PAGE, {"BFF_PORT": "0", "BFF_ADMIN_PORT": "0", "BFF_WORKERS": "2", name: str(port)})
        with pytest.raises(SettingsError) as caught:
            start(settings)
    assert f"and {name}: cannot listen on 127.0.0.1 port {port}: Address already in use. Choose another" in (
        str(caught.value)
    )


@both
def test_one_port_for_both_listeners_is_a_sentence(start: Callable[[Settings], None]) -> None:
    settings = read_settings(PAGE, {"BFF_PORT": "8001", "BFF_ADMIN_PORT": "8001"})
    with pytest.raises(SettingsError, match="BFF_PORT and BFF_ADMIN_PORT are both 8001: each listener needs its own"):
        start(settings)
