"""S1: a process that is told to end says so first, finishes what it has begun, and loses nothing."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import httpx

from tests.processes.watching import eventually
from tests.serving.no_retry_proxy import Proxy, proxied
from tests.serving.serving_process import Serving, serving

LEAD = {"BFF_DRAIN_LEAD": "500ms"}


def port_of(running: Serving) -> int:
    return urlsplit(running.page).port or 0


async def load(proxy: Proxy, over: asyncio.Event, *, at_once: int = 6) -> list[int]:
    """The statuses of all requests that clients make through the proxy until it is over."""
    statuses = []

    async def one(number: int) -> None:
        async with httpx.AsyncClient(timeout=10) as client:
            while not over.is_set():
                path = "slowly" if number == 0 else ""
                statuses.append((await client.get(f"http://127.0.0.1:{proxy.port}/{path}")).status_code)

    await asyncio.gather(*(one(number) for number in range(at_once)))
    return statuses


async def test_s1_sigterm_under_load_fails_no_request_of_a_proxy_that_retries_nothing() -> None:
    with serving(**LEAD) as first, serving(**LEAD) as second:
        async with proxied([port_of(first), port_of(second)]) as proxy:
            over = asyncio.Event()
            loading = asyncio.create_task(load(proxy, over))
            await asyncio.sleep(0.7)
            began = time.monotonic()
            first.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(first.process.wait, 30) == 0
            took = time.monotonic() - began
            over.set()
            statuses = await loading
    assert proxy.failed == []
    assert set(statuses) == {200}
    assert len(proxy.answered) == 2
    assert took < 5


async def test_s1_two_processes_that_are_rolled_one_after_the_other_fail_no_request() -> None:
    async with AsyncExitStack() as stack:
        before = [stack.enter_context(serving(**LEAD)) for _ in range(2)]
        proxy = await stack.enter_async_context(proxied([port_of(each) for each in before]))
        over = asyncio.Event()
        loading = asyncio.create_task(load(proxy, over))
        for place, old in enumerate(before):
            new = stack.enter_context(await asyncio.to_thread(lambda: serving(**LEAD)))
            proxy.backends.append(type(proxy.backends[0])(port_of(new)))
            await asyncio.sleep(0.3)
            old.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(old.process.wait, 30) == 0, place
        await asyncio.sleep(0.3)
        over.set()
        statuses = await loading
    assert proxy.failed == []
    assert set(statuses) == {200}
    assert len(proxy.answered) == 4


async def test_s1_workers_that_are_replaced_under_load_fail_no_request_without_any_lead() -> None:
    with serving(BFF_WORKERS="2") as fleet:
        async with proxied([port_of(fleet)]) as proxy:
            over = asyncio.Event()
            loading = asyncio.create_task(load(proxy, over))
            await asyncio.sleep(0.3)
            fleet.process.send_signal(signal.SIGHUP)
            await asyncio.to_thread(eventually, lambda: "All workers are replaced." in fleet.said())
            over.set()
            statuses = await loading
    assert proxy.failed == []
    assert set(statuses) == {200}


async def test_s1_readiness_goes_off_first_and_meanwhile_requests_are_answered() -> None:
    with serving(BFF_DRAIN_LEAD="1s") as one:
        async with httpx.AsyncClient(timeout=10) as client:
            assert (await client.get(f"{one.page}health/ready")).status_code == 200
            one.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.2)
            said = await client.get(f"{one.page}health/ready")
            async with httpx.AsyncClient(timeout=10) as newcomer:
                page = await newcomer.get(one.page)
            assert await asyncio.to_thread(one.process.wait, 10) == 0
    assert (said.status_code, said.text) == (503, "unready")
    assert page.status_code == 200
    assert "connection" not in page.headers, "it goes on as before, so that nobody has to hurry"


async def test_s1_all_workers_say_that_they_are_not_ready_before_any_of_them_drains() -> None:
    with serving(BFF_WORKERS="2", BFF_DRAIN_LEAD="1s") as fleet:
        fleet.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(httpx.AsyncClient(timeout=10)) for _ in range(8)]
            said = [await client.get(f"{fleet.page}health/ready") for client in clients]
            pages = [await client.get(fleet.page) for client in clients]
        assert await asyncio.to_thread(fleet.process.wait, 10) == 0
    assert {answer.text for answer in said} == {"unready"}
    assert {page.status_code for page in pages} == {200}


async def test_s1_a_second_sigterm_ends_it_at_once() -> None:
    with serving() as one:
        async with httpx.AsyncClient(timeout=30) as client:
            hanging = asyncio.create_task(client.get(f"{one.page}hanging"))
            await asyncio.sleep(0.3)
            one.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)
            assert one.process.poll() is None, "it waits for what hangs"
            began = time.monotonic()
            one.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(one.process.wait, 10) == 130
            took = time.monotonic() - began
            await asyncio.gather(hanging, return_exceptions=True)
        assert "Traceback" not in one.said()
    assert took < 1.5


async def test_s1_a_client_that_is_slow_with_its_request_does_not_keep_a_process_that_is_to_end() -> None:
    with serving(BFF_CONNECTIONS__HEADERS="500ms") as one:
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(one))
        writer.write(b"GET / HT")
        await asyncio.sleep(0.2)
        one.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(one.process.wait, 10) == 0
        writer.close()
