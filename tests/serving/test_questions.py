"""What the parent asks a worker over its unix socket, and what happens when one of them misbehaves."""

import socket
import struct
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted
from bff.web.serving.answering import Answering
from bff.web.serving.far_peer import FarPeer
from bff.web.serving.questions import LONGEST_QUESTION, NoAnswer
from tests.processes.watching import eventually
from tests.serving.told import Told, summary, waterfall


@pytest.fixture
def path() -> Iterator[Path]:
    """Of a socket; short enough for one."""
    with tempfile.TemporaryDirectory(prefix="bff-", dir="/tmp") as directory:
        yield Path(directory) / "1"


@pytest.fixture
def peer(path: Path) -> Iterator[FarPeer]:
    """Of a worker that answers."""
    with Answering(path, Told("3")):
        yield FarPeer("3", path)


async def test_all_four_questions_are_answered(peer: FarPeer) -> None:
    assert await peer.metrics() == Told("3").snapshot()
    assert tuple(await peer.requests(Wanted())) == (summary("request-3"),)
    assert await peer.request("request-3") == waterfall("request-3")
    assert (await peer.health())["ready"] is True


async def test_what_is_wanted_is_told(peer: FarPeer) -> None:
    assert tuple(await peer.requests(Wanted(kind="slowest", most=0))) == ()


async def test_a_request_that_is_not_kept_is_none(peer: FarPeer) -> None:
    assert await peer.request("request-4") is None


async def test_a_thread_of_its_own_answers(peer: FarPeer) -> None:
    assert (await peer.health())["thread"] == "bff-answers"


class Broken:
    """A worker with a bug."""

    def snapshot(self) -> bytes:
        raise KeyError("no luck")

    def requests(self, wanted: Wanted) -> Sequence[Summary]:
        raise NotImplementedError

    def request(self, request_id: str) -> Waterfall | None:
        raise NotImplementedError

    def health(self) -> Mapping[str, Any]:
        return {"ready": False}


async def test_a_question_that_fails_is_told_and_logged_and_the_next_one_is_answered(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Answering(path, Broken()):
        peer = FarPeer("3", path)
        with pytest.raises(NoAnswer, match="worker 3 cannot answer: KeyError: 'no luck'"):
            await peer.metrics()
        assert await peer.health() == {"ready": False}
    assert "A question about this worker could not be answered." in caplog.messages


async def test_nobody_there_is_no_answer(path: Path) -> None:
    with pytest.raises(NoAnswer, match=r"worker 3 cannot be asked: .*No such file"):
        await FarPeer("3", path).metrics()


async def test_a_worker_that_says_nothing_is_no_answer_in_time(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        with pytest.raises(NoAnswer, match=r"does not answer within 0\.05 s"):
            await FarPeer("3", path, patience=0.05).metrics()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(struct.pack("!I", 2**31), "2147483648 bytes are more than", id="too long"),
        pytest.param(struct.pack("!I", 10) + b"\x01half", "cannot be asked", id="cut off"),
        pytest.param(b"", "cannot be asked", id="nothing"),
    ],
)
async def test_an_answer_that_is_none_is_no_answer(path: Path, answer: bytes, why: str) -> None:
    def say() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(100)
            connection.sendall(answer)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        saying = threading.Thread(target=say)
        saying.start()
        with pytest.raises(NoAnswer, match=why):
            await FarPeer("3", path).metrics()
        saying.join()


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\x00", id="half a length"),
        pytest.param(struct.pack("!I", LONGEST_QUESTION + 1), id="too long"),
        pytest.param(struct.pack("!I", 100) + b"half", id="half a question"),
    ],
)
async def test_whoever_asks_in_confusion_is_cut_off_and_the_next_one_is_answered(
    peer: FarPeer, path: Path, asked: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as confused:
        confused.settimeout(10)
        confused.connect(str(path))
        confused.sendall(asked)
        confused.shutdown(socket.SHUT_WR)
        while confused.recv(4096):
            pass
    assert (await peer.health())["ready"] is True


async def test_a_question_that_nobody_knows_is_told_so(peer: FarPeer, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as confused:
        confused.settimeout(10)
        confused.connect(str(path))
        confused.sendall(struct.pack("!I", 1) + b"\xc0")
        assert b"ValidationError" in confused.recv(4096)
    assert (await peer.health())["ready"] is True


def test_the_socket_is_ours_alone_and_gone_in_the_end(path: Path) -> None:
    with Answering(path, Told("3")):
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()
    eventually(lambda: "bff-answers" not in {thread.name for thread in threading.enumerate()})
