"""What every answer tells a browser."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bff.settings.values import networks
from bff.web.proxies import Proxies
from bff.web.security_headers import EVERYWHERE, SecurityHeaders

PROXIES = Proxies(networks("10.0.0.0/8"))


async def data(_: Request) -> Response:
    return JSONResponse({})


async def page(_: Request) -> Response:
    return Response("", headers={"content-security-policy": "default-src 'self'", "x-content-type-options": "nosniff"})


async def broken(_: Request) -> Response:
    raise RuntimeError("password=hush")


def client(peer: str = "10.0.0.1") -> httpx.AsyncClient:
    app = SecurityHeaders(
        Starlette(routes=[Route("/", data), Route("/page", page), Route("/broken", broken)]), proxies=PROXIES
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://bff.test")


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/nothing", 404), ("/broken", 500)])
async def test_every_answer_has_them(path: str, status: int) -> None:
    async with client() as http:
        answer = await http.get(path)
    assert answer.status_code == status
    assert {name.decode(): value.decode() for name, value in EVERYWHERE}.items() <= dict(answer.headers).items()


async def test_what_an_answer_says_itself_stays() -> None:
    async with client() as http:
        answer = await http.get("/page")
    assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/", 405), ("GET", "/broken", 500)]
)
async def test_e1_whatever_is_wrong_says_nothing_of_our_insides(method: str, path: str, status: int) -> None:
    async with client() as http:
        answer = await http.request(method, path)
    assert answer.status_code == status
    assert answer.text in ("Not Found", "Method Not Allowed", "Internal Server Error")
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("peer", "told", "strict"),
    [
        ("10.0.0.1", "https", True),
        ("10.0.0.1", "HTTPS", True),
        ("10.0.0.1", "http, https", True),
        ("10.0.0.1", "https, http", False),
        ("10.0.0.1", "http", False),
        ("10.0.0.1", "", False),
        ("10.0.0.1", None, False),
        ("192.0.2.7", "https", False),
    ],
)
async def test_a_browser_that_came_by_https_is_told_to_stay_there(peer: str, told: str | None, strict: bool) -> None:
    async with client(peer) as http:
        answer = await http.get("/", headers={} if told is None else {"x-forwarded-proto": told})
    assert answer.headers.get("strict-transport-security") == ("max-age=31536000" if strict else None)


async def test_so_is_one_that_speaks_it_with_us() -> None:
    async with client("192.0.2.7") as http:
        answer = await http.get("https://bff.test/")
    assert "strict-transport-security" in answer.headers


async def test_it_can_stand_in_an_app_s_list() -> None:
    app = Starlette(routes=[Route("/", data)], middleware=[Middleware(SecurityHeaders, proxies=PROXIES)])
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test") as http,
    ):
        assert (await http.get("/")).headers["x-content-type-options"] == "nosniff"
