"""What makes no sense in an identity is said before the first page."""

from pathlib import Path

import pytest

from bff.identity import ApiKey, Identity, Tls
from bff.identity_problems import problems_of


def said(identity: Identity) -> list[str]:
    return list(problems_of("vendor", identity))


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "cookie",
        "x-bff-admin-token",
        "x-bff-degraded-as",
        "x-dev-user",
        "x-dev-break",
        "connection",
        "transfer-encoding",
        "te",
        "host",
        "content-length",
        "x-request-id",
        "traceparent",
        "x-deadline-ms",
        "accept",
        "user-agent",
        "Cookie",
        "x tenant",
    ],
)
def test_what_is_not_for_others_cannot_be_forwarded(name: str) -> None:
    [problem] = said(Identity(forwards=("accept-language", name)))
    assert problem.startswith(f"BFF_VENDOR__FORWARDS: {name} cannot be forwarded: ")


@pytest.mark.parametrize("name", ["x-forwarded-for", "x-envoy-attempt-count", "forwarded", "via", "baggage"])
def test_what_is_about_our_network_is_for_the_house_alone(name: str) -> None:
    assert said(Identity(forwards=(name,))) == []
    [problem] = said(Identity(forwards=(name,), external=True))
    assert f"{name} cannot be forwarded to somebody external" in problem


def test_what_is_for_anybody_can_be_forwarded() -> None:
    assert said(Identity(forwards=("accept-language", "x-tenant"), external=True)) == []


def test_a_forwarded_header_cannot_take_the_place_of_our_key() -> None:
    [problem] = said(Identity(forwards=("x-key",), api_key=ApiKey(header="x-key", value="s3cret")))
    assert "our credentials" in problem
    assert "s3cret" not in problem


@pytest.mark.parametrize("name", ["host", "accept", "x-request-id", "cookie", "upgrade", "X-Key"])
def test_a_key_has_a_header_of_its_own(name: str) -> None:
    [problem] = said(Identity(api_key=ApiKey(header=name, value="s3cret")))
    assert problem.startswith(f"BFF_VENDOR__API_KEY__HEADER: {name} is n")


def test_authorization_is_for_one_of_the_two() -> None:
    key = ApiKey(header="authorization", value="s3cret")
    assert said(Identity(api_key=key)) == []
    [problem] = said(Identity(api_key=key, bearer="s3cret"))
    assert "set one of them" in problem


def test_files_that_are_no_certificates_are_told_by_name_and_their_content_is_not(tmp_path: Path) -> None:
    file = tmp_path / "odd.pem"
    file.write_text("s3cret")
    [certificate] = said(Identity(tls=Tls(certificate=file, key=file)))
    assert certificate.startswith(f"BFF_VENDOR__TLS__CERTIFICATE: {file} and its key are no pair in PEM")
    [ca] = said(Identity(tls=Tls(ca=file)))
    assert ca == f"BFF_VENDOR__TLS__CA: {file} holds no certificate in PEM."
    [missing] = said(Identity(tls=Tls(ca=tmp_path / "missing.pem")))
    assert missing.startswith("BFF_VENDOR__TLS__CA: ")
    assert "cannot be read" in missing
