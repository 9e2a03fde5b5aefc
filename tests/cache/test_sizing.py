"""How much memory so many users need, and what is doubtful in what there is."""

import re
from dataclasses import replace

import pytest

from bff.cache.sizing import Room, Sample, Surveyed, described, doubts, needed, shown

MB = 1024**2

SAMPLE = Sample(weighed=500, each=1_000.5, generation=150.0, per_user=7.0)
ROOM = Room(used=20 * MB, most=100 * MB, policy="allkeys-lru")
FOUND = Surveyed(ROOM, SAMPLE)
FULL = 14_658
"""Users who just fit, at 7153.5 bytes each."""


def test_what_users_need_is_their_values_and_their_generations() -> None:
    assert SAMPLE.user == 7 * 1_000.5 + 150
    assert needed(SAMPLE, 1_000) == 7_153_500


def test_what_users_need_is_rounded_up() -> None:
    assert needed(SAMPLE, 1) == 7_154


def test_a_look_is_described_in_numbers_that_follow_from_one_another() -> None:
    assert list(described(FOUND, 100_000)) == [
        "20mb used of 100mb (maxmemory; allkeys-lru when full).",
        "500 values weighed: 1001 bytes each, 7.0 for each user, and 150 bytes besides: 7154 bytes for a user.",
        "BFF_CACHE_USERS (100000) need 683mb.",
    ]


def test_without_a_number_of_users_it_is_said_how_to_give_one() -> None:
    *_, last = described(FOUND, None)
    assert last == "BFF_CACHE_USERS is not set: with it, this says what so many users need."


def test_without_a_limit_there_is_none() -> None:
    first, *_ = described(Surveyed(replace(ROOM, most=0), SAMPLE), None)
    assert first == "20mb used of no limit (maxmemory 0)."


def test_without_a_value_nothing_is_worked_out() -> None:
    _, *others = described(Surveyed(ROOM, None), 100_000)
    assert others == ["None of our values lies there yet: serve some pages, then look again."]


@pytest.mark.parametrize("users", [None, 1, FULL])
def test_a_server_with_room_for_all_is_not_doubted(users: int | None) -> None:
    assert list(doubts(FOUND, users)) == []


def test_a_server_without_room_for_one_user_is_doubted() -> None:
    sample = replace(SAMPLE, each=10.0, generation=0.0, per_user=1.0)
    assert list(doubts(Surveyed(replace(ROOM, most=100), sample), 10)) == []
    [doubt] = doubts(Surveyed(replace(ROOM, most=100), sample), 11)
    assert "(11) need 110 bytes, and the cache server keeps 100 bytes" in doubt
    assert len(list(doubts(FOUND, FULL + 1))) == 1


def test_a_server_that_is_too_small_is_doubted_with_the_size_it_needs() -> None:
    [doubt] = doubts(FOUND, 100_000)
    assert doubt == (
        "BFF_CACHE_USERS (100000) need 683mb, and the cache server keeps 100mb (maxmemory): "
        "values are gone before they are old. Set maxmemory to 683mb."
    )


def test_a_server_that_keeps_nothing_new_once_it_is_full_is_doubted() -> None:
    stubborn = Surveyed(replace(ROOM, policy="noeviction"), SAMPLE)
    [doubt] = doubts(stubborn, None)
    assert doubt == (
        "The cache server's maxmemory-policy is noeviction: once it is full, nothing new is kept. "
        "Set allkeys-lru, or volatile-lru where it also keeps what has to stay."
    )
    assert len(list(doubts(stubborn, 100_000))) == 2


@pytest.mark.parametrize(
    ("found", "users", "size"),
    [(FOUND, 100_000, "683mb"), (FOUND, None, "what it may take"), (Surveyed(ROOM, None), 100_000, "what it may take")],
)
def test_a_server_without_a_limit_is_doubted_once_with_the_size_it_needs(
    found: Surveyed, users: int | None, size: str
) -> None:
    [doubt] = doubts(replace(found, room=Room(0, 0, "noeviction")), users)
    assert doubt == (
        "The cache server has no maxmemory: it grows until its machine is full. "
        f"Set maxmemory to {size}, and maxmemory-policy to allkeys-lru."
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (7.1, "8 bytes"),
        (10 * 1024 - 1, "10239 bytes"),
        (10 * 1024, "10kb"),
        (10 * 1024 + 1, "11kb"),
        (10 * MB - 1, "10240kb"),
        (10 * MB, "10mb"),
        (10 * 1024 * MB - 1, "10240mb"),
        (10 * 1024 * MB, "10gb"),
        (5000 * 1024 * MB, "5000gb"),
    ],
)
def test_a_size_is_shown_as_the_server_s_settings_have_it_and_never_too_small(number: float, text: str) -> None:
    assert shown(number) == text
    units = {"bytes": 1, "kb": 1024, "mb": MB, "gb": 1024 * MB}
    found = re.fullmatch(r"(\d+) ?(\w+)", text)
    assert found is not None
    assert int(found[1]) * units[found[2]] >= number


FULL_ALREADY = "it is full, and nothing"


@pytest.mark.parametrize(("used", "said"), [(99, "once it is full, nothing"), (100, FULL_ALREADY), (101, FULL_ALREADY)])
def test_a_server_that_keeps_nothing_new_any_more_is_told_from_one_that_will_not(used: int, said: str) -> None:
    [doubt] = doubts(Surveyed(Room(used, 100, "noeviction"), None), None)

    assert said in doubt
