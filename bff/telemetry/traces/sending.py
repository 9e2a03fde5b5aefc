"""The thread that makes spans of pages and sends them."""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from bff.page_timeline import PageTimeline
from bff.telemetry.log.plain import cut
from bff.telemetry.traces.assembly import Assembly

logger = logging.getLogger("bff.traces")

EVERY: Final = 1.0
"""Seconds between two batches, where there is little to send."""

MOST_AT_ONCE: Final = 256
"""Spans of a batch. Encoding one takes some 20 µs, in which the event loop may have to wait for the interpreter;
sending a batch takes about a millisecond, however small it is.
"""

MOST_WAITING: Final = 500
"""Pages."""

ENOUGH: Final = 10
"""Pages that are sent before their time: about a batch."""

LAST_SPANS: Final = 1.0
"""Seconds that there are at the end to send what waits."""


class Sending(threading.Thread):
    """A daemon: a collector that hangs keeps no process from ending."""

    def __init__(self, assembly: Assembly, exporter: SpanExporter, its_logger: logging.Logger) -> None:
        super().__init__(name="bff-traces", daemon=True)
        self.dropped = 0
        """Spans."""

        self._assembly = assembly
        self._exporter = exporter
        self._its_logger = its_logger
        self._complaint = _Complaint(self)
        self._pages: deque[PageTimeline] = deque()
        self._wake = threading.Event()
        self._ending = False
        self._failing_since = 0
        """How many were dropped before it failed, and since; 0 while it does not."""

    def put(self, page: PageTimeline) -> None:
        """Called on the event loop: costs no more than a place in a queue."""
        if len(self._pages) >= MOST_WAITING:
            self.dropped += _spans_of(page)
            return
        self._pages.append(page)
        if len(self._pages) >= ENOUGH and not self._wake.is_set():
            self._wake.set()

    def start(self) -> None:
        """And keep the exporter from saying each time what is said here once."""
        self._its_logger.addFilter(self._complaint)
        super().start()

    def end(self) -> None:
        """Send what waits, for `LAST_SPANS` at most."""
        self._ending = True
        self._wake.set()
        self.join(LAST_SPANS)
        self._exporter.shutdown()
        self.join(0.1)  # which it needs where it waited to try again
        if not self.is_alive():
            self._its_logger.removeFilter(self._complaint)

    def run(self) -> None:
        """Until it shall end, or fails then."""
        over = False
        while not over:
            self._wake.wait(EVERY)
            self._wake.clear()
            over = self._ending
            try:
                self._send_what_waits()
            except Exception:  # a bug, ours or the exporter's: what comes later is to be sent all the same
                logger.exception("a bug: spans were lost")

    def _send_what_waits(self) -> None:
        spans: list[ReadableSpan] = []
        while self._pages:
            spans += self._made_of(self._pages.popleft())
            if len(spans) >= MOST_AT_ONCE:
                self._send(spans)
                spans = []
        spans += self._assembly.ended_since()
        self._send(spans)

    def _made_of(self, page: PageTimeline) -> list[ReadableSpan]:
        try:
            return list(self._assembly.page(page))
        except Exception:  # a bug of ours: the other pages' spans are to be sent all the same
            self.dropped += _spans_of(page)
            logger.exception("request %s: a bug: its spans cannot be made", page.request_id)
            return []

    def _send(self, spans: Sequence[ReadableSpan]) -> None:
        if not spans:
            return
        if self._ending and self._failing_since:  # no time left for one more failure
            self.dropped += len(spans)
            return
        self._complaint.first = None
        if self._exporter.export(spans) is SpanExportResult.SUCCESS:
            self._say_it_works()
        else:
            self._say_it_fails(len(spans))

    def _say_it_fails(self, spans: int) -> None:
        if not self._failing_since:
            self._failing_since = self.dropped + 1
            why = self._complaint.first or "no reason given"
            logger.warning("traces cannot be sent, and are dropped until they can; pages go on: %s", why)
        self.dropped += spans

    def _say_it_works(self) -> None:
        if self._failing_since:
            lost = self.dropped + 1 - self._failing_since
            logger.info("traces are sent again: %d spans were dropped", lost, extra={"dropped": lost})
            self._failing_since = 0


class _Complaint(logging.Filter):
    """Keeps what the exporter says of its failures, in that thread, and lets nothing of it through."""

    def __init__(self, thread: threading.Thread) -> None:
        super().__init__()
        self.first: str | None = None
        """Of a batch: the last one only says that it gave up."""

        self._thread = thread

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is another's."""
        if record.thread != self._thread.ident:
            return True
        if self.first is None:
            self.first = cut(str(record.msg) % record.args if record.args else str(record.msg), 300)
        return False


def _spans_of(page: PageTimeline) -> int:
    sections = sum(1 + len(record.loads) for record in page.report.sections)
    return 1 + sections + sum(1 + len(call.attempts) for call in page.calls)
