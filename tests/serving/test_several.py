"""Several processes behind one page, and one admin listener that speaks for all of them. Real processes and sockets."""

import asyncio
import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.processes.watching import alive, eventually
from tests.serving.serving_process import Serving, serving


@pytest.fixture(scope="module")
def two() -> Iterator[Serving]:
    """For all tests here: after each of them it serves as before."""
    with serving(BFF_WORKERS="2") as process:
        yield process


def workers(running: Serving) -> dict[str, int]:
    """Each worker's process, by its number."""
    told = httpx.get(f"{running.admin}health").json()["workers"]
    return {number: said["process"] for number, said in told.items()}


async def test_one_admin_listener_speaks_for_all_of_them_also_while_one_stands_still(two: Serving) -> None:
    processes = workers(two)
    assert processes.keys() == {"0", "1"}
    async with httpx.AsyncClient(timeout=10) as client:
        blocked = asyncio.create_task(client.get(f"{two.page}blocking"))
        await asyncio.sleep(0.2)
        metrics = (await client.get(f"{two.admin}metrics")).text
        listed = (await client.get(f"{two.admin}debug/requests")).text
        opened = [await client.get(f"{two.admin}debug/requests/request-{each}") for each in "01"]
        still_blocked = not blocked.done()
        await blocked

    assert still_blocked
    assert 'bff_requests_total{code="",status="200"} 2.0' in metrics
    assert "request-0" in listed
    assert "request-1" in listed
    assert [page.status_code for page in opened] == [200, 200]


async def test_no_request_fails_while_all_workers_are_replaced(two: Serving) -> None:
    before = workers(two)
    replaced = asyncio.Event()

    async def ask(client: httpx.AsyncClient) -> list[str]:
        answers = []
        while not replaced.is_set():
            answer = await client.get(two.page)
            assert answer.status_code == 200
            answers.append(answer.text)
        return answers

    async with httpx.AsyncClient(timeout=10) as kept_alive:
        asking = [asyncio.create_task(ask(kept_alive)) for _ in range(4)]
        two.process.send_signal(signal.SIGHUP)
        await asyncio.to_thread(eventually, lambda: "All workers are replaced." in two.said())
        replaced.set()
        answers = [answer for each in asking for answer in await each]

    after = await asyncio.to_thread(workers, two)
    assert before.keys() == after.keys()
    assert not {*before.values()} & {*after.values()}
    assert {*answers} <= {str(pid) for pid in (*before.values(), *after.values())}


def test_a_worker_that_was_killed_is_told_silent_until_there_is_another(two: Serving) -> None:
    before = workers(two)
    os.kill(before["1"], signal.SIGKILL)
    eventually(lambda: httpx.get(f"{two.admin}health").json()["silent"] == ["1"])
    eventually(lambda: workers(two).keys() == {"0", "1"})
    assert workers(two)["0"] == before["0"]


async def test_pages_under_way_are_finished_when_all_of_it_is_told_to_end() -> None:
    with serving(BFF_WORKERS="2") as two:
        processes = workers(two)
        async with httpx.AsyncClient(timeout=10) as client:
            slow = asyncio.create_task(client.get(f"{two.page}slowly"))
            await asyncio.sleep(0.2)
            two.process.send_signal(signal.SIGTERM)
            assert (await slow).status_code == 200
        assert await asyncio.to_thread(two.process.wait, 10) == 0
        assert not any(alive(pid) for pid in processes.values())


def test_a_killed_parent_leaves_no_worker() -> None:
    with serving(BFF_WORKERS="2") as two:
        processes = workers(two)
        two.process.kill()
        eventually(lambda: not any(alive(pid) for pid in processes.values()))
