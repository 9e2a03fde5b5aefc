"""E3: requests that another site's page makes its reader's browser send."""

from collections.abc import Mapping

import pytest

from bff.errors import Forbidden
from bff.web.cross_site import CrossSite

GUARD = CrossSite(["https://shop.example.com", "http://localhost:3000"])
COOKIE = {"host": "api.example.com", "cookie": "__Host-session=…"}

OURS = {
    "a page of ours": {"sec-fetch-site": "same-origin", "origin": "https://api.example.com"},
    "a page of ours that only reads": {"sec-fetch-site": "same-origin"},
    "a page of ours under another name of the host": {"sec-fetch-site": "same-origin", "host": "behind.internal"},
    "a person who typed it in": {"sec-fetch-site": "none"},
    "no browser": {},
    "an older browser": {"origin": "https://api.example.com"},
    "an older browser, and a host in capitals": {"origin": "https://api.example.com", "host": "API.example.com"},
    "a port of ours": {"origin": "http://api.example.com:8000", "host": "api.example.com:8000"},
    "an origin that is allowed": {"sec-fetch-site": "same-site", "origin": "https://shop.example.com"},
    "another that is allowed": {"sec-fetch-site": "cross-site", "origin": "http://localhost:3000"},
    "an origin that is allowed, of an older browser": {"origin": "https://shop.example.com"},
}

FOREIGN = {
    "another site": {"sec-fetch-site": "cross-site", "origin": "https://evil.test"},
    "a link or a picture on another site": {"sec-fetch-site": "cross-site"},
    "another host of the same site": {"sec-fetch-site": "same-site", "origin": "https://blog.example.com"},
    "a sandboxed frame": {"origin": "null"},
    "a sandboxed frame with a say": {"sec-fetch-site": "cross-site", "origin": "null"},
    "a word that nobody knows": {"sec-fetch-site": "same-planet"},
    "an older browser": {"origin": "https://evil.test"},
    "another port": {"origin": "https://api.example.com:8443"},
    "a host that begins as ours": {"origin": "https://api.example.com.evil.test"},
    "a host that ends as ours": {"origin": "https://evil-api.example.com"},
    "an origin that begins as one that is allowed": {"origin": "https://shop.example.com.evil.test"},
    "the scheme of an allowed origin changed": {"origin": "http://shop.example.com"},
    "no host": {"origin": "https://api.example.com", "host": ""},
    "an empty origin": {"origin": ""},
    "an origin that says it is ours, and a browser that knows better": {
        "sec-fetch-site": "cross-site",
        "origin": "https://api.example.com",
    },
}


@pytest.mark.parametrize("headers", OURS.values(), ids=OURS)
def test_e3_a_request_of_ours_passes(headers: Mapping[str, str]) -> None:
    GUARD.check({**COOKIE, **headers})


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_e3_a_request_of_another_site_is_refused(headers: Mapping[str, str]) -> None:
    with pytest.raises(Forbidden, match="add its origin to BFF_CORS_ORIGINS") as caught:
        GUARD.check({**COOKIE, **headers})
    assert (caught.value.status, caught.value.code) == (403, "FORBIDDEN")
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_token_in_the_header_is_proof_that_no_browser_adds_by_itself(headers: Mapping[str, str], scheme: str) -> None:
    GUARD.check({**headers, "authorization": f"{scheme} ey…"})


@pytest.mark.parametrize("given", ["Basic dXNlcjpwYXNz", "Negotiate x", "Bearer", "", "Bearerx y"])
def test_e3_a_password_is_one_that_it_does_add(given: str) -> None:
    with pytest.raises(Forbidden):
        GUARD.check({"host": "api.example.com", "sec-fetch-site": "cross-site", "authorization": given})


def test_e3_without_allowed_origins_only_our_own_pages_pass() -> None:
    guard = CrossSite(())
    guard.check({"host": "bff.test", "origin": "http://bff.test"})
    with pytest.raises(Forbidden):
        guard.check({"host": "bff.test", "origin": "https://shop.example.com"})
