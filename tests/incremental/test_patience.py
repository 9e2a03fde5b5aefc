"""How long what is deferred waits: longer than a page, no longer than the page may take."""

import pytest

from bff.lab.upstreams.services import SERVICES
from tests.incremental.asking import DEFERRED, asked
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

NESTED = "{ landingPage { id messages { id ... @defer { sender { name } } } } }"


def deferred(name: str) -> str:
    return f"{{ landingPage {{ id ... @defer {{ {name} {{ id }} }} }} }}"


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        ({}, 2.0),
        ({"BFF_PAGE_DEADLINE": "1s"}, 1.0),
        ({"BFF_RECOMMENDATIONS__DEADLINE": "2.5s"}, 2.5),
    ],
)
async def test_a_deferred_section_waits_so_long(settings: dict[str, str], seconds: float) -> None:
    async with served(InProcessUpstreams(delays={"recommendations": 3600}), settings=settings) as app:
        answer = await asked(app)
    assert answer.times == [pytest.approx(0, abs=0.01), pytest.approx(seconds, abs=0.02)]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"users"}))
async def test_any_source_may_take_longer_for_what_is_deferred(name: str) -> None:
    """A page gives the others one second."""
    async with served(InProcessUpstreams(delays={name: 1.5})) as app:
        answer = await asked(app, deferred(name))
    assert answer.times[-1] == pytest.approx(1.5, abs=0.01)
    assert answer.frames[-1]["incremental"][0]["data"][name]


async def test_what_a_deferred_item_names_may_take_longer_too() -> None:
    async with served(InProcessUpstreams(delays={"users": 1.5})) as app:
        answer = await asked(app, NESTED)
    rows = [row for frame in answer.frames[1:] for row in frame["incremental"]]
    assert len(rows) == 10
    assert all(row["data"]["sender"]["name"] for row in rows)


async def test_it_waits_also_where_pages_do_not_wait_any_more() -> None:
    """Ten calls were late for a page's 0.3 s; who deferred loses nothing by waiting."""
    async with served(InProcessUpstreams(delays={"recommendations": 1})) as app:
        for user in range(2, 13):
            await asked(app, DEFERRED, variables={"defer": False}, viewer=str(user), accept="application/json")
        page = await asked(app, DEFERRED, variables={"defer": False}, viewer="20", accept="application/json")
        answer = await asked(app, viewer="21")
    assert page.times == [pytest.approx(0, abs=0.01)], "pages do not wait"
    assert answer.frames[-1]["incremental"][0]["data"]["recommendations"]


async def test_it_does_not_take_the_place_of_a_page_that_waits_to_see() -> None:
    async with served(InProcessUpstreams(delays={"recommendations": 1})) as app:
        json = "application/json"
        for user in range(2, 13):
            await asked(app, DEFERRED, variables={"defer": False}, viewer=str(user), accept=json)
        answers = [await asked(app, viewer=str(30 + number)) for number in range(6)]
        page = await asked(app, DEFERRED, variables={"defer": False}, viewer="50", accept=json)
    assert all(answer.frames[-1]["incremental"][0]["data"]["recommendations"] for answer in answers)
    assert page.times == [pytest.approx(0.3, abs=0.01)], "five seconds later one page waits"


async def test_full_bulkheads_bound_how_many_wait() -> None:
    settings = {"BFF_RECOMMENDATIONS__BULKHEAD__LIMIT": "1"}
    async with served(InProcessUpstreams(delays={"recommendations": 3600}), settings=settings) as app:
        await asked(app, viewer="1")  # its call goes on, for ten seconds
        answer = await asked(app, viewer="2")
    assert answer.times[-1] == pytest.approx(0, abs=0.01)
    [row] = answer.frames[-1]["extensions"]["sections"]
    assert (row["state"], row["code"]) == ("SHED", "BULKHEAD_FULL")
