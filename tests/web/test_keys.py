"""E5: the issuer's keys. Asked for seldom, kept when it is down, and chosen among others."""

import asyncio
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from bff.errors import Unauthenticated, UpstreamUnreachable
from bff.web.key_set import MOST_KEYS
from bff.web.keys import FRESH_FOR, MIN_INTERVAL, Keys
from tests.web.issuer import Issuer, showing
from tests.web.tokens import edwards_key, key_set, rsa_key, shown, shown_curve_key, shown_key, token

pytestmark = pytest.mark.virtual_time

URL = "http://login.test/keys"


async def refused(keys: Keys, key_id: str | None) -> None:
    with pytest.raises(Unauthenticated, match="a key that its issuer does not show"):
        await keys.get(key_id)


async def test_a_token_is_checked_with_the_key_that_its_id_names() -> None:
    keys = Keys(URL, showing(shown_key("one"), shown_key("two")))
    for name in ("one", "two"):
        signed = token(rsa_key(name), name)
        assert jwt.decode(signed, await keys.get(name), ["RS256"], audience="bff")["sub"] == "7"


async def test_keys_are_fetched_once_and_kept() -> None:
    issuer = showing(shown_key())
    keys = Keys(URL, issuer)
    for _ in range(100):
        await keys.get("one")
        await asyncio.sleep(1)
    [request] = issuer.requests
    assert (request.url, request.headers["accept"]) == (URL, "application/json")


async def test_those_who_wait_share_one_fetch() -> None:
    issuer = showing(shown_key())
    issuer.delay = 1
    keys = Keys(URL, issuer)
    assert len(await asyncio.gather(*(keys.get("one") for _ in range(50)))) == 50
    assert len(issuer.requests) == 1


async def test_one_who_stops_waiting_takes_the_fetch_from_nobody() -> None:
    issuer = showing(shown_key())
    issuer.delay = 1
    keys = Keys(URL, issuer)
    first, second = asyncio.create_task(keys.get("one")), asyncio.create_task(keys.get("one"))
    await asyncio.sleep(0.5)
    first.cancel()
    assert (await second).key_id == "one"


async def test_a_new_key_is_found_when_a_token_names_it() -> None:
    issuer = showing(shown_key("one"))
    keys = Keys(URL, issuer)
    await keys.get("one")
    issuer.body = key_set(shown_key("one"), shown_key("two"))
    await asyncio.sleep(MIN_INTERVAL)
    assert (await keys.get("two")).key_id == "two"


async def test_ids_that_strangers_make_up_cost_the_issuer_one_request_in_ten_seconds() -> None:
    issuer = showing(shown_key())
    keys = Keys(URL, issuer)
    await keys.get("one")
    for number in range(100):
        await refused(keys, f"made-up-{number}")
        await asyncio.sleep(0.4)
    assert len(issuer.requests) == 1 + 3


async def test_keys_are_fetched_anew_when_they_are_old() -> None:
    issuer = showing(shown_key())
    keys = Keys(URL, issuer)
    await keys.get("one")
    issuer.body = key_set(shown_key("two"))
    await asyncio.sleep(FRESH_FOR + 1)
    await keys.get("one")
    await asyncio.sleep(1)
    assert (await keys.get("two")).key_id == "two"
    await refused(keys, "one")


def down(issuer: Issuer) -> None:
    issuer.error = UpstreamUnreachable("down")


def failing(issuer: Issuer) -> None:
    issuer.status = 503


def hanging(issuer: Issuer) -> None:
    issuer.delay = 3600


def showing_html(issuer: Issuer) -> None:
    issuer.body = b"<html>"


def showing_no_keys(issuer: Issuer) -> None:
    issuer.body = key_set()


def showing_no_set(issuer: Issuer) -> None:
    issuer.body = b'{"keys": "none"}'


TROUBLES = [down, failing, hanging, showing_html, showing_no_keys, showing_no_set]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_issuer_in_trouble_logs_nobody_out_and_keeps_nobody_waiting(trouble: Callable[[Issuer], None]) -> None:
    issuer = showing(shown_key())
    keys = Keys(URL, issuer)
    await keys.get("one")
    trouble(issuer)
    clock = asyncio.get_running_loop().time
    for _ in range(100):
        await asyncio.sleep(FRESH_FOR)
        asked = clock()
        assert (await keys.get("one")).key_id == "one"
        assert clock() == asked
    await asyncio.sleep(FRESH_FOR)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_issuer_in_trouble_from_the_start_is_asked_again_soon(trouble: Callable[[Issuer], None]) -> None:
    issuer = showing(shown_key())
    good = issuer.body
    trouble(issuer)
    keys = Keys(URL, issuer)
    await refused(keys, "one")
    issuer.status, issuer.delay, issuer.error, issuer.body = 200, 0, None, good
    await asyncio.sleep(1)
    assert (await keys.get("one")).key_id == "one"


