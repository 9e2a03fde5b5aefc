"""The admin listener's app, asked as a browser and Prometheus ask it."""

import base64
import hashlib
import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import httpx
import msgspec
import pytest

from bff.admin.app import admin_app
from bff.admin.peers import Peer
from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Wanted
from tests.admin import examples
from tests.admin.parsed import parsed, words
from tests.admin.peers_in_process import BrokenPeer, HangingPeer, ToldPeer

pytestmark = pytest.mark.virtual_time

TOKEN = "a secret: of ours"


def exposed(snapshots: Sequence[tuple[str, bytes]], accept: str | None) -> tuple[bytes, str]:
    return repr((list(snapshots), accept)).encode(), "text/plain; version=0.0.4; charset=utf-8"


def client(*peers: Peer, token: str | None = None) -> httpx.AsyncClient:
    app = admin_app(lambda: peers, token=token, exposition=exposed)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8001")


def listed(page: ET.Element) -> list[str]:
    """The ids of the requests that it leads to, in order."""
    links = [link.get("href", "") for link in page.iter("a")]
    return [link.rpartition("/")[2] for link in links if link.startswith("/debug/requests/")]


async def test_the_index_leads_to_everything() -> None:
    async with client(ToldPeer(), token=TOKEN) as admin:
        page = parsed((await admin.get("/")).text)
    links = {link.get("href") for link in page.iter("a")}
    assert {"/debug/requests", "/debug/requests?kind=slowest", "/metrics", "/health"} <= links


async def test_requests_of_all_workers_stand_in_one_list_newest_first() -> None:
    old, new = examples.whole(), msgspec.structs.replace(examples.hedged(), started=examples.STARTED + 5)
    async with client(ToldPeer("0", [old]), ToldPeer("1", [new])) as admin:
        page = parsed((await admin.get("/debug/requests")).text)
    assert listed(page) == ["hedged-1", "4f0c9a51d2"]


async def test_or_slowest_first() -> None:
    slow = msgspec.structs.replace(examples.vendor_hangs(), started=examples.STARTED - 3_000)
    async with client(ToldPeer("0", [examples.whole(), slow])) as admin:
        page = parsed((await admin.get("/debug/requests?kind=slowest")).text)
    assert listed(page)[0] == "b7e2d0c4a8f14c7d"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", Wanted()),
        ("kind=degraded", Wanted("degraded")),
        ("kind=bogus", Wanted()),
        ("operation=Landing&source=&status=", Wanted(operation="Landing")),
        ("kind=slowest&source=todos&status=TIMED_OUT", Wanted("slowest", source="todos", status="TIMED_OUT")),
        ("operation=%3Cb%3E", Wanted(operation="<b>")),
    ],
)
async def test_a_filter_is_handed_to_the_workers_and_stays_in_the_form(query: str, wanted: Wanted) -> None:
    peer = ToldPeer()
    async with client(peer) as admin:
        page = parsed((await admin.get(f"/debug/requests?{query}")).text)
    assert peer.wanted == wanted
    shown = {field.get("name"): field.get("value") for field in page.iter("input") if field.get("name") != "id"}
    assert shown == {
        "kind": wanted.kind,
        "operation": wanted.operation or "",
        "source": wanted.source or "",
        "status": wanted.status or "",
    }


async def test_a_worker_that_hangs_costs_a_second_and_its_own_requests() -> None:
    async with client(ToldPeer("0", [examples.whole()]), HangingPeer("1")) as admin:
        page = words(parsed((await admin.get("/debug/requests")).text))
        assert "Worker 1 did not answer in time" in page
        assert "109 ms" in page
        assert (await admin.get("/debug/requests/4f0c9a51d2")).status_code == 200
        missing = await admin.get("/debug/requests/unknown")
    assert missing.status_code == 404
    assert "Worker 1 did not answer in time" in missing.text


async def test_a_request_opens_whichever_worker_served_it() -> None:
    async with client(ToldPeer("0"), ToldPeer("1", [examples.vendor_hangs()])) as admin:
        answer = await admin.get("/debug/requests/b7e2d0c4a8f14c7d")
        assert "worker 1" in words(parsed(answer.text))
        as_json = await admin.get("/debug/requests/b7e2d0c4a8f14c7d.json")
        as_text = await admin.get("/debug/requests/b7e2d0c4a8f14c7d.mmd")
    assert as_json.headers["content-type"] == "application/json"
    assert msgspec.json.decode(as_json.content, type=Waterfall) == examples.vendor_hangs()
    assert as_text.text.startswith("sequenceDiagram\n")


