"""E5: a bad token is a 401 with a code and nothing else, a key server that is down logs nobody out, and no line of log
holds a token.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import jwt
import pytest

from bff import create_app, read_settings
from bff.errors import DeadlineExceeded, SourceError, UpstreamFailed, UpstreamUnreachable
from bff.events import Event
from bff.schema import page as landing_page
from bff.telemetry.log.page_log import PageLog
from bff.transport import Request, Response
from bff.web.keys import FRESH_FOR
from bff.web.presented_token import MAX_TOKEN
from tests.page_client import Answered, PageClient, client_of
from tests.upstreams_in_process import URLS, InProcessUpstreams
from tests.web.tokens import (
    AUTH,
    PrivateKey,
    by_hand,
    claims,
    curve_key,
    edwards_key,
    key_set,
    rsa_key,
    shown,
    token,
    with_the_public_key_as_secret,
)

pytestmark = pytest.mark.virtual_time

COOKIE = "__Host-session"
QUERY = "{ landingPage { viewer { id } } }"
KEYS: dict[str, PrivateKey] = {"rsa": rsa_key("one"), "curve": curve_key("one"), "edwards": edwards_key("one")}
SETTINGS = {
    **URLS,
    "BFF_AUTH__JWKS_URL": AUTH.jwks_url,
    "BFF_AUTH__ISSUER": AUTH.issuer,
    "BFF_AUTH__AUDIENCE": AUTH.audience,
    "BFF_AUTH__COOKIE": COOKIE,
}


def signed(kind: str = "rsa", **changes: Any) -> str:
    return token(KEYS[kind], kind, **changes)


class Upstreams(InProcessUpstreams):
    """And the server that shows the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = key_set(*(shown(key, kind) for kind, key in KEYS.items()))
        self.answers["login"] = self._login

    def _login(self, _: Request) -> Response:
        return Response(200, {}, self.keys)


@asynccontextmanager
async def serving(upstreams: Upstreams, told: list[Event] | None = None) -> AsyncIterator[PageClient]:
    app = create_app(
        landing_page,
        read_settings(landing_page, SETTINGS),
        transport=upstreams,
        listeners=(PageLog(healthy=1), (told if told is not None else []).append),
        watch_loop=False,
    )
    async with client_of(app) as client:
        yield client


async def asked(client: PageClient, given: str) -> Answered:
    return await client.ask(QUERY, headers={"authorization": f"Bearer {given}"})


def refused(answer: Answered) -> bool:
    """As every refusal of a token looks."""
    [error] = answer.body.pop("errors")
    assert answer.body == {}
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert set(error) == {"message", "extensions"}
    assert answer.headers["www-authenticate"].startswith("Bearer")
    return answer.status == 401


def viewer(answer: Answered) -> str:
    assert answer.status == 200, answer.body
    return str(answer.page["viewer"]["id"])


