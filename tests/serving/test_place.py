"""What a worker is told by its environment, and how soon another one follows it."""

import os
import socket
from pathlib import Path

import pytest

from bff.errors import SettingsError
from bff.web.serving.pauses import Pauses
from bff.web.serving.place import VARIABLE, Place
from bff.web.serving.terminal import Terminal


def test_whoever_is_told_nothing_is_no_worker() -> None:
    assert Place.taken_from({}) is None


def test_a_worker_finds_its_place_once() -> None:
    reading, writing = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = Place(2, listener.fileno(), writing, Path("/run/with space/1"))
        environment = place.told()
        assert Place.taken_from(environment) == place
        assert environment == {}
        place.say_ready()
    assert os.read(reading, 10) == b"\x01"
    os.close(reading)


@pytest.mark.parametrize("told", ["", "1", "x 3 4 /tmp/1", "1 900 901 /tmp/1"])
def test_a_place_that_was_never_given_is_a_sentence(told: str) -> None:
    with pytest.raises(SettingsError, match=f"{VARIABLE} is for processes that `bff serve` starts: unset it"):
        Place.taken_from({VARIABLE: told})


def test_pauses_grow_while_workers_die_young_and_begin_anew_after_one_that_settled() -> None:
    pauses = Pauses()
    assert [pauses.after(age) for age in (0, 1, 29, 0, 0, 0, 0)] == [1, 2, 4, 8, 16, 30, 30]
    assert [pauses.after(age) for age in (30, 0, 0)] == [0, 1, 2]


def test_a_terminal_that_is_closed_is_gone_and_none_is_never_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    monkeypatch.setattr("bff.web.serving.terminal.STREAMS", (theirs,))
    terminal = Terminal()
    assert not terminal.is_gone()
    os.close(ours)
    assert terminal.is_gone()
    os.close(theirs)
    assert not Terminal().is_gone()