@pytest.mark.parametrize("path", ["unknown", "unknown.json", "unknown.mmd", "%3Cscript%3Ealert(1)%3C/script%3E"])
async def test_what_nobody_keeps_is_not_found(path: str) -> None:
    async with client(ToldPeer()) as admin:
        answer = await admin.get(f"/debug/requests/{path}")
    assert answer.status_code == 404
    assert "<script" not in answer.text


async def test_an_id_leads_to_its_request() -> None:
    async with client(ToldPeer()) as admin:
        answer = await admin.get("/debug/requests", params={"id": " b7e2/../x "})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/debug/requests/b7e2%2F..%2Fx"


async def test_metrics_are_what_the_exposition_makes_of_the_snapshots() -> None:
    peers = (ToldPeer("0", snapshot=b"zero"), HangingPeer("1"), ToldPeer("2", snapshot=b"two"))
    async with client(*peers, token=TOKEN) as admin:
        answer = await admin.get("/metrics", headers={"accept": "application/openmetrics-text"})
    assert answer.text == "([('0', b'zero'), ('2', b'two')], 'application/openmetrics-text')"
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_health_tells_what_each_worker_says() -> None:
    async with client(ToldPeer("0", healthy={"pages": 3}), ToldPeer("1", healthy={"ready": True})) as admin:
        answer = await admin.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "workers": {"0": {"pages": 3}, "1": {"ready": True}}, "silent": []}


@pytest.mark.parametrize("other", [HangingPeer("1"), BrokenPeer("1"), ToldPeer("1", healthy={"ready": False})])
async def test_health_is_bad_where_one_worker_is_silent_or_not_ready(other: Peer) -> None:
    async with client(ToldPeer("0"), other) as admin:
        answer = await admin.get("/health")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False


def basic(password: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'anybody:{password}'.encode()).decode()}"}


PRIVATE = ["/debug/requests", "/debug/requests/x", "/debug/requests/x.json", "/debug", "/debug/"]


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize(
    "headers",
    [{}, basic("wrong"), basic(""), {"authorization": "Basic ???"}, {"authorization": f"Bearer {TOKEN}"}],
)
async def test_without_the_token_nothing_below_debug_is_seen(path: str, headers: dict[str, str]) -> None:
    async with client(ToldPeer("0", [examples.whole()]), token=TOKEN) as admin:
        answer = await admin.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert "Landing" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "[::1]:8001", "10.1.2.3", "localhost:8001", "bff.localhost"])
async def test_without_a_token_it_is_seen_by_address(host: str) -> None:
    async with client(ToldPeer("0", [examples.whole()])) as admin:
        assert (await admin.get("/debug/requests", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8001", "127.0.0.1.nip.io", "[::1", ""])
async def test_without_a_token_a_site_whose_name_leads_here_sees_nothing(host: str) -> None:
    async with client(ToldPeer("0", [examples.whole()])) as admin:
        answer = await admin.get("/debug/requests", headers={"host": host})
        assert answer.status_code == 421
        assert "BFF_ADMIN_TOKEN" in answer.text
        assert (await admin.get("/metrics", headers={"host": host})).status_code == 200


async def test_with_the_token_it_is_seen_whoever_asks() -> None:
    async with client(ToldPeer("0", [examples.whole()]), token=TOKEN) as admin:
        assert (await admin.get("/debug/requests", headers=basic(TOKEN))).status_code == 200


@pytest.mark.parametrize("path", ["/", "/metrics", "/health"])
async def test_the_rest_is_open(path: str) -> None:
    async with client(ToldPeer(), token=TOKEN) as admin:
        assert (await admin.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/debug/requests", "/debug/requests/4f0c9a51d2", "/metrics", "/nothing"])
async def test_every_answer_forbids_what_it_does_not_need(path: str) -> None:
    async with client(ToldPeer("0", [examples.whole()])) as admin:
        answer = await admin.get(path)
    policy = dict(rule.strip().partition(" ")[::2] for rule in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    for style in re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert policy["style-src"] == f"'sha256-{digest}'"
