"""What outsiders know our users by."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bff.lab.upstreams.pseudonyms import Pseudonyms as Simulated
from bff.lab.upstreams.pseudonyms import pseudonym
from bff.pseudonyms import Pseudonyms, new_key

KEY = "0123456789abcdef"
VENDOR = Pseudonyms(KEY, "vendor")


@given(st.text())
def test_a_pseudonym_is_always_the_same_and_good_in_a_url(user_id: str) -> None:
    name = VENDOR.user(user_id)
    assert name == Pseudonyms(KEY, "vendor").user(user_id)
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", name)


def test_two_users_two_vendors_two_keys_and_two_kinds_have_nothing_in_common() -> None:
    names = {
        VENDOR.user("1"),
        VENDOR.user("2"),
        VENDOR.request("1"),
        Pseudonyms(KEY, "other").user("1"),
        Pseudonyms(f"{KEY}0", "vendor").user("1"),
    }
    assert len(names) == 5


def test_each_new_key_is_another_and_long_enough_for_a_setting() -> None:
    assert len({new_key() for _ in range(10)}) == 10
    assert len(new_key()) >= 32


def test_neither_shows_the_key() -> None:
    assert KEY not in repr(VENDOR)
    assert KEY not in str(vars(VENDOR))


@given(st.text(st.characters(codec="utf-8")))
def test_the_simulated_vendor_makes_them_as_we_do(user_id: str) -> None:
    assert pseudonym(KEY, "vendor", user_id) == VENDOR.user(user_id)


def test_the_simulated_vendor_knows_who_is_meant() -> None:
    simulated = Simulated(KEY, "vendor", lambda: ["1", "2"])
    assert simulated.id_of(VENDOR.user("2")) == "2"
    assert simulated.id_of("2") == "2"
    assert simulated.id_of(VENDOR.user("3")) == VENDOR.user("3")
    assert Simulated(None, "vendor", lambda: ["1"]).id_of(VENDOR.user("1")) == VENDOR.user("1")
