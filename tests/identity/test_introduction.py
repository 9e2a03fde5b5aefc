"""What is said of us, by identity."""

from pathlib import Path

import pytest

from bff.identity import ApiKey, Identity, Tls
from bff.introduction import LONGEST_FORWARDED, Introduction, may_be_forwarded

KEY = "0123456789abcdef"
SECRETS = Identity(bearer="s3cret-token", api_key=ApiKey(header="x-api-key", value="s3cret-key"))


def of(identity: Identity) -> Introduction:
    return Introduction.of("vendor", identity, KEY)


def test_credentials_are_in_every_request() -> None:
    assert of(SECRETS).headers == {
        "accept": "application/json",
        "authorization": "Bearer s3cret-token",
        "x-api-key": "s3cret-key",
    }
    assert of(Identity()).headers == {"accept": "application/json"}


@pytest.mark.parametrize("half", [ApiKey(header="x-api-key"), ApiKey(value="s3cret")])
def test_half_an_api_key_is_none(half: ApiKey) -> None:
    assert of(Identity(api_key=half)).headers == {"accept": "application/json"}


def test_no_secret_is_in_what_is_printed() -> None:
    external = Identity(external=True, bearer="s3cret-token", api_key=SECRETS.api_key)
    for shown in (repr(SECRETS), repr(of(SECRETS)), repr(of(external)), str([SECRETS])):
        assert "s3cret" not in shown
        assert KEY not in shown


def test_one_of_the_house_knows_users_and_requests_and_is_traced() -> None:
    internal = of(Identity())
    assert (internal.user("7"), internal.request("r"), internal.traced) == ("7", "r", True)


def test_an_outsider_knows_neither_and_is_not_traced_unless_asked_for() -> None:
    external = of(Identity(external=True))
    assert "7" != external.user("7") != external.request("7")
    assert not external.traced
    assert of(Identity(external=True, trace=True)).traced
    assert not of(Identity(trace=False)).traced


def test_certificates_are_used_where_there_are_any() -> None:
    assert of(Identity()).tls is None
    tls = Tls(ca=Path("ca.pem"))
    assert of(Identity(tls=tls)).tls == tls


INBOUND = {"accept-language": "de", "x-tenant": "acme", "x-other": "1"}


def test_what_is_forwarded_is_what_was_named() -> None:
    introduction = of(Identity(forwards=("accept-language", "x-missing")))
    assert introduction.forwarded(INBOUND) == {"accept-language": "de"}
    assert of(Identity()).forwarded(INBOUND) == {}


def test_what_was_forwarded_is_part_of_where_an_answer_lies() -> None:
    both = of(Identity(forwards=("accept-language", "x-tenant")))
    variants = [
        both.variant({"accept-language": "de"}),
        both.variant({"accept-language": "en"}),
        both.variant({"x-tenant": "de"}),
        both.variant({"accept-language": "de", "x-tenant": "acme"}),
        both.variant({"accept-language": "dex-tenant", "x-tenant": "acme"}),
    ]
    assert len(set(variants)) == len(variants)
    assert both.variant({"x-other": "1"}) == both.variant({}) == ""
    assert of(Identity()).variant(INBOUND) == ""
    assert all(len(variant) == 33 and "de" not in variant[:1] for variant in variants)


@pytest.mark.parametrize(
    "value", ["", "ä", "a\x00b", "a\r\nx-evil: 1", "a\tb", "x" * (LONGEST_FORWARDED + 1)], ids=repr
)
def test_a_header_that_cannot_be_sent_on_is_left_out(value: str) -> None:
    assert may_be_forwarded(("accept-language", "x-tenant"), {**INBOUND, "accept-language": value}) == {
        "x-tenant": "acme"
    }
