"""E5: who asks. Whatever is wrong with a token, it is one refusal that shows nothing of it."""

import base64
import logging
import time
import traceback
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers

from bff.errors import Unauthenticated
from bff.web.presented_token import MAX_TOKEN
from bff.web.viewer import JwtViewer
from tests.web.key_ring import Ring
from tests.web.tokens import (
    AUTH,
    PrivateKey,
    by_hand,
    claims,
    curve_key,
    edwards_key,
    rsa_key,
    shown,
    token,
    with_the_public_key_as_secret,
)

KEYS: list[PrivateKey] = [rsa_key("one"), curve_key("one"), edwards_key("one")]


async def viewer(authorization: str | None, key: PrivateKey | None = None) -> str:
    headers = {} if authorization is None else {"authorization": authorization}
    return await JwtViewer(AUTH, Ring(one=key or rsa_key("one")))(headers)


async def refusal(authorization: str | None, key: PrivateKey | None = None) -> str:
    with pytest.raises(Unauthenticated) as caught:
        await viewer(authorization, key)
    return "".join(traceback.format_exception(caught.value))


async def test_the_subject_of_a_good_token_is_the_viewer() -> None:
    assert await viewer(f"Bearer {token()}") == "7"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
async def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    assert await viewer(f"{scheme} {token()}") == "7"


@pytest.mark.parametrize("key", KEYS, ids=["RS256", "ES256", "EdDSA"])
async def test_each_kind_of_key_has_one_algorithm(key: PrivateKey) -> None:
    assert await viewer(f"Bearer {token(key)}", key) == "7"


@pytest.mark.parametrize("signer", KEYS, ids=["RS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("key", KEYS, ids=["an RSA key", "an EC key", "an Ed25519 key"])
async def test_a_key_is_used_with_no_other_algorithm(signer: PrivateKey, key: PrivateKey) -> None:
    if signer is not key:
        assert "The token is not valid here: sign in again." in await refusal(f"Bearer {token(signer)}", key)


@pytest.mark.parametrize("key", KEYS, ids=["RSA", "EC", "Ed25519"])
async def test_a_public_key_is_nobody_s_secret(key: PrivateKey) -> None:
    forged = with_the_public_key_as_secret(key, claims())
    assert "The token is not valid here: sign in again." in await refusal(f"Bearer {forged}", key)


async def test_keys_that_a_token_brings_along_are_not_looked_at() -> None:
    brought = {"jwk": shown(rsa_key("two")), "jku": "http://evil.test/keys", "x5u": "http://evil.test/x5", "x5c": ["x"]}
    forged = jwt.encode(claims(), rsa_key("two"), "RS256", {"kid": "one", **brought})
    assert "The token is not valid here: sign in again." in await refusal(f"Bearer {forged}")
    honest = jwt.encode(claims(), rsa_key("one"), "RS256", {"kid": "one", **brought})
    assert await viewer(f"Bearer {honest}") == "7"


async def test_of_several_authorizations_none_is_chosen() -> None:
    headers = Headers(raw=[(b"authorization", f"Bearer {token(sub=sub)}".encode()) for sub in ("7", "8")])
    with pytest.raises(Unauthenticated, match="several"):
        await JwtViewer(AUTH, Ring(one=rsa_key("one")))(headers)


async def test_a_token_for_several_audiences_is_good_for_each() -> None:
    assert await viewer(f"Bearer {token(aud=['other', 'bff'])}") == "7"


async def test_clocks_may_differ_a_little() -> None:
    assert await viewer(f"Bearer {token(exp=int(time.time()) - 5, iat=int(time.time()) + 5)}") == "7"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic dTpw", "token abc"])
async def test_without_a_token_one_is_asked_for(authorization: str | None) -> None:
    assert "Sign in: send a token as `Authorization: Bearer …`." in await refusal(authorization)


def headed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode() + ".e30.eA"


BAD = {
    "garbage": lambda: "garbage",
    "three parts of garbage": lambda: "a.b.c",
    "text that is not ASCII": lambda: "ä.ö.ü",
    "spaces": lambda: f"{token()} {token()}",
    "alg none": lambda: by_hand({"alg": "none", "kid": "one"}, claims(), b""),
    "HS256 with the public key": lambda: with_the_public_key_as_secret(rsa_key("one"), claims()),
    "RS512": lambda: jwt.encode(claims(), rsa_key("one"), "RS512", {"kid": "one"}),
    "PS256": lambda: jwt.encode(claims(), rsa_key("one"), "PS256", {"kid": "one"}),
    "an algorithm that is no text": lambda: by_hand({"alg": ["RS256"], "kid": "one"}, claims()),
    "a header nested deeply": lambda: headed(b"[" * 4_000),
    "a header with a huge number": lambda: headed(b"9" * 5_000),
    "a header that is a list": lambda: by_hand([], claims()),
    "a header that says what has to be understood": lambda: jwt.encode(
        claims(), rsa_key("one"), "RS256", {"kid": "one", "crit": ["exp"], "exp": 1}
    ),
    "no algorithm": lambda: by_hand({"kid": "one"}, claims()),
    "a key id that is no text": lambda: by_hand({"alg": "RS256", "kid": {"a": 1}}, claims()),
    "a signature of another key": lambda: token(rsa_key("two")),
    "a signature that is cut": lambda: token()[:-20],
    "another audience": lambda: token(aud="other"),
    "no audience": lambda: token(aud=None),
    "another issuer": lambda: token(iss="https://evil.test/"),
    "no issuer": lambda: token(iss=None),
    "no expiry": lambda: token(exp=None),
    "an expiry that is no number": lambda: token(exp="later"),
    "an expiry without end": lambda: token(exp=float("inf")),
    "not yet valid": lambda: token(nbf=int(time.time()) + 600),
    "no subject": lambda: token(sub=None),
    "a subject that is a number": lambda: by_hand({"alg": "RS256", "kid": "one"}, claims(sub=7)),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
async def test_a_bad_token_is_refused(make: Any) -> None:
    assert "The token is not valid here: sign in again." in await refusal(f"Bearer {make()}")


async def test_an_expired_token_is_refused_as_such() -> None:
    assert "The token has expired: sign in again." in await refusal(f"Bearer {token(exp=int(time.time()) - 60)}")


async def test_an_oversized_token_is_refused_before_it_is_looked_at() -> None:
    assert f"longer than {MAX_TOKEN} characters" in await refusal(f"Bearer {token(more='x' * MAX_TOKEN)}")


async def test_a_key_that_the_issuer_does_not_show_is_refused() -> None:
    assert "no such key" in await refusal(f"Bearer {token(key_id='two')}")


@pytest.mark.parametrize("subject", ["", "x" * 201, "7\r\nx-user: 8", "7\x00", "\ud800"])
async def test_a_subject_that_names_nobody_is_refused(subject: str) -> None:
    assert "The token names no user." in await refusal(f"Bearer {token(sub=subject)}")


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
async def test_no_part_of_a_bad_token_is_shown_or_logged(make: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bad = make()
    shown = await refusal(f"Bearer {bad}") + caplog.text
    assert not [part for part in bad.split(".") if len(part) > 8 and part in shown]


@settings(deadline=None)
@given(st.text(max_size=300) | st.binary(max_size=300).map(headed))
async def test_whatever_is_sent_is_a_viewer_or_a_refusal(sent: str) -> None:
    with pytest.raises(Unauthenticated):
        await viewer(f"Bearer {sent}")
