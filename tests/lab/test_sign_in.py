"""Who is signed in under `bff dev`."""

from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bff.errors import Unauthenticated
from bff.lab.dev.errors import NotRunning
from bff.lab.dev.sign_in import COOKIE, DevViewer, make_key, sign_token


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def key(directory: Path) -> RSAPrivateKey:
    return make_key(directory)


@pytest.fixture
def identify(key: RSAPrivateKey) -> DevViewer:
    return DevViewer(key)


async def test_without_any_proof_it_is_user_1(identify: DevViewer) -> None:
    assert await identify({}) == "1"


async def test_x_dev_user_is_admitted(identify: DevViewer) -> None:
    assert await identify({"x-dev-user": "7"}) == "7"


@pytest.mark.parametrize("user", ["", "x" * 201])
async def test_one_who_is_nobody_is_not(identify: DevViewer, user: str) -> None:
    with pytest.raises(Unauthenticated):
        await identify({"x-dev-user": user})


async def test_a_token_of_this_run_says_who_asks(identify: DevViewer, directory: Path) -> None:
    token = sign_token(directory, "7")
    assert await identify({"authorization": f"Bearer {token}", "x-dev-user": "8"}) == "7"
    assert await identify({"cookie": f"theme=dark; {COOKIE}={token}"}) == "7"


async def test_x_dev_user_counts_more_than_a_cookie_that_was_left_over(identify: DevViewer, directory: Path) -> None:
    assert await identify({"cookie": f"{COOKIE}={sign_token(directory, '7')}", "x-dev-user": "8"}) == "8"


@pytest.mark.parametrize("header", ["authorization", "cookie"])
async def test_a_bad_token_is_refused_as_in_production(identify: DevViewer, directory: Path, header: str) -> None:
    expired = sign_token(directory, "7", lifetime=-3600)
    shown = {"authorization": f"Bearer {expired}", "cookie": f"{COOKIE}={expired}"}
    with pytest.raises(Unauthenticated, match="expired"):
        await identify({header: shown[header]})


async def test_a_token_of_another_run_is_refused(identify: DevViewer, tmp_path: Path) -> None:
    make_key(tmp_path)
    with pytest.raises(Unauthenticated):
        await identify({"authorization": f"Bearer {sign_token(tmp_path, '7')}"})


async def test_an_unsigned_token_is_refused(identify: DevViewer) -> None:
    unsigned = jwt.encode({"sub": "7", "iss": "bff-dev", "aud": "bff", "exp": 2**40}, "", "none")
    with pytest.raises(Unauthenticated):
        await identify({"authorization": f"Bearer {unsigned}"})


def test_before_there_is_a_key_nothing_is_signed(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        sign_token(tmp_path, "7")


def test_the_key_is_for_its_owner_alone(directory: Path, key: RSAPrivateKey) -> None:
    assert (directory / "signing-key.pem").stat().st_mode & 0o077 == 0
