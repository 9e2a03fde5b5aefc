"""S7: a log that nobody reads, or that cannot be written, never blocks a page."""

import gc
import json
import logging
import os
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from bff.telemetry.log.logging_to import logging_to
from bff.telemetry.log.queued import MOST
from tests.telemetry.log.lines import unheard

logger = logging.getLogger("acme")
MUCH = "x" * 1_000_000


class Pipe:
    """A pipe, and what was read of it."""

    def __init__(self) -> None:
        reader, writer = os.pipe()
        self.reader = os.fdopen(reader, "rb")
        self.writer: TextIO = os.fdopen(writer, "w")
        self.text = b""
        self._reading: threading.Thread | None = None

    def begin_to_read(self) -> None:
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def lines(self) -> list[dict[str, object]]:
        """All, once whoever writes has ended."""
        self.writer.close()
        assert self._reading is not None
        self._reading.join(20)
        return [json.loads(line) for line in self.text.splitlines()]

    def close(self) -> None:
        if self._reading is None:
            self.begin_to_read()
        self.writer.close()
        assert self._reading is not None
        self._reading.join(20)
        self.reader.close()

    def _read(self) -> None:
        while piece := self.reader.read1(65_536):
            self.text += piece


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    try:
        yield made
    finally:
        made.close()


@pytest.mark.serial
def test_s7_20000_lines_into_a_pipe_that_nobody_reads_block_nobody_and_stay_in_bounds(pipe: Pipe) -> None:
    with unheard(), logging_to(pipe.writer, format="json") as dropped:
        tracemalloc.start()
        before, began, longest = tracemalloc.get_traced_memory()[0], time.monotonic(), 0.0
        for number in range(20_000):
            one = time.monotonic()
            logger.warning("page degraded in %d ms", number, extra={"client": MUCH})
            longest = max(longest, time.monotonic() - one)
        took, grown = time.monotonic() - began, tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        ended = time.monotonic()
    closing = time.monotonic() - ended

    assert longest < 0.5
    assert took < 15, "with tracing of memory, a multiple of what it costs otherwise"
    assert grown < 40_000_000
    assert dropped.total > 20_000 - MOST - 1_000
    assert 0.9 < closing < 3, "the last lines have a second"
    pipe.begin_to_read()
    kept = [line for line in pipe.lines() if line["logger"] == "acme"]
    assert [line["event"] for line in kept[:3]] == [f"page degraded in {number} ms" for number in range(3)]


def test_s7_how_many_were_dropped_is_said_once_there_is_room_again(pipe: Pipe) -> None:
    with unheard(), logging_to(pipe.writer, format="json", most=100) as dropped:
        for number in range(5_000):
            logger.warning("line %d", number)
        lost = dropped.total
        assert lost > 1_000
        pipe.begin_to_read()
    lines = pipe.lines()
    said = [line for line in lines if line["logger"] == "bff.log"]
    assert sum(int(str(line["dropped"])) for line in said) + len(lines) - len(said) == 5_000
    assert all(line["level"] == "warning" for line in said)


def test_all_lines_are_there_and_in_order_where_somebody_reads(pipe: Pipe) -> None:
    pipe.begin_to_read()
    with unheard(), logging_to(pipe.writer, format="json") as dropped:
        for number in range(5_000):
            logger.warning("line %d", number)
    assert [line["event"] for line in pipe.lines()] == [f"line {number}" for number in range(5_000)]
    assert dropped.total == 0


def test_s7_a_reader_that_is_gone_costs_lines_and_nothing_else() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream, unheard(), logging_to(stream, format="json") as dropped:
        logger.warning("nobody hears this")
    assert dropped.total >= 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_s7_a_full_disk_costs_lines_and_nothing_else() -> None:
    with Path("/dev/full").open("w") as stream, unheard(), logging_to(stream, format="json") as dropped:
        logger.warning("no room for this")
    assert dropped.total >= 1


def test_a_pipe_that_somebody_made_non_blocking_loses_no_line(pipe: Pipe) -> None:
    os.set_blocking(pipe.writer.fileno(), False)
    with unheard(), logging_to(pipe.writer, format="json") as dropped:
        for number in range(2_000):
            logger.warning("line %d", number, extra={"more": "x" * 100})
        pipe.begin_to_read()
    assert len(pipe.lines()) == 2_000
    assert dropped.total == 0


BLOCKED = """
import logging, sys
from bff.telemetry.log.logging_to import logging_to
with logging_to(sys.stderr, format="json"):
    for number in range(20_000):
        logging.warning("line %d", number)
print("left")
"""


@pytest.mark.serial
def test_s7_a_process_ends_though_its_log_is_blocked() -> None:
    reader, writer = os.pipe()
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED], stdout=subprocess.PIPE, stderr=writer, timeout=30, check=False
    )
    os.close(writer)
    os.close(reader)
    assert done.returncode == 0
    assert done.stdout == b"left\n"
    assert time.monotonic() - began < 15


def test_no_frame_of_a_request_is_held_while_its_error_waits_to_be_written(pipe: Pipe) -> None:
    class Viewer:
        alive = 0

        def __init__(self) -> None:
            Viewer.alive += 1

        def __del__(self) -> None:
            Viewer.alive -= 1

    def fails() -> None:
        viewer = Viewer()
        raise ValueError(type(viewer))

    with unheard(), logging_to(pipe.writer, format="json"):
        for _ in range(200):
            try:
                fails()
            except ValueError:
                logger.exception("it failed")
        gc.collect()
        assert Viewer.alive == 0
        pipe.begin_to_read()
    assert len(pipe.lines()) == 200
