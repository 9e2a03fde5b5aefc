"""What docs/incremental-delivery.md promises is so."""

import re
from pathlib import Path

import pytest

from tests.incremental.asking import asked
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

DOC = (Path(__file__).parent.parent.parent / "docs" / "incremental-delivery.md").read_text()
[QUERY] = re.findall(r"```graphql\n(.*?)```", DOC, re.DOTALL)
TABLE = DOC.partition("| `Accept` holds |")[2].partition("\n\n")[0]
ACCEPTS = [accept for line in TABLE.splitlines()[2:] for accept in re.findall(r"`([^`]+/[^`]+)`", line.split("|")[1])]


def test_the_table_is_read() -> None:
    assert len(ACCEPTS) == 6


@pytest.mark.parametrize("accept", ACCEPTS)
async def test_what_the_table_says_is_what_comes(accept: str) -> None:
    async with served(InProcessUpstreams(delays={"recommendations": 3600})) as app:
        answer = await asked(app, QUERY, accept=accept)
    assert answer.headers["content-type"].startswith(accept.partition(";")[0])
    if accept.startswith("application/"):
        [body] = answer.frames
        assert body["data"]["landingPage"]["status"] == {"state": "TIMED_OUT"}
        return
    first, last = answer.frames
    [row] = last["incremental"]
    assert row["data"] == {"recommendations": None, "status": {"state": "TIMED_OUT"}}
    assert ("pending" in first, "path" in row) == ((False, True) if "deferSpec" in accept else (True, False))


async def test_a_deferred_section_waits_as_long_as_its_setting_says() -> None:
    settings = {"BFF_RECOMMENDATIONS__DEFERRED_DEADLINE": "700ms"}
    async with served(InProcessUpstreams(delays={"recommendations": 3600}), settings=settings) as app:
        answer = await asked(app, QUERY)
    assert answer.times[-1] == pytest.approx(0.7, abs=0.02)