OTHERS = {
    "a curve that is not ours": shown_curve_key("other") | {"crv": "P-384"},
    "a curve key of another algorithm": shown_curve_key("other") | {"alg": "RS256"},
    "an RSA key that says it is of a curve": shown_key("other", crv="P-256"),
    "a curve that is no text": shown_curve_key("other") | {"crv": ["P-256"]},
    "a key that is too short": shown(rsa_key("short", 1024), "other"),
    "a key that shows its private half": shown_key("other", d="AQAB"),
    "a key to sign with": shown_key("other", key_ops=["sign"]),
    "a key for operations that are no list": shown_key("other", key_ops="verify"),
    "a key of no algorithm": shown_key("other", alg=None),
    "a symmetric key": {"kty": "oct", "kid": "other", "k": "c2VjcmV0"},
    "an unknown kind": {"kty": "LATTICE", "kid": "other"},
    "no kind": {"kid": "other"},
    "a key for encryption": shown_key("other", use="enc"),
    "a key of another algorithm": shown_key("other", alg="PS512"),
    "a key with half of its numbers": {"kty": "RSA", "kid": "other", "n": "AQAB"},
    "a key whose numbers are none": {"kty": "RSA", "kid": "other", "n": 1, "e": None},
    "a key whose numbers are zero": {"kty": "RSA", "kid": "other", "n": "", "e": ""},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
async def test_a_key_that_is_not_for_us_is_passed_over(other: dict[str, Any]) -> None:
    keys = Keys(URL, showing(other, shown_key("one")))
    assert (await keys.get("one")).key_id == "one"
    await refused(keys, "other")


@pytest.mark.parametrize("other", [None, 7, "key", []])
async def test_what_is_no_key_at_all_makes_the_set_one_that_cannot_be_read(other: Any) -> None:
    await refused(Keys(URL, showing(other, shown_key("one"))), "one")


async def test_a_key_id_that_is_no_text_spoils_no_other_key() -> None:
    keys = Keys(URL, showing(shown_key("odd", kid=["odd"]), shown_key("one")))
    assert (await keys.get("one")).key_id == "one"


async def test_a_key_without_algorithm_or_use_is_for_us() -> None:
    keys = Keys(URL, showing({name: value for name, value in shown_key("one").items() if name not in ("alg", "use")}))
    assert (await keys.get("one")).key_id == "one"


async def test_tokens_and_keys_without_ids_find_each_other() -> None:
    assert (await Keys(URL, showing(shown_key(None))).get(None)).key_id is None


async def test_keys_of_all_three_kinds_are_for_us() -> None:
    keys = Keys(URL, showing(shown_key("rsa"), shown_curve_key("curve"), shown(edwards_key("one"), "edwards")))
    found = [(await keys.get(key_id)).algorithm_name for key_id in ("rsa", "curve", "edwards")]
    assert found == ["RS256", "ES256", "EdDSA"]


async def test_of_two_keys_with_one_id_the_first_is_taken() -> None:
    keys = Keys(URL, showing(shown_curve_key("one"), shown_key("one")))
    assert (await keys.get("one")).algorithm_name == "ES256"


async def test_a_set_without_end_is_read_to_a_bound() -> None:
    keys = Keys(URL, showing(*(shown(edwards_key("one"), f"{number}") for number in range(MOST_KEYS + 1))))
    await keys.get(f"{MOST_KEYS - 1}")
    await refused(keys, f"{MOST_KEYS}")


async def test_a_key_is_the_same_object_for_as_long_as_it_is_shown_unchanged() -> None:
    issuer = showing(shown_key())
    keys = Keys(URL, issuer)
    first = await keys.get("one")
    await asyncio.sleep(FRESH_FOR + 1)
    await keys.get("one")
    await asyncio.sleep(1)
    assert len(issuer.requests) == 2
    assert keys.known("one") is first


async def test_a_bug_of_the_transport_logs_nobody_out() -> None:
    issuer = showing(shown_key())
    keys = Keys(URL, issuer)
    await keys.get("one")
    issuer.error = ZeroDivisionError("a bug")
    await asyncio.sleep(FRESH_FOR + 1)
    await keys.get("one")
    await asyncio.sleep(1)
    assert len(issuer.requests) == 2
    assert (await keys.get("one")).key_id == "one"
