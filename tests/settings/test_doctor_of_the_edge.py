"""What is doubtful in what stands between the world and the page is said, and what is half set is refused."""

import re
from pathlib import Path

import pytest

from bff import read_settings
from bff.schema import page
from bff.settings import problems_for_serving
from bff.settings.doctor import doubts

SIGN_IN = {"BFF_AUTH__ISSUER": "https://login.test/", "BFF_AUTH__AUDIENCE": "bff"}
KEYED = {"BFF_PSEUDONYM_KEY": "0123456789abcdef"}

DOUBTFUL = {
    "a limit that only reports": (
        {"BFF_LIMITS__DEPTH__MODE": "report-only"},
        r"BFF_LIMITS__DEPTH__MODE is report-only: it protects nothing",
    ),
    "shedding that only reports": (
        {"BFF_OVERLOAD__MODE": "report-only"},
        r"BFF_OVERLOAD__MODE is report-only: it protects nothing",
    ),
    "a rate that only reports": ({"BFF_RATE__MODE": "report-only"}, r"BFF_RATE__MODE is report-only"),
    "keys that anybody on the way can replace": (
        {**SIGN_IN, "BFF_AUTH__JWKS_URL": "http://login.test/keys"},
        r"BFF_AUTH__JWKS_URL is not https: whoever stands between can replace the keys",
    ),
    "a document that no body can hold": (
        {"BFF_LIMITS__BODY__MOST": "16kB"},
        r"BFF_LIMITS__BODY__MOST \(16kB\) is below BFF_LIMITS__DOCUMENT__MOST \(32000\)",
    ),
    "a site that anybody on the way can replace": (
        {"BFF_CORS_ORIGINS": "https://a.test,http://b.test"},
        r"BFF_CORS_ORIGINS \(https://a\.test,http://b\.test\) names an origin that is not https",
    ),
    "a vendor that knows nobody again": (
        {"BFF_RECOMMENDATIONS__URL": "https://vendor.test"},
        r"BFF_PSEUDONYM_KEY is not set: recommendations gets new pseudonyms",
    ),
    "a vendor that is asked in the open": (
        {**KEYED, "BFF_RECOMMENDATIONS__URL": "http://vendor.test"},
        r"BFF_RECOMMENDATIONS__URL leaves the house without https",
    ),
    "a token that is sent in the open": (
        {"BFF_TODOS__URL": "http://todos.test", "BFF_TODOS__BEARER": "s3cret"},
        r"BFF_TODOS__BEARER is sent to BFF_TODOS__URL without https",
    ),
    "a key that is sent in the open": (
        {
            "BFF_TODOS__URL": "http://todos.test",
            "BFF_TODOS__API_KEY__HEADER": "x-key",
            "BFF_TODOS__API_KEY__VALUE": "s3cret",
        },
        r"BFF_TODOS__API_KEY__VALUE is sent to BFF_TODOS__URL without https",
    ),
}

SOUND = {
    "keys on this machine": {**SIGN_IN, "BFF_AUTH__JWKS_URL": "http://127.0.0.1:9000/keys"},
    "a site on this machine": {"BFF_CORS_ORIGINS": "http://localhost:3000"},
    "an internal source without https": {"BFF_TODOS__URL": "http://todos.internal"},
    "a vendor with a key for pseudonyms": {**KEYED, "BFF_RECOMMENDATIONS__URL": "https://vendor.test"},
    "a token on this machine": {"BFF_TODOS__URL": "http://localhost:9", "BFF_TODOS__BEARER": "s3cret"},
}

REFUSED = {
    "trusted documents of nowhere": (
        {"BFF_DOCUMENTS__TRUSTED": "only"},
        "BFF_DOCUMENTS__TRUSTED is only, and BFF_DOCUMENTS__MANIFEST is not set: which?",
    ),
    "a header without a key": (
        {"BFF_TODOS__API_KEY__HEADER": "x-key"},
        "BFF_TODOS__API_KEY__HEADER and …__VALUE are set together, or not at all.",
    ),
    "a certificate without its key": (
        {"BFF_TODOS__TLS__CERTIFICATE": __file__},
        "BFF_TODOS__TLS__CERTIFICATE and …__KEY are set together, or not at all.",
    ),
}


@pytest.mark.parametrize(("environment", "said"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_doubtful_is_said_once_with_its_name(environment: dict[str, str], said: str) -> None:
    [doubt] = doubts(read_settings(page, environment))
    assert re.match(said, doubt), doubt
    assert "s3cret" not in doubt


def test_a_manifest_that_nothing_uses_is_doubtful(tmp_path: Path) -> None:
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text("{}")
    [doubt] = doubts(read_settings(page, {"BFF_DOCUMENTS__MANIFEST": str(manifest)}))
    assert doubt.startswith("BFF_DOCUMENTS__MANIFEST is given, and BFF_DOCUMENTS__TRUSTED (off) does not use it")


@pytest.mark.parametrize("environment", SOUND.values(), ids=SOUND)
def test_what_is_sound_is_not_doubted(environment: dict[str, str]) -> None:
    assert doubts(read_settings(page, environment)) == []


@pytest.mark.parametrize(("environment", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_half_set_is_refused(environment: dict[str, str], said: str) -> None:
    assert said in problems_for_serving(read_settings(page, environment), authenticated_otherwise=True)
