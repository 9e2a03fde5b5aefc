"""What `bff dev` shows in its terminal."""

import io

import pytest

from bff.lab.dev.console import Console


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(text)


def test_children_are_heard_on_stderr_with_their_name() -> None:
    out, err = io.StringIO(), io.StringIO()
    Console(out, err).hear("users", "slow today")
    assert (out.getvalue(), err.getvalue()) == ("", "users | slow today\n")


def test_names_are_dim_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    Console(terminal, terminal).hear("users", "slow today")
    assert terminal.getvalue() == "\033[2musers |\033[0m slow today\n"


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    Console(terminal, terminal).fail("no luck")
    assert terminal.getvalue() == "bff dev: no luck\n"


def test_a_terminal_that_is_gone_raises_nothing() -> None:
    Console(Gone(), Gone()).say("anybody there?")
