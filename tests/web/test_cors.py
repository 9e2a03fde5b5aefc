"""What pages of other origins may send, and may read."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bff import read_settings
from bff.schema import page
from bff.web.compressed import Compressed
from bff.web.cors import SENT, SHOWN, cors

SHOP = "https://shop.example.com"
AUTH = {"BFF_AUTH__JWKS_URL": "https://login.test/keys", "BFF_AUTH__ISSUER": "x", "BFF_AUTH__AUDIENCE": "y"}
COOKIE = {**AUTH, "BFF_AUTH__COOKIE": "__Host-session"}
ALLOWED = {"BFF_CORS_ORIGINS": f"{SHOP},http://localhost:3000"}


async def shed(_: Request) -> Response:
    return JSONResponse({"errors": ["x" * 2_000]}, 503, {"retry-after": "1", "vary": "accept"})


def client(**settings: str) -> httpx.AsyncClient:
    middleware = cors(read_settings(page, settings))
    app = Starlette(routes=[Route("/graphql", shed, methods=["GET", "POST"])], middleware=middleware)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test")


async def preflight(
    http: httpx.AsyncClient, origin: str = SHOP, *, method: str = "POST", headers: str = "content-type"
) -> httpx.Response:
    asked = {"origin": origin, "access-control-request-method": method, "access-control-request-headers": headers}
    return await http.options("/graphql", headers=asked)


async def test_a_browser_that_asks_beforehand_is_told_what_may_be_sent() -> None:
    async with client(**ALLOWED) as http:
        answer = await preflight(http, headers=",".join(SENT))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert set(SENT) <= {each.strip().lower() for each in answer.headers["access-control-allow-headers"].split(",")}
    assert answer.headers["access-control-max-age"] == "7200"
    assert "origin" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    ("origin", "asked"),
    [
        ("https://evil.test", {}),
        ("null", {}),
        ("https://shop.example.com.evil.test", {}),
        (SHOP, {"method": "PUT"}),
        (SHOP, {"headers": "x-bff-admin-token"}),
        (SHOP, {"headers": "x-dev-user"}),
    ],
)
async def test_e3_anything_else_may_not_be_sent(origin: str, asked: dict[str, str]) -> None:
    async with client(**ALLOWED) as http:
        answer = await preflight(http, origin, **asked)
    assert answer.status_code == 400
    assert origin == SHOP or "access-control-allow-origin" not in answer.headers


async def test_a_refusal_can_be_read_too_with_the_headers_that_explain_it() -> None:
    async with client(**ALLOWED) as http:
        answer = await http.post("/graphql", headers={"origin": SHOP})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (503, SHOP)
    assert answer.headers["access-control-expose-headers"] == ", ".join(SHOWN)


async def test_e3_another_origin_can_read_nothing() -> None:
    async with client(**ALLOWED) as http:
        answer = await http.post("/graphql", headers={"origin": "https://evil.test"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(("auth", "told"), [({}, None), (AUTH, None), (COOKIE, "true")])
async def test_cookies_go_along_only_where_one_may_hold_the_token(auth: dict[str, str], told: str | None) -> None:
    async with client(**ALLOWED, **auth) as http:
        before, after = await preflight(http), await http.post("/graphql", headers={"origin": SHOP})
    assert before.headers.get("access-control-allow-credentials") == told
    assert after.headers.get("access-control-allow-credentials") == told
    assert after.headers["access-control-allow-origin"] == SHOP


async def test_without_allowed_origins_there_is_nothing_to_do() -> None:
    assert cors(read_settings(page, {})) == []


async def test_the_answer_varies_with_all_that_it_depends_on() -> None:
    [first] = cors(read_settings(page, ALLOWED))
    app = Starlette(routes=[Route("/graphql", shed, methods=["POST"])])
    app.add_middleware(Compressed)
    app.add_middleware(first.cls, *first.args, **first.kwargs)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test") as http:
        for headers in ({"origin": SHOP}, {"origin": "https://evil.test"}, {}):
            answer = await http.post("/graphql", headers=headers)
            assert answer.headers["content-encoding"] in ("gzip", "zstd")
            varies = {each.strip().lower() for each in answer.headers["vary"].split(",")}
            assert varies == {"accept", "accept-encoding", "origin"}
