"""How many pages are made at once, by how busy the event loop is and how late it turns."""

import pytest

from bff.web.room import FEWEST, USUAL, Room


def look(room: Room, times: int, *, late: float = 0.0, busy: float = 0.3, in_flight: int = 5) -> int:
    for _ in range(times):
        room.looked(late, busy, in_flight)
    return room.size


@pytest.mark.parametrize(("late", "busy"), [(0.002, 1.0), (0.03, 0.6)], ids=["all of it is ours", "others have some"])
def test_s6_where_the_loop_has_no_rest_there_is_less_room_but_never_too_little(late: float, busy: float) -> None:
    room = Room(400)
    assert room.size == USUAL
    assert look(room, 100, late=late, busy=busy, in_flight=USUAL) < USUAL
    assert look(room, 400, late=late, busy=busy, in_flight=USUAL) == FEWEST


def test_where_pages_only_wait_for_others_there_is_more_room_up_to_the_limit() -> None:
    room = Room(400)
    size = room.size
    while size < 400:
        larger = look(room, 1, in_flight=size)
        assert larger > size
        size = larger
    assert look(room, 100, in_flight=400) == 400


def test_room_that_is_not_used_is_given_back() -> None:
    room = Room(400)
    for _ in range(50):
        room.looked(0.0, 0.3, room.size)
    assert room.size == 400
    assert look(room, 100) == USUAL


def test_one_long_pause_takes_little_and_that_comes_back_at_once() -> None:
    room = Room(100)
    room.looked(10.0, 1.0, 5)
    assert look(room, 5) > 80
    assert look(room, 20) == 100


def test_in_between_it_stays() -> None:
    room = Room(100)
    assert look(room, 100, late=0.007, busy=0.9, in_flight=100) == 100


def test_a_limit_below_what_is_usual_is_kept() -> None:
    room = Room(5)
    assert look(room, 100) == 5
    assert look(room, 100, late=0.03, busy=1.0) == 5


def test_pages_that_wait_for_upstreams_keep_their_room_where_the_loop_has_no_rest() -> None:
    """125 pages a second of which each waits for 0.4 s: 50 of them wait, at any time."""
    room = Room(100)
    for _ in range(500):
        for _ in range(5):
            room.waited(0.2)
        room.looked(0.002, 1.0, 100)
    assert room.size == FEWEST + 75 * 20 // 22  # a look is 22 ms after the last one


def test_room_follows_pages_that_no_longer_wait_for_upstreams() -> None:
    room = Room(100)
    for _ in range(200):
        room.waited(1.0)
        room.looked(0.002, 1.0, 100)
    assert look(room, 500, late=0.002, busy=1.0, in_flight=100) == FEWEST
