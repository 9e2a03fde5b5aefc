"""Where links may lead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.distrust.links import ANYWHERE, LinkHosts

HOSTS = LinkHosts.of(("help.example.com", "*.vendor.com", "intranet"))

GOOD = (
    "https://help.example.com",
    "https://help.example.com/",
    "https://HELP.example.COM/a?b=c&d[]=e#f",
    "https://help.example.com:443/a",
    "https://help.example.com?q=1",
    "https://www.vendor.com/a/~b/(c)/d;e,f:g@h/%C3%BC",
    "https://a.b.vendor.com/",
    "https://intranet/wiki",
)
NOT_ALLOWED = (
    "https://example.com/",
    "https://vendor.com/",
    "https://evilvendor.com/",
    "https://help.example.com.evil.com/",
    "https://evil.com/https://help.example.com/",
    "https://evil.com/?help.example.com",
    "https://evil.com#help.example.com",
)
ODD = (
    "",
    "/messages",
    "//help.example.com/",
    "http://help.example.com/",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/png;base64,AAAA",
    "HTTPS://help.example.com/",
    " https://help.example.com/",
    "https://help.example.com/ ",
    "https://help.example.com/a b",
    "https://help.example.com/\n",
    "https://help.example.com\n",
    "https://help.example.com/\x00",
    "https://help.example.com/\u202e",
    "https://help.example.com/\"onmouseover='x'",
    "https://help.example.com/<b>",
    "https://help.example.com/`",
    "https://help.example.com\\@evil.com/",
    "https:\\\\help.example.com\\",
    "https:/help.example.com/",
    "https:help.example.com",
    "https://user@help.example.com/",
    "https://user:password@help.example.com/",
    "https://help.example.com@evil.com/",
    "https://help.example.com:8443/",
    "https://help.example.com:/",
    "https://help.example.com./",
    "https://.help.example.com/",
    "https://help..example.com/",
    "https://-help.vendor.com/",
    "https://hélp.vendor.com/",
    "https://help.vendor.com%2eevil.com/",
    "https://help_me.vendor.com/",
    "https://[::1]/",
)
ADDRESSES = ("https://127.0.0.1/", "https://2130706433/", "https://0x7f.0.0.1/", "https://127.1/", "https://a.0x/")


@pytest.mark.parametrize("url", GOOD)
def test_a_link_to_an_allowed_host_is_let_through(url: str) -> None:
    assert HOSTS.lead_to(url)


@pytest.mark.parametrize("url", [*NOT_ALLOWED, *ODD, *ADDRESSES])
def test_any_other_link_is_not(url: str) -> None:
    assert not HOSTS.lead_to(url)


def test_anywhere_is_any_host_that_has_a_name_of_the_world() -> None:
    assert LinkHosts.of(("*",)) == ANYWHERE
    assert all(ANYWHERE.lead_to(url) for url in NOT_ALLOWED)
    assert not any(ANYWHERE.lead_to(url) for url in (*ODD, *ADDRESSES, "https://localhost/", "https://intranet/"))


def test_without_hosts_links_lead_nowhere() -> None:
    assert not any(LinkHosts.of(()).lead_to(url) for url in GOOD)


PICTURES = (
    "https://help.example.com/a.png",
    "data:image/png;base64,iVBORw0KGgo=",
    "data:image/svg+xml,%3Csvg a='b c'/%3E",
)
NO_PICTURES = (
    "data:text/html,a",
    "data:image/png;base64,\"onerror='x'",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/png",
    "data:,image/png",
    "https://evil.com/a.png",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("url", PICTURES)
def test_a_picture_is_on_an_allowed_host_or_in_the_url_itself(url: str) -> None:
    assert HOSTS.show(url)


@pytest.mark.parametrize("url", NO_PICTURES)
def test_what_is_neither_is_no_picture(url: str) -> None:
    assert not HOSTS.show(url)


@settings(deadline=None)
@given(st.text(st.sampled_from("htps:/.@\\?#%-_[]a1vendor.com \n\u202e"), max_size=60))
def test_whatever_comes_leads_where_it_says_or_nowhere(rest: str) -> None:
    url = f"https://{rest}"
    if HOSTS.lead_to(url):
        authority = url[8:].replace("?", "/").replace("#", "/").partition("/")[0].removesuffix(":443").lower()
        assert authority in ("help.example.com", "intranet") or authority.endswith(".vendor.com")


@pytest.mark.parametrize("odd", ["a" * 100_000, "a." * 50_000, "a-" * 50_000, "-" * 100_000, "a" * 63 + ("-" * 99_000)])
def test_a_host_made_to_take_time_takes_none(odd: str) -> None:
    assert not HOSTS.lead_to(f"https://{odd}!")
