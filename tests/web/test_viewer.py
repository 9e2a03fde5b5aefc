"""E5: who asks. Whatever is wrong with a token, it is one refusal that shows nothing of it."""

import base64
import json
import logging
import time
import traceback
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.errors import Unauthenticated
from bff.web.viewer import MAX_TOKEN, JwtViewer
from tests.web.tokens import AUTH, claims, public_pem, rsa_key, token


class OneKey:
    """A key ring of one."""

    async def get(self, key_id: str | None, /) -> Any:
        if key_id != "one":
            raise Unauthenticated("no such key")
        return rsa_key("one").public_key()


async def viewer(authorization: str | None) -> str:
    headers = {} if authorization is None else {"authorization": authorization}
    return await JwtViewer(AUTH, OneKey())(headers)


async def refusal(authorization: str | None) -> str:
    with pytest.raises(Unauthenticated) as caught:
        await viewer(authorization)
    return "".join(traceback.format_exception(caught.value))


async def test_the_subject_of_a_good_token_is_the_viewer() -> None:
    assert await viewer(f"Bearer {token()}") == "7"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
async def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    assert await viewer(f"{scheme} {token()}") == "7"


async def test_a_token_for_several_audiences_is_good_for_each() -> None:
    assert await viewer(f"Bearer {token(aud=['other', 'bff'])}") == "7"


async def test_clocks_may_differ_a_little() -> None:
    assert await viewer(f"Bearer {token(exp=int(time.time()) - 5, iat=int(time.time()) + 5)}") == "7"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic dTpw", "token abc"])
async def test_without_a_token_one_is_asked_for(authorization: str | None) -> None:
    assert "Sign in: send a token as `Authorization: Bearer …`." in await refusal(authorization)


def by_hand(header: object, body: object, signature: bytes = b"x") -> str:
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def headed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode() + ".e30.eA"


def with_the_public_key_as_secret() -> str:
    """HS256, for which a naive server would use the public key as the secret."""
    header = {"alg": "HS256", "kid": "one"}
    unsigned = by_hand(header, claims()).rpartition(".")[0]
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = mac.sign(unsigned.encode(), public_pem(rsa_key("one")))
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


BAD = {
    "garbage": lambda: "garbage",
    "three parts of garbage": lambda: "a.b.c",
    "text that is not ASCII": lambda: "ä.ö.ü",
    "spaces": lambda: f"{token()} {token()}",
    "alg none": lambda: by_hand({"alg": "none", "kid": "one"}, claims(), b""),
    "HS256 with the public key": with_the_public_key_as_secret,
    "RS512": lambda: jwt.encode(claims(), rsa_key("one"), "RS512", {"kid": "one"}),
    "PS256": lambda: jwt.encode(claims(), rsa_key("one"), "PS256", {"kid": "one"}),
    "an algorithm that is no text": lambda: by_hand({"alg": ["RS256"], "kid": "one"}, claims()),
    "a header nested deeply": lambda: headed(b"[" * 4_000),
    "a header with a huge number": lambda: headed(b"9" * 5_000),
    "a header that is a list": lambda: by_hand([], claims()),
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


@pytest.mark.parametrize("subject", ["", "x" * 201])
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
