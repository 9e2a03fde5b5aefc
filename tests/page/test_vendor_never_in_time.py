"""A vendor that takes 2 s for every call meets no deadline, ever; users who come back see what it says all the same."""

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from bff.transport import Request, Response
from tests.page_client import PageClient, landing
from tests.upstreams_in_process import InProcessUpstreams, simulated

pytestmark = pytest.mark.virtual_time

QUERY = "{ landingPage { recommendations { id } } }"
SECONDS = 240.0
BEFORE_IT_IS_KNOWN = 16
"""Pages: ten whose calls are late, and those that come while the tenth waits 0.3 s."""

ONE = simulated("recommendations").answer("/recommendations?user_id=1&limit=5").body


def says_the_same_to_all(_: Request) -> Response:
    return Response(200, {"content-type": "application/json"}, ONE)


@dataclass
class Visits:
    """What users saw, by how often they had been there: whether the section was there, and how long the page took."""

    seen: dict[int, list[bool]] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)

    async def visit(self, client: PageClient, user: int, number: int) -> None:
        clock = asyncio.get_running_loop().time
        started = clock()
        answer = await client.ask(QUERY, viewer=str(user))
        self.seen.setdefault(number, []).append(answer.page["recommendations"] is not None)
        self.waited.append(clock() - started)

    def share(self, number: int) -> float:
        """Of visits with this number that showed the section."""
        return sum(self.seen[number]) / len(self.seen[number])


async def user_reloads(client: PageClient, visits: Visits, user: int, dice: random.Random, until: float) -> None:
    """A first visit, then one every 10 to 90 s, for as long as the test lasts."""
    clock = asyncio.get_running_loop().time
    number = 1
    while clock() < until:
        await visits.visit(client, user, number)
        number += 1
        await asyncio.sleep(dice.uniform(10, 90))


async def test_more_than_nine_in_ten_second_visits_show_it_and_only_probes_wait() -> None:
    """Ten new users a second, who come at random: at times more than there are slots for."""
    dice = random.Random(7)  # noqa: S311 - seeded, so that a run can be had again
    visits = Visits()
    upstreams = InProcessUpstreams(delays={"recommendations": 2}, answers={"recommendations": says_the_same_to_all})
    async with landing(upstreams) as client, asyncio.TaskGroup() as users:
        user = 0
        while asyncio.get_running_loop().time() < SECONDS:
            user += 1
            users.create_task(user_reloads(client, visits, user, dice, SECONDS))
            await asyncio.sleep(dice.expovariate(10))

    assert len(visits.seen[2]) > 1_000
    assert visits.share(2) > 0.9
    assert sum(waited > 0.01 for waited in visits.waited) <= BEFORE_IT_IS_KNOWN + SECONDS / 5
