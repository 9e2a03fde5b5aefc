"""A worker's end: it answers what the parent asks from a thread of its own, also while the event loop stands still."""

import contextlib
import logging
import socket
import threading
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from bff.web.serving.inspected import Inspected
from bff.web.serving.questions import (
    LENGTH_BYTES,
    LONGEST_QUESTION,
    PATIENCE,
    AskHealth,
    AskMetrics,
    AskRequest,
    AskRequests,
    NoAnswer,
    Question,
    framed,
    length_of,
)

log = logging.getLogger("bff.workers")

WAITING: Final = 16
"""Questions that may wait for their turn."""

_decoder: Final = msgspec.msgpack.Decoder(Question)


class Answering:
    """A context manager: while it is entered, questions at the unix socket `path` are answered, one after the other."""

    def __init__(self, path: Path, inspected: Inspected) -> None:
        self._path = path
        self._inspected = inspected
        self._listener = socket.socket(socket.AF_UNIX)
        self._ended = False

    def __enter__(self) -> Self:
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen(WAITING)
        threading.Thread(target=self._serve, name="bff-answers", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as waking:
            waking.setblocking(False)
            waking.connect(str(self._path))
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        with self._listener:
            while not self._ended:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError, NoAnswer):  # whoever asked is gone, slow or confused
                    connection.settimeout(PATIENCE)
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as questions:
            while len(head := questions.read(LENGTH_BYTES)) == LENGTH_BYTES:
                asked = questions.read(length_of(head, LONGEST_QUESTION))
                connection.sendall(framed(self._answer(asked)))

    def _answer(self, asked: bytes) -> bytes:
        try:
            return b"\x01" + self._known(_decoder.decode(asked))
        except Exception as error:  # it is told to whoever asked, and harms nobody else
            log.exception("A question about this worker could not be answered.")
            return b"\x00" + f"{type(error).__name__}: {error}".encode()

    def _known(self, question: Question) -> bytes:
        match question:
            case AskMetrics():
                return self._inspected.snapshot()
            case AskRequests(wanted):
                return _encoded(self._inspected.requests(wanted))
            case AskRequest(request_id):
                return _encoded(self._inspected.request(request_id))
            case AskHealth():
                return _encoded(self._inspected.health())


def _encoded(answer: Any) -> bytes:
    return msgspec.msgpack.encode(answer)
