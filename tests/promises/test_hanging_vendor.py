"""The story: the vendor hangs, and the page does not."""

import asyncio
from collections.abc import Iterator

import pytest
import redis.asyncio

from tests.promises.dev_run import DevRun, dev_run
from tests.promises.load import Page, many_pages, one_page, percentile

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]

CORE = ("viewer", "messages", "todos", "notifications")
USERS = [str(user) for user in range(1, 1001)]

RECOMMENDATIONS_DEADLINE = 0.3
LONGEST_CHAIN = (0.330 + 0.040) * 1.05
"""Messages, then their senders by ids; the simulated latencies spread by a twentieth."""

PROMISED = max(RECOMMENDATIONS_DEADLINE, LONGEST_CHAIN) + 0.050


@pytest.fixture
def run() -> Iterator[DevRun]:
    with dev_run() as started:
        yield started


ROUNDS = 6
"""A machine may be busy with something else for a round; a page that is slow is slow in all of them."""


def assert_whole_but_for_recommendations(pages: list[Page]) -> None:
    assert {page.status for page in pages} == {200}
    assert not [page for page in pages if "errors" in page.body]
    for page in pages:
        assert page.data["recommendations"] is None
        assert all(page.data[section] for section in CORE)


async def test_u1_a_thousand_pages_of_a_thousand_users_while_the_vendor_hangs(run: DevRun) -> None:
    run.tell("dev", "break", "recommendations", "hang")
    async with redis.asyncio.from_url(run.state.cache_url) as cache:
        for _ in range(ROUNDS):
            await cache.flushall()
            cold = await many_pages(run.url, USERS, at_once=50)
            warm = await many_pages(run.url, USERS, at_once=50)

            assert_whole_but_for_recommendations(cold)
            assert_whole_but_for_recommendations(warm)
            p99 = (percentile(cold, 0.99), percentile(warm, 0.99))
            print(f"p99: cold {p99[0]:.3f} s, warm {p99[1]:.3f} s, promised {PROMISED:.3f} s")
            if max(p99) <= PROMISED:
                return
    pytest.fail(f"p99 above the promised {PROMISED:.3f} s in each of {ROUNDS} rounds")


async def test_u1_the_next_page_of_a_user_has_what_came_too_late_for_the_last_one(run: DevRun) -> None:
    run.tell("dev", "break", "recommendations", "slow", "2s")
    first = await one_page(run.url, "77")
    assert first.states["recommendations"] == "TIMED_OUT"

    await asyncio.sleep(2.2)  # the vendor's own time: the answer comes after 2 s and a little
    second = await one_page(run.url, "77")

    assert second.states["recommendations"] == "CACHED"
    assert len(second.data["recommendations"]) == 5