BAD: Mapping[str, Callable[[], str]] = {
    "expired": lambda: signed(exp=int(time.time()) - 60),
    "unsigned (alg none)": lambda: by_hand({"alg": "none", "kid": "rsa"}, claims(), b""),
    "unsigned (alg None, in any case)": lambda: by_hand({"alg": "NoNe", "kid": "rsa"}, claims(), b""),
    "for another audience": lambda: signed(aud="other"),
    "by another issuer": lambda: signed(iss="https://evil.test/"),
    "not yet valid": lambda: signed(nbf=int(time.time()) + 600),
    "oversized": lambda: signed(more="x" * MAX_TOKEN),
    "without end": lambda: "a" * 60_000,
    "garbage": lambda: "garbage.garbage.garbage",
    "of another user, put under a good signature": lambda: ".".join(
        part.split(".")[at] for at, part in enumerate((signed(), signed(sub="8"), signed()))
    ),
    "HS256 with the RSA key as secret": lambda: with_the_public_key_as_secret(KEYS["rsa"], claims()),
    "HS256 with the EC key as secret": lambda: with_the_public_key_as_secret(KEYS["curve"], claims()),
    "ES256 in the name of the RSA key": lambda: token(KEYS["curve"], "rsa"),
    "RS256 in the name of the Ed25519 key": lambda: token(KEYS["rsa"], "edwards"),
    "RS512": lambda: jwt.encode(claims(), rsa_key("one"), "RS512", {"kid": "rsa"}),
    "with its own key": lambda: jwt.encode(
        claims(), rsa_key("two"), "RS256", {"kid": "rsa", "jwk": shown(rsa_key("two")), "jku": "http://evil.test/"}
    ),
    "with something that has to be understood": lambda: jwt.encode(
        claims(), rsa_key("one"), "RS256", {"kid": "rsa", "crit": ["b64"], "b64": True}
    ),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
async def test_e5_a_bad_token_is_a_401_with_a_code_and_asks_no_upstream(make: Callable[[], str]) -> None:
    upstreams = Upstreams()
    async with serving(upstreams) as client:
        assert refused(await asked(client, make()))
        cookie = make()
        assert refused(await client.ask(QUERY, headers={"cookie": f"{COOKIE}={cookie}"}))
    assert set(upstreams.calls) <= {"login"}


@pytest.mark.parametrize("kind", KEYS)
async def test_e5_a_good_token_of_each_kind_says_who_asks_in_a_header_or_a_cookie(kind: str) -> None:
    async with serving(Upstreams()) as client:
        assert viewer(await asked(client, signed(kind))) == "7"
        assert viewer(await client.ask(QUERY, headers={"cookie": f"a=b; {COOKIE}={signed(kind, sub='8')}"})) == "8"


async def test_e5_a_cookie_counts_only_without_an_authorization_and_only_once() -> None:
    async with serving(Upstreams()) as client:
        cookie = f"{COOKIE}={signed()}"
        assert refused(await client.ask(QUERY, headers={"cookie": cookie, "authorization": "Basic dTpw"}))
        assert refused(await client.ask(QUERY, headers={"cookie": f"{cookie}; {cookie}"}))
        assert refused(await client.ask(QUERY))


DOWN: Mapping[str, SourceError] = {
    "refuses": UpstreamUnreachable("no connection could be made"),
    "hangs": DeadlineExceeded("late"),
    "fails": UpstreamFailed("the upstream answered 503"),
}


@pytest.mark.parametrize("trouble", DOWN.values(), ids=DOWN)
async def test_e5_a_key_server_that_is_down_logs_nobody_out(trouble: SourceError) -> None:
    upstreams = Upstreams()
    async with serving(upstreams) as client:
        assert viewer(await asked(client, signed())) == "7"
        upstreams.faults["login"] = trouble
        for _ in range(20):
            await asyncio.sleep(FRESH_FOR)
            assert viewer(await asked(client, signed(jti=str(time.time())))) == "7"


@pytest.mark.parametrize("shows", [b"", b"<html>", b'{"keys": []}', b'{"keys": [{"kty": "RSA"}]}', b"[" * 10_000])
async def test_e5_a_key_server_that_shows_nonsense_logs_nobody_out(shows: bytes) -> None:
    upstreams = Upstreams()
    async with serving(upstreams) as client:
        assert viewer(await asked(client, signed())) == "7"
        upstreams.keys = shows
        for _ in range(3):
            await asyncio.sleep(FRESH_FOR)
            assert viewer(await asked(client, signed(jti=str(time.time())))) == "7"


@pytest.mark.parametrize("trouble", DOWN.values(), ids=DOWN)
async def test_e5_with_never_a_key_it_is_a_401_and_over_soon_after_there_is_one(trouble: SourceError) -> None:
    upstreams = Upstreams()
    upstreams.faults["login"] = trouble
    async with serving(upstreams) as client:
        assert refused(await asked(client, signed()))
        upstreams.faults.clear()
        await asyncio.sleep(2)
        assert viewer(await asked(client, signed())) == "7"


async def test_e5_keys_that_strangers_make_up_cost_the_key_server_next_to_nothing() -> None:
    upstreams = Upstreams()
    async with serving(upstreams) as client:
        for number in range(300):
            assert refused(await asked(client, token(rsa_key("two"), f"made-up-{number}")))
            await asyncio.sleep(0.1)
    assert upstreams.calls["login"] <= 1 + 3


async def test_e5_no_token_is_in_any_log_or_event(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[Event] = []
    tokens = [signed(kind, sub=f"user-{kind}") for kind in KEYS] + [make() for make in BAD.values()]
    upstreams = Upstreams()
    async with serving(upstreams, told) as client:
        for one in tokens:
            await asked(client, one)
            await client.ask(QUERY, headers={"cookie": f"{COOKIE}={one}"})
        upstreams.faults["login"] = UpstreamUnreachable("no connection could be made")
        await asyncio.sleep(FRESH_FOR)
        await asked(client, token(rsa_key("two"), "unknown"))
    assert caplog.records
    everything = caplog.text + repr([vars(record) for record in caplog.records]) + repr(told)
    parts = {part for one in tokens for part in one.split(".") if len(part) > 8}
    assert not [part for part in parts if part in everything]
    assert "user-rsa" not in everything
    assert "garbage" not in everything
