"""Each upstream in turn broken over real sockets: only its section is null, with the right code."""

import itertools
from collections.abc import Iterator

import pytest

from bff.lab.upstreams.services import SERVICES
from tests.promises.dev_run import DevRun, dev_run
from tests.promises.load import one_page

pytestmark = pytest.mark.timeout(120)

SECTION_OF = {"users": "viewer", **{name: name for name in SERVICES if name != "users"}}
FAULTS = {
    ("refuse",): "UPSTREAM_UNREACHABLE",
    ("error", "500"): "UPSTREAM_ERROR",
    ("garbage",): "UPSTREAM_INVALID",
    ("hang",): "DEADLINE_EXCEEDED",
}


@pytest.fixture(scope="module")
def run() -> Iterator[DevRun]:
    # nothing is kept, so that each page asks every upstream
    with dev_run(**{f"BFF_{name.upper()}__TTL": "0s" for name in SERVICES}) as started:
        yield started


@pytest.fixture
def user(users: Iterator[int]) -> str:
    """A user of this test's own: another one's page would join the calls that still hang."""
    return str(next(users))


@pytest.fixture(scope="module")
def users() -> Iterator[int]:
    return itertools.count(1)


@pytest.mark.parametrize("fault", FAULTS, ids=" ".join)
@pytest.mark.parametrize("name", SERVICES)
async def test_a_broken_upstream_costs_its_own_section(
    run: DevRun, user: str, name: str, fault: tuple[str, ...]
) -> None:
    run.tell("dev", "break", name, *fault)
    try:
        page = await one_page(run.url, user)
    finally:
        run.tell("dev", "mend", name)

    lost = SECTION_OF[name]
    rows = {tuple(row["path"]): row for row in page.body["extensions"]["sections"]}
    assert page.status == 200
    assert "errors" not in page.body
    assert page.data[lost] is None
    assert rows["landingPage", lost]["code"] == FAULTS[fault]
    assert all(page.data[section] for section in set(SECTION_OF.values()) - {lost})


async def test_with_all_five_down_the_answer_says_that_there_is_no_page(run: DevRun, user: str) -> None:
    for name in SERVICES:
        run.tell("dev", "break", name, "refuse")
    try:
        page = await one_page(run.url, user)
    finally:
        run.tell("dev", "mend")

    assert page.status == 200
    assert [page.data[section] for section in SECTION_OF.values()] == [None] * 5
    assert len(page.body["extensions"]["sections"]) == 5
    assert [error["extensions"]["code"] for error in page.body["errors"]] == ["PAGE_UNAVAILABLE"]


async def test_a_source_can_be_broken_for_one_request_alone(run: DevRun, user: str) -> None:
    broken = await one_page(run.url, user, {"x-dev-break": "recommendations=error 503, todos=refuse"})
    whole = await one_page(run.url, user)

    assert broken.states["recommendations"] == broken.states["todos"] == "UNAVAILABLE"
    assert set(whole.states.values()) == {"LIVE"}
