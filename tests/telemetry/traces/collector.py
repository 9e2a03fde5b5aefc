"""A small OTLP collector: keeps what it is sent, or fails as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector:
    """`status` is what it answers; while `hangs` is not set it answers at once."""

    def __init__(self) -> None:
        self.status = 200
        self.paths: list[str] = []
        self.raw = b""
        self.hangs = threading.Event()
        self.resource: dict[str, Any] = {}
        self.spans: list[Span] = []
        self.released = threading.Event()

    def take(self, path: str, body: bytes) -> int:
        self.paths.append(path)
        if self.hangs.is_set():
            self.released.wait(30)
        if self.status == 200:
            self.raw += body
            request = ExportTraceServiceRequest.FromString(body)
            for of_resource in request.resource_spans:
                self.resource = values(of_resource.resource.attributes)
                for of_scope in of_resource.scope_spans:
                    self.spans.extend(of_scope.spans)
        return self.status

    def named(self, name: str) -> Span:
        """The only one of that name."""
        [span] = [span for span in self.spans if span.name == name]
        return span

    def names(self) -> list[str]:
        return sorted(span.name for span in self.spans)


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    """The collector, and its base URL."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = collector.take(self.path, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 its name there
            """Not on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield collector, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        collector.released.set()
        server.shutdown()
        thread.join(5)
        server.server_close()


def values(attributes: Any) -> dict[str, Any]:
    """Attributes as Python has them."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


def until(true: Callable[[], bool], within: float = 10) -> None:
    """Wait for another thread."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
