"""S7: a log pipe that nobody reads, or a full disk, costs a page nothing."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from bff.errors import UpstreamFailed
from bff.telemetry.log.logging_to import logging_to
from tests.page_client import landing
from tests.telemetry.log.lines import unheard
from tests.upstreams_in_process import InProcessUpstreams

PAGES = 300
"""Each is degraded, and has a line; a pipe has room for about half of them."""


@contextmanager
def nobody_reads() -> Iterator[TextIO]:
    reader, writer = os.pipe()
    stream = os.fdopen(writer, "w")
    try:
        yield stream
    finally:
        os.close(reader)  # whoever is blocked is told so
        stream.close()


@contextmanager
def full_disk() -> Iterator[TextIO]:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("w") as stream:
        yield stream


@pytest.mark.serial
@pytest.mark.parametrize("where", [nobody_reads, full_disk])
async def test_s7_a_log_that_takes_nothing_blocks_no_page_and_fails_none(where: type) -> None:
    upstreams = InProcessUpstreams(faults={"recommendations": UpstreamFailed("the upstream answered 503")})
    longest = 0.0
    with where() as stream, unheard(), logging_to(stream, format="json", most=100) as dropped:
        async with landing(upstreams) as client:
            for viewer in range(PAGES):
                began = time.monotonic()
                answer = await client.ask(viewer=str(viewer + 1))
                longest = max(longest, time.monotonic() - began)
                assert answer.status == 200
                assert answer.page["messages"]
    assert dropped.total > 0
    assert longest < 1
