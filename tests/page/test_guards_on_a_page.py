"""What breaker, bulkhead, retry and switch come to on a whole page."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from bff.errors import SourceError, UpstreamFailed
from bff.lab.upstreams.services import SERVICES
from bff.transport import Request, Response
from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams, simulated

pytestmark = pytest.mark.virtual_time

RECOMMENDATIONS = "{ landingPage { recommendations { id } } }"
FAILED = UpstreamFailed("the upstream answered 500")


async def test_a_breaker_opens_on_failures_and_closes_one_sleep_after_they_end() -> None:
    upstreams = InProcessUpstreams(faults={"recommendations": FAILED})
    async with landing(upstreams) as client:
        for viewer in range(1, 31):
            await client.ask(RECOMMENDATIONS, viewer=str(viewer))
        open_ = await client.ask(RECOMMENDATIONS, viewer="31")
        calls = upstreams.calls["recommendations"]
        upstreams.faults.clear()
        await client.ask(RECOMMENDATIONS, viewer="32")
        still = upstreams.calls["recommendations"]
        await asyncio.sleep(5)
        back = await client.ask(RECOMMENDATIONS, viewer="33")

    row = open_.row("recommendations")
    assert (row["state"], row["code"]) == ("SHED", "BREAKER_OPEN")
    assert 0 < row["retryAfterMs"] <= 5000
    assert calls == still == 20
    assert back.row("recommendations")["state"] == "LIVE"


async def test_a_breaker_opens_on_calls_that_hang_and_not_on_those_that_are_only_late() -> None:
    upstreams = InProcessUpstreams(delays={"recommendations": 3})
    async with landing(upstreams) as client:
        pages = [client.ask(RECOMMENDATIONS, viewer=str(viewer)) for viewer in range(1, 26)]
        await asyncio.gather(*pages)
        await asyncio.sleep(4)
        late = await client.ask(RECOMMENDATIONS, viewer="26")
        await asyncio.sleep(4)
        upstreams.delays["recommendations"] = 3600
        await asyncio.gather(*(client.ask(RECOMMENDATIONS, viewer=str(viewer)) for viewer in range(27, 52)))
        await asyncio.sleep(10.1)
        hung = await client.ask(RECOMMENDATIONS, viewer="52")

    assert late.row("recommendations")["code"] == "DEADLINE_EXCEEDED"
    assert hung.row("recommendations")["code"] == "BREAKER_OPEN"


async def test_an_optional_source_with_every_slot_taken_is_shed_at_once() -> None:
    upstreams = InProcessUpstreams(delays={"recommendations": 2})
    async with landing(upstreams) as client:
        loop = asyncio.get_running_loop()
        pages = [asyncio.create_task(client.ask(RECOMMENDATIONS, viewer=str(viewer))) for viewer in range(1, 26)]
        await asyncio.sleep(0.1)
        started = loop.time()
        shed = await client.ask(RECOMMENDATIONS, viewer="26")
        took = loop.time() - started
        await asyncio.gather(*pages)

    assert (shed.row("recommendations")["state"], shed.row("recommendations")["code"]) == ("SHED", "BULKHEAD_FULL")
    assert took < 0.001


@pytest.mark.parametrize("guard", ["breaker", "bulkhead"])
async def test_a_guard_in_report_only_mode_refuses_nothing_and_says_what_it_would_have(guard: str) -> None:
    told: list[Any] = []
    upstreams = InProcessUpstreams(faults={"recommendations": FAILED})
    settings = {f"BFF_RECOMMENDATIONS__{guard.upper()}__MODE": "report-only"}
    if guard == "bulkhead":
        upstreams = InProcessUpstreams(delays={"recommendations": 0.2})
        settings["BFF_RECOMMENDATIONS__BULKHEAD__LIMIT"] = "20"
    async with landing(upstreams, settings=settings, listeners=[told.append]) as client:
        pages = [client.ask(RECOMMENDATIONS, viewer=str(viewer)) for viewer in range(1, 41)]
        await asyncio.gather(*pages)
        more = [await client.ask(RECOMMENDATIONS, viewer=str(viewer)) for viewer in range(41, 46)]

    said = [event for event in told if type(event).__name__ == "WouldHaveRefused"]
    assert {(event.source, event.guard) for event in said} == {("recommendations", guard)}
    assert not {row["code"] for page in more for row in page.rows} & {"BREAKER_OPEN", "BULKHEAD_FULL"}


class FailsOnce:
    """An upstream whose first answer to each request is an error."""

    def __init__(self, name: str, error: SourceError) -> None:
        self._name = name
        self._error = error
        self._seen: set[str] = set()

    def __call__(self, request: Request) -> Response:
        if request.url not in self._seen:
            self._seen.add(request.url)
            raise self._error
        parts = urlsplit(request.url)
        answer = simulated(self._name).answer(f"{parts.path}?{parts.query}")
        return Response(answer.status, {}, answer.body)


@pytest.mark.parametrize("name", SERVICES)
async def test_u4_a_failure_that_passes_is_retried_unseen(name: str) -> None:
    upstreams = InProcessUpstreams(answers={name: FailsOnce(name, FAILED)})
    async with landing(upstreams) as client:
        answer = await client.ask()

    assert set(answer.states().values()) == {"LIVE"}


@pytest.mark.parametrize("name", SERVICES)
async def test_a_source_that_is_switched_off_is_disabled_and_costs_no_call(name: str) -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams, settings={f"BFF_{name.upper()}__ENABLED": "off"}) as client:
        answer = await client.ask()

    section = "viewer" if name == "users" else name
    row = answer.row("landingPage", section)
    assert (row["state"], row["code"]) == ("DISABLED", "DISABLED")
    assert answer.page[section] is None
    assert "errors" not in answer.body
    assert upstreams.calls[name] == 0


async def test_what_is_left_of_the_work_bound_is_told_upstream() -> None:
    upstreams = InProcessUpstreams()
    async with landing(upstreams) as client:
        await client.ask("{ landingPage { messages { id } recommendations { id } } }")

    told = {urlsplit(request.url).hostname: request.headers["x-deadline-ms"] for request in upstreams.requests}
    assert told == {"messages.test": "2000", "recommendations.test": "10000"}


async def test_where_no_cache_is_filled_what_is_left_of_the_pages_wait_is_told_upstream() -> None:
    upstreams = InProcessUpstreams(delays={"messages": 0.5})
    settings = {"BFF_USERS__TTL": "0", "BFF_PAGE_DEADLINE": "900ms"}
    async with landing(upstreams, settings=settings) as client:
        await client.ask("{ landingPage { messages { sender { name } } } }")

    [users] = [request for request in upstreams.requests if "users" in request.url]
    assert users.headers["x-deadline-ms"] in ("399", "400")


async def test_a_budget_that_a_trusted_proxy_names_shortens_the_page() -> None:
    upstreams = InProcessUpstreams(delays=dict.fromkeys(SERVICES, 3600.0))
    async with landing(upstreams, settings={"BFF_TRUSTED_PROXIES": "127.0.0.1"}) as client:
        started = asyncio.get_running_loop().time()
        answer = await client.ask(headers={"x-deadline-ms": "150"})
        took = asyncio.get_running_loop().time() - started

    assert took == pytest.approx(0.1, abs=0.02)
    assert {row["code"] for row in answer.rows} == {"DEADLINE_EXCEEDED"}


async def test_requests_that_are_broken_on_purpose_open_no_breaker_and_have_no_page_stop_waiting() -> None:
    def broken(request: Request) -> Response:
        return Response(503 if "x-dev-break" in request.headers else 200, {}, b"[]")

    def faults_of(headers: Mapping[str, str]) -> Mapping[str, str]:
        return {"recommendations": headers["x-dev-break"]} if "x-dev-break" in headers else {}

    upstreams = InProcessUpstreams(answers={"recommendations": broken})
    async with landing(upstreams, faults_of=faults_of) as client:
        for viewer in range(1, 41):
            page = await client.ask(RECOMMENDATIONS, viewer=str(viewer), headers={"x-dev-break": "error 503"})
            assert page.row("recommendations")["code"] == "UPSTREAM_ERROR"
        whole = await client.ask(RECOMMENDATIONS)

    assert whole.row("recommendations")["state"] == "LIVE"
    assert upstreams.calls["recommendations"] == 41


async def test_while_a_source_hangs_and_its_breaker_is_open_each_call_is_a_probe_of_the_breakers() -> None:
    told: list[Any] = []
    upstreams = InProcessUpstreams(delays={"recommendations": 3600})
    async with landing(upstreams, listeners=[told.append]) as client:
        await asyncio.gather(*(client.ask(RECOMMENDATIONS, viewer=str(viewer)) for viewer in range(1, 26)))
        await asyncio.sleep(11)
        calls, moves = upstreams.calls["recommendations"], len(told)
        for number in range(600):
            await client.ask(RECOMMENDATIONS, viewer=str(26 + number))
            await asyncio.sleep(0.1)
        attempts = upstreams.calls["recommendations"] - calls

    probes = [event for event in told[moves:] if getattr(event, "state", None) == "half-open"]
    assert attempts == len(probes)
    assert 11 <= attempts <= 13, "one each 5 s, of 60"


async def test_attempts_that_take_all_of_their_own_timeout_open_the_breaker() -> None:
    upstreams = InProcessUpstreams(delays={"recommendations": 3600})
    settings = {"BFF_RECOMMENDATIONS__ATTEMPT_TIMEOUT": "500ms", "BFF_RECOMMENDATIONS__RETRY__MOST": "0"}
    async with landing(upstreams, settings=settings) as client:
        await asyncio.gather(*(client.ask(RECOMMENDATIONS, viewer=str(viewer)) for viewer in range(1, 26)))
        await asyncio.sleep(1)
        answer = await client.ask(RECOMMENDATIONS, viewer="26")

    assert answer.row("recommendations")["code"] == "BREAKER_OPEN"


async def test_the_failure_that_opens_the_breaker_is_told_as_what_it_is() -> None:
    upstreams = InProcessUpstreams(faults={"recommendations": FAILED})
    codes = []
    async with landing(upstreams, settings={"BFF_RECOMMENDATIONS__RETRY__SHARE": "100%"}) as client:
        for viewer in range(1, 16):
            answer = await client.ask(RECOMMENDATIONS, viewer=str(viewer))
            codes.append(answer.row("recommendations")["code"])

    assert codes == ["UPSTREAM_ERROR"] * 10 + ["BREAKER_OPEN"] * 5, "two attempts for each page, until there were 20"
    assert upstreams.calls["recommendations"] == 20
