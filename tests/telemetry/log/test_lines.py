"""What a line holds."""

import io
import json
import logging
import re
import warnings
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.telemetry.log.kept import kept
from bff.telemetry.log.logging_to import logging_to
from tests.telemetry.log.lines import Terminal, json_lines, unheard

logger = logging.getLogger("acme.shop")


def text_of(stream: io.StringIO) -> str:
    with logging_to(stream, format="text"):
        logger.warning("it is %s", "late", extra={"source": "users", "words": "one two"})
    return stream.getvalue()


def test_a_line_of_json_says_when_how_bad_who_and_what() -> None:
    with json_lines() as lines:
        logger.warning("%s is %s", "the shop", "closed", extra={"source": "users", "status": 503})
    [line] = lines
    when = line["time"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", when)
    assert {**line, "time": "then"} == {
        "time": "then",
        "level": "warning",
        "logger": "acme.shop",
        "event": "the shop is closed",
        "source": "users",
        "status": 503,
    }
    assert list(line)[:4] == ["time", "level", "logger", "event"]


def test_an_exception_is_text_in_its_line_and_shows_no_variables() -> None:
    def fails(secret: str) -> None:
        raise ValueError("a bug") from KeyError(len(secret))

    with json_lines() as lines:
        try:
            fails("hush-hush")
        except ValueError:
            logger.exception("it failed")
    [line] = lines
    assert line["event"] == "it failed"
    assert line["exception"].startswith("KeyError: 9")
    assert "in fails" in line["exception"]
    assert 'raise ValueError("a bug") from KeyError(len(secret))' in line["exception"]
    assert line["exception"].endswith("ValueError: a bug")
    assert "hush-hush" not in json.dumps(line).replace('fails(\\"hush-hush\\")', "")  # but as it stands in the source


def test_exc_info_without_an_exception_is_no_trouble() -> None:
    with json_lines() as lines:
        logger.error("nothing was raised", exc_info=True)
    assert "exception" not in lines[0]


def test_a_stack_is_text_in_its_line() -> None:
    with json_lines() as lines:
        logger.warning("here", stack_info=True)
    assert "test_a_stack_is_text_in_its_line" in lines[0]["stack"]


def test_other_libraries_and_warnings_go_the_same_way() -> None:
    with warnings.catch_warnings(), json_lines() as lines:
        warnings.simplefilter("always")
        logging.getLogger("uvicorn.error").info("Started %d", 7, extra={"color_message": "\x1b[36mStarted\x1b[0m"})
        logging.getLogger("asyncio").error("Task exception")
        warnings.warn("it is old", UserWarning, stacklevel=1)
    assert [(line["logger"], line["level"]) for line in lines] == [
        ("uvicorn.error", "info"),
        ("asyncio", "error"),
        ("py.warnings", "warning"),
    ]
    assert "color_message" not in lines[0]
    assert "UserWarning: it is old" in lines[2]["event"]


def test_what_was_installed_is_taken_away_again() -> None:
    root, quiet = logging.getLogger(), logging.getLogger("acme.quiet")
    before, shown = (root.level, list(root.handlers), quiet.level), warnings.showwarning
    with logging_to(io.StringIO(), format="json", level=logging.DEBUG, levels={"acme.quiet": logging.ERROR}):
        assert (root.level, quiet.level) == (logging.DEBUG, logging.ERROR)
        assert len(root.handlers) == len(before[1]) + 1
    assert (root.level, root.handlers, quiet.level) == before
    assert warnings.showwarning is shown


def test_a_record_is_left_as_it_was_for_other_handlers(caplog: pytest.LogCaptureFixture) -> None:
    with json_lines():
        logger.warning("%s", "x" * 5_000, extra={"source": "users"})
    [record] = caplog.records
    assert record.args == ("x" * 5_000,)
    assert record.__dict__["source"] == "users"


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="json or text"), logging_to(io.StringIO(), format="xml"):
        pass


def test_a_level_below_is_not_said() -> None:
    with json_lines() as lines:
        logger.debug("a detail")
    assert lines == []


def test_text_is_for_people() -> None:
    line = text_of(io.StringIO())
    assert "\x1b" not in line
    assert re.fullmatch(r"\S+Z \[warning +\] it is late +\[acme\.shop\] source=users words='one two'\n", line), line


def test_text_is_coloured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in text_of(Terminal())


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in text_of(Terminal())


