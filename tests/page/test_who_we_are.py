"""What upstreams are told of us and of our users, read off the wire."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from bff.events import Event
from bff.lab.upstreams.pseudonyms import pseudonym
from bff.lab.upstreams.services import SERVICES
from bff.pseudonyms import Pseudonyms
from bff.transport.over_pyreqwest import PyreqwestTransport
from tests.page_client import PageClient, landing
from tests.transport.raw_server import Play, answer, raw_server, read_head
from tests.upstreams_in_process import PSEUDONYM_KEY, simulated

VIEWER = "907"
REQUEST = {"x-request-id": "request-907", "accept-language": "de", "authorization": "Bearer of-the-user"}
SECRETS = {
    "BFF_RECOMMENDATIONS__BEARER": "s3cret-token",
    "BFF_TODOS__API_KEY__HEADER": "x-api-key",
    "BFF_TODOS__API_KEY__VALUE": "s3cret-key",
}


@dataclass
class Vendors:
    """The five upstreams and the heads of the requests that each of them got."""

    client: PageClient
    heads: dict[str, list[str]]
    events: list[Event] = field(default_factory=list)

    def headers(self, name: str) -> list[dict[str, str]]:
        """Of each request that one got, names in lower case."""
        return [dict(_pairs(head)) for head in self.heads[name]]

    def queries(self, name: str) -> list[dict[str, list[str]]]:
        return [parse_qs(urlsplit(head.split(" ")[1]).query) for head in self.heads[name]]


def _pairs(head: str) -> list[tuple[str, str]]:
    lines = (line.partition(":") for line in head.split("\r\n")[1:] if line)
    return [(name.lower(), value.strip()) for name, _, value in lines]


def answers(name: str, heads: list[str]) -> Play:
    """As the simulated one does, and says which request it answers."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            heads.append(await read_head(reader))
            told = simulated(name).answer(heads[-1].split(" ")[1])
            request_id = dict(_pairs(heads[-1]))["x-request-id"]
            writer.write(answer(told.status, told.body, content_type="application/json", x_request_id=request_id))
            await writer.drain()

    return play


@asynccontextmanager
async def vendors(settings: Mapping[str, str] | None = None) -> AsyncIterator[Vendors]:
    heads: dict[str, list[str]] = {name: [] for name in SERVICES}
    urls: dict[str, str] = {}
    events: list[Event] = []
    async with AsyncExitStack() as stack:
        for name in SERVICES:
            server = await stack.enter_async_context(raw_server(answers(name, heads[name])))
            urls[f"BFF_{name.upper()}__URL"] = server.url
            urls[f"BFF_{name.upper()}__DEADLINE"] = "2s"  # no busy machine makes a section late
        transport = PyreqwestTransport()
        client = await stack.enter_async_context(
            landing(transport, settings={**urls, **(settings or {})}, listeners=[events.append])
        )
        yield Vendors(client, heads, events)


async def test_a_vendor_gets_pseudonyms_and_nothing_of_the_house() -> None:
    async with vendors() as they:
        page = await they.client.ask(viewer=VIEWER, headers=REQUEST)
    [headers], [query] = they.headers("recommendations"), they.queries("recommendations")

    assert len(page.page["recommendations"]) == 5
    assert set(headers) <= {"accept", "accept-encoding", "host", "user-agent", "x-deadline-ms", "x-request-id"}
    assert query["user_id"] == [pseudonym(PSEUDONYM_KEY, "recommendations", VIEWER)]
    assert headers["x-request-id"] == Pseudonyms(PSEUDONYM_KEY, "recommendations").request("request-907")
    [head] = they.heads["recommendations"]
    assert VIEWER not in head.replace(headers["host"], "")


