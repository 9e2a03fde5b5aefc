"""Where a token comes from: the header, or else one cookie, read strictly."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from bff.errors import Unauthenticated
from bff.web.presented_token import ASKED_FOR, MAX_COOKIES, MAX_TOKEN, presented_token

COOKIE = "__Host-session"


def lines(*cookies: str, authorization: str | None = None) -> Headers:
    """As a server hands them over: each line by itself."""
    raw = [(b"cookie", cookie.encode("latin-1")) for cookie in cookies]
    if authorization is not None:
        raw.append((b"authorization", authorization.encode()))
    return Headers(raw=raw)


def refusal(headers: Headers, cookie: str | None = COOKIE) -> str:
    with pytest.raises(Unauthenticated) as caught:
        presented_token(headers, cookie)
    return str(caught.value)


@pytest.mark.parametrize(
    "cookie",
    [
        f"{COOKIE}=abc",
        f"theme=dark; {COOKIE}=abc; lang=de",
        f"theme=dark;{COOKIE}=abc",
        f" {COOKIE} = abc ",
        f"{COOKIE}=abc; {COOKIE.lower()}=x; x{COOKIE}=y; {COOKIE}",
        f'odd="; {COOKIE}=abc; "',
    ],
)
def test_the_cookie_of_that_name_holds_it(cookie: str) -> None:
    assert presented_token(lines(cookie), COOKIE) == "abc"


def test_it_is_found_in_any_line() -> None:
    assert presented_token(lines("theme=dark", f"{COOKIE}=abc"), COOKIE) == "abc"


def test_what_stands_behind_another_equals_sign_is_part_of_it() -> None:
    assert presented_token(lines(f"{COOKIE}=a=b=="), COOKIE) == "a=b=="


@pytest.mark.parametrize("cookies", [(f"{COOKIE}=abc; {COOKIE}=abc",), (f"{COOKIE}=abc", f"{COOKIE}=def")])
def test_of_two_cookies_of_that_name_none_is_chosen(cookies: tuple[str, ...]) -> None:
    told = refusal(lines(*cookies))
    assert told == f"The cookie {COOKIE} is there 2 times: sign in again."


@pytest.mark.parametrize("cookies", [(), ("theme=dark",), (f"{COOKIE}=",), (COOKIE,), (f"{COOKIE.upper()}=abc",)])
def test_without_one_a_token_is_asked_for(cookies: tuple[str, ...]) -> None:
    assert refusal(lines(*cookies)) == ASKED_FOR


@pytest.mark.parametrize("authorization", ["", "Basic dTpw", "Bearer", "Bearer "])
def test_where_there_is_an_authorization_no_cookie_counts(authorization: str) -> None:
    assert refusal(lines(f"{COOKIE}=abc", authorization=authorization)) == ASKED_FOR
    assert presented_token(lines(f"{COOKIE}=abc", authorization="Bearer def"), COOKIE) == "def"


def test_where_no_cookie_is_named_none_counts() -> None:
    assert refusal(lines(f"{COOKIE}=abc"), None) == ASKED_FOR


def test_what_is_too_long_is_not_read() -> None:
    assert refusal(lines(f"{COOKIE}={'x' * (MAX_TOKEN + 1)}")) == f"The token is longer than {MAX_TOKEN} characters."
    assert "longer" in refusal(lines(*["y" * (MAX_COOKIES // 2 + 1)] * 2, f"{COOKIE}=abc"))


@given(st.lists(st.text(alphabet="ab=;, \t\"'\\%\x00é", max_size=40), max_size=5))
def test_whatever_cookies_there_are_it_is_a_token_or_a_refusal(cookies: list[str]) -> None:
    with suppress(Unauthenticated):
        assert presented_token(lines(*cookies), "a")
