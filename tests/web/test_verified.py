"""A token that was good is believed for a minute, and no longer than it or its key is good."""

import time
from typing import Any

import jwt
import pytest

from bff.errors import Unauthenticated
from bff.timeline import clock
from bff.web import verified
from bff.web.verified import BELIEVED_FOR
from bff.web.viewer import LEEWAY, JwtViewer
from tests.web.key_ring import Ring
from tests.web.tokens import AUTH, edwards_key, token

TIMES = pytest.MonkeyPatch


def ring() -> Ring:
    return Ring(one=edwards_key("one"))


def signed(**changes: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {token(edwards_key('one'), **changes)}"}


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signatures were checked."""
    checked: list[str] = []
    decode = jwt.decode

    def noted(given: str, *arguments: object, **options: object) -> object:
        checked.append(given)
        return decode(given, *arguments, **options)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(jwt, "decode", noted)
    return checked


async def test_a_token_s_signature_is_checked_once(checks: list[str]) -> None:
    identify = JwtViewer(AUTH, ring())
    headers, others = signed(), signed(sub="8")
    assert [await identify(headers) for _ in range(5)] == ["7"] * 5
    assert await identify(others) == "8"
    assert len(checks) == 2


async def test_after_a_minute_it_is_checked_anew(checks: list[str], monkeypatch: TIMES) -> None:
    identify, headers = JwtViewer(AUTH, ring()), signed()
    await identify(headers)
    now = clock.now()
    for later, checked in ((BELIEVED_FOR - 1, 1), (BELIEVED_FOR + 1, 2)):
        monkeypatch.setattr(clock, "now", lambda later=later: now + later)
        await identify(headers)
        assert len(checks) == checked


async def test_one_that_expires_meanwhile_is_not_believed(checks: list[str], monkeypatch: TIMES) -> None:
    now = time.time()
    identify, headers = JwtViewer(AUTH, ring()), signed(exp=int(now) + 5)
    for later, checked in ((0, 1), (5 + LEEWAY - 2, 1), (5 + LEEWAY + 1, 2)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        await identify(headers)
        assert len(checks) == checked


async def test_one_whose_key_is_gone_is_refused() -> None:
    keys = ring()
    identify, headers = JwtViewer(AUTH, keys), signed()
    await identify(headers)
    keys.keys.clear()
    with pytest.raises(Unauthenticated, match="no such key"):
        await identify(headers)


async def test_one_whose_key_is_another_now_is_refused() -> None:
    keys = ring()
    identify, headers = JwtViewer(AUTH, keys), signed()
    await identify(headers)
    keys.keys = Ring(one=edwards_key("two")).keys
    with pytest.raises(Unauthenticated, match="not valid"):
        await identify(headers)


async def test_a_bad_token_is_not_kept(checks: list[str]) -> None:
    identify, headers = JwtViewer(AUTH, ring()), signed(aud="other")
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await identify(headers)
    assert len(checks) == 3


async def test_so_many_are_kept_and_the_oldest_make_room(checks: list[str], monkeypatch: TIMES) -> None:
    monkeypatch.setattr(verified, "MOST", 3)
    identify = JwtViewer(AUTH, ring())
    tokens = [signed(sub=f"user-{number}") for number in range(5)]
    for headers in tokens:
        await identify(headers)
    assert len(identify._verified._proofs) == 3
    checks.clear()
    for headers in (*tokens[2:], tokens[0]):
        await identify(headers)
    assert len(checks) == 1


async def test_no_token_is_kept_itself() -> None:
    identify, headers = JwtViewer(AUTH, ring()), signed()
    await identify(headers)
    whole = headers["authorization"].removeprefix("Bearer ")
    kept = repr(identify._verified._proofs)
    assert not [part for part in whole.split(".") if part in kept]