def test_json_is_never_coloured() -> None:
    stream = Terminal()
    with logging_to(stream, format="json"):
        logger.error("it")
    assert "\x1b" not in stream.getvalue()


def test_an_exception_in_text_follows_its_line() -> None:
    stream = io.StringIO()
    with logging_to(stream, format="text"):
        logger.error("it", exc_info=ZeroDivisionError("a bug"))
    assert stream.getvalue().endswith("\nZeroDivisionError: a bug\n")


def test_a_field_cannot_take_the_place_of_what_every_line_has() -> None:
    with json_lines() as lines:
        logger.warning("true", extra={"event": "false", "level": "info", "time": "never", "logger": "x", "fields": 1})
    [line] = lines
    assert (line["event"], line["level"], line["logger"], line["fields"]) == ("true", "warning", "acme.shop", 1)
    assert line["time"] != "never"


class Colour(StrEnum):
    RED = "red"


class Unshowable:
    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (2**64, str(2**64)),
        pytest.param(10**5_000, "<int that cannot be shown>", id="huge"),
        (Colour.RED, "red"),
        (["a", 1, None], ["a", 1, None]),
        (("a", [1]), ["a", "[1]"]),
        ({"a": 1}, "{'a': 1}"),
        (Unshowable(), "<Unshowable that cannot be shown>"),
    ],
)
def test_any_value_becomes_json(value: Any, shown: Any) -> None:
    with json_lines() as lines:
        logger.warning("it", extra={"value": value})
    assert lines[0]["value"] == shown


def test_a_line_that_is_written_wrong_is_said_as_far_as_it_goes() -> None:
    wrong = logging.makeLogRecord({"msg": "%d of %d", "args": ("one",)})
    assert kept(wrong).msg == "%d of %d with ('one',), which do not fit: TypeError"
    unshowable = logging.makeLogRecord({"msg": "%s", "args": (Unshowable(),)})
    assert "RuntimeError" in kept(unshowable).msg


HOSTILE = 'evil\n{"level":"error","event":"forged"}\r\x1b[2J\x1b]0;owned\x07\x9b31m\u2028\u202eright\ud800\x00'


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_hostile_name_stays_in_its_line_and_does_nothing_to_a_terminal(form: str) -> None:
    stream = io.StringIO()
    with unheard(), logging_to(stream, format=form):
        logger.warning("page of %s", HOSTILE, extra={"client": HOSTILE, "list": [HOSTILE], HOSTILE: 1})
        logging.getLogger(HOSTILE).warning("it")
    written = stream.getvalue()
    assert written.count("\n") == 2
    lines = written.splitlines()
    assert len(lines) == 2, "no other line break either"
    for line in lines:
        assert all(character.isprintable() for character in line)
    if form == "json":
        line = json.loads(lines[0])
        assert all(character.isprintable() for text in (line["event"], line["client"]) for character in text)
        assert line["client"].startswith('evil\\n{"level"')


def test_a_hostile_text_of_an_exception_does_nothing_to_a_terminal() -> None:
    stream = io.StringIO()
    with unheard(), logging_to(stream, format="text"):
        logger.error("it", exc_info=ValueError(HOSTILE))
    assert not set("\x1b\x07\x9b\u202e\x00") & set(stream.getvalue())


def test_ten_megabytes_are_cut() -> None:
    much = "x" * 10_000_000
    with unheard(), json_lines() as lines:
        logger.warning("page of %s", much, extra={"client": much, "many": [much] * 1_000, "words": list(range(1_000))})
        logger.warning("fields", extra={f"field{number}": number for number in range(1_000)})
        logger.error("stack", exc_info=ValueError(much))
    assert all(len(json.dumps(line)) < 20_000 for line in lines)
    assert lines[0]["event"].endswith("… (9998008 more)")
    assert len(lines[0]["client"]) < 600


@given(st.text(), st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.floats()))
def test_whatever_is_said_is_one_line_of_json(text: str, fields: dict[str, Any]) -> None:
    extra = {name: value for name, value in fields.items() if name not in logging.makeLogRecord({}).__dict__}
    extra.pop("message", None)
    extra.pop("asctime", None)
    with json_lines() as lines:
        logger.warning("%s", text, extra=extra)
    assert len(lines) == 1
    assert lines[0]["level"] == "warning"
