"""Where each row goes, in both shapes, also where a fragment shares fields with what is there already."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.incremental.asking import MULTIPART, OF_2022, asked
from tests.incremental.putting_together import put_together
from tests.incremental.serving import served
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

SHARED = """{ landingPage { id messages(first: 3) { id }
  ... @defer(label: "more") { messages(first: 3) { subject sender { name } } todos(first: 2) { id } } } }"""

WHOLE = """{ landingPage { id messages(first: 3) { id subject sender { name } } todos(first: 2) { id } } }"""

TWICE = """{ landingPage { id
  ... @defer(label: "one") { messages(first: 2) { id } }
  ... @defer(label: "two") { messages(first: 2) { id subject } } } }"""


async def frames(query: str, accept: str) -> list[dict[str, Any]]:
    async with served(InProcessUpstreams()) as app:
        return (await asked(app, query, accept=accept)).frames


async def whole(query: str) -> Mapping[str, Any]:
    [body] = await frames(query, "application/json")
    found: Mapping[str, Any] = body["data"]
    return found


@pytest.mark.parametrize("accept", [MULTIPART, OF_2022])
@pytest.mark.parametrize("query", [SHARED, TWICE])
async def test_put_together_it_is_what_a_plain_answer_holds(query: str, accept: str) -> None:
    assert put_together(await frames(query, accept)) == await whole(query)


async def test_rows_of_today_go_below_their_fragment() -> None:
    _, last = await frames(SHARED, MULTIPART)
    places = [row.get("subPath") for row in last["incremental"]]
    assert sorted(filter(None, places)) == [["messages", 0], ["messages", 1], ["messages", 2]]
    assert places.count(None) == 1


async def test_a_fragment_of_2022_is_one_row_with_the_path_it_has_in_the_query() -> None:
    """Relay looks for a fragment's data where the fragment is."""
    _, last = await frames(SHARED, OF_2022)
    [row] = last["incremental"]
    assert (row["path"], row["label"]) == (["landingPage"], "more")
    assert len(row["data"]["messages"]) == 3
    assert all(message.keys() == {"subject", "sender"} for message in row["data"]["messages"])
    assert len(row["data"]["todos"]) == 2
