"""An upstream that is slow exactly where it is told to be: in a thread, so that our event loop has no part in it."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

BODY = b'[{"id":"1","text":"a"},{"id":"2","text":"b"}]'


@dataclass
class SlowServer:
    """Seconds: before TLS, before the first byte, and within the body. The first `fails` requests get a 503."""

    tls: ssl.SSLContext | None = None
    connect: float = 0.0
    first_byte: float = 0.0
    body: float = 0.0
    fails: int = 0
    url: str = ""
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Released for each request."""

    def serve(self, listener: socket.socket) -> None:
        """Until the listener is closed."""
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            time.sleep(self.connect)
            stream = connection if self.tls is None else self.tls.wrap_socket(connection, server_side=True)
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with stream:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += stream.recv(65_536)
                self.came.release()
                stream.sendall(self._refusal() if self._refuses() else b"")
                time.sleep(self.first_byte)
                lines = f"HTTP/1.1 200 OK\r\ncontent-length: {len(BODY)}\r\nconnection: close\r\n\r\n"
                stream.sendall(lines.encode() + BODY[:9])
                time.sleep(self.body)
                stream.sendall(BODY[9:])

    def _refuses(self) -> bool:
        self.fails -= 1
        return self.fails >= 0

    def _refusal(self) -> bytes:
        return b"HTTP/1.1 503 No\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"


@contextmanager
def listening(server: SlowServer) -> Iterator[SlowServer]:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        place = "http://127.0.0.1" if server.tls is None else "https://localhost"
        server.url = f"{place}:{listener.getsockname()[1]}"
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        yield server
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