async def test_what_a_vendor_recommends_leads_to_the_viewers_own() -> None:
    query = """{ landingPage { recommendations(first: 12) {
        ... on SendMessage { message { id } } ... on CompleteTodo { todo { id } } } } }"""
    async with vendors() as they:
        page = await they.client.ask(query, viewer=VIEWER)
    found = [each.get("message") or each.get("todo") for each in page.page["recommendations"]]
    ids = {each["id"] for each in found if each}
    assert len(ids) == 8
    assert all(each.removeprefix("m").removeprefix("t").startswith(f"{VIEWER}-") for each in ids)


async def test_those_of_the_house_get_what_they_always_got() -> None:
    async with vendors() as they:
        await they.client.ask(viewer=VIEWER, headers=REQUEST)
    for name in SERVICES[:-1]:
        for headers in they.headers(name):
            assert headers["x-request-id"] == "request-907"
            assert headers["traceparent"].startswith("00-")
            assert not {"authorization", "accept-language"} & headers.keys()
    for name in ("messages", "todos", "notifications"):
        assert {tuple(query["user_id"]) for query in they.queries(name)} == {(VIEWER,)}


async def test_each_gets_its_own_credentials_and_nobody_elses() -> None:
    async with vendors(SECRETS) as they:
        page = await they.client.ask(viewer=VIEWER, headers=REQUEST)
    assert {headers.get("authorization") for headers in they.headers("recommendations")} == {"Bearer s3cret-token"}
    assert {headers.get("x-api-key") for headers in they.headers("todos")} == {"s3cret-key"}
    for name in SERVICES:
        told = " ".join(they.heads[name])
        assert name == "recommendations" or "s3cret-token" not in told
        assert name == "todos" or "s3cret-key" not in told
        assert "of-the-user" not in told
    assert "s3cret" not in repr(page)
    assert "s3cret" not in repr(they.events)


async def test_a_vendor_is_traced_where_that_is_asked_for() -> None:
    async with vendors({"BFF_RECOMMENDATIONS__TRACE": "on"}) as they:
        await they.client.ask(viewer=VIEWER)
    [headers] = they.headers("recommendations")
    assert headers["traceparent"].startswith("00-")


async def test_what_is_forwarded_comes_as_it_was_and_makes_answers_differ() -> None:
    settings = {"BFF_MESSAGES__FORWARDS": "accept-language", "BFF_RECOMMENDATIONS__FORWARDS": "accept-language"}
    async with vendors(settings) as they:
        for language in ("de", "en", "de", None):
            await they.client.ask(viewer=VIEWER, headers={"accept-language": language} if language else {})
    for name in ("messages", "recommendations"):
        newest = [
            headers for headers, query in zip(they.headers(name), they.queries(name), strict=True) if "ids" not in query
        ]
        # the second German page was cached; whoever says nothing gets what nobody's language has changed
        assert [headers.get("accept-language") for headers in newest] == ["de", "en", None]
    assert {headers.get("accept-language") for headers in they.headers("todos")} == {None}
    assert len([query for query in they.queries("todos") if "ids" not in query]) == 1, "cached for all languages"


@pytest.mark.parametrize("language", ["a\tb", "x" * 1_001])
async def test_a_header_that_cannot_be_sent_on_costs_nothing(language: str) -> None:
    async with vendors({"BFF_MESSAGES__FORWARDS": "accept-language"}) as they:
        page = await they.client.ask(viewer=VIEWER, headers={"accept-language": language})
    assert set(page.states().values()) == {"LIVE"}
    assert {headers.get("accept-language") for headers in they.headers("messages")} == {None}


async def test_u16_a_vendor_that_echoes_another_requests_id_is_not_believed() -> None:
    async def echoes_ours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = simulated("recommendations").answer((await read_head(reader)).split(" ")[1])
        writer.write(answer(told.status, told.body, x_request_id="request-907"))
        await writer.drain()

    async with raw_server(echoes_ours) as server, vendors({"BFF_RECOMMENDATIONS__URL": server.url}) as they:
        page = await they.client.ask(viewer=VIEWER, headers=REQUEST)
    assert page.row("recommendations")["code"] == "UPSTREAM_INVALID"
