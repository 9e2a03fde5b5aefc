"""Whether anybody can listen on a port, and the sentence that says why not."""

import socket

import pytest

from bff.lab.dev.errors import DevError
from bff.lab.dev.port import must_be_free


def test_a_free_port_is_free_also_right_after_it_was_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            server.accept()[0].close()  # it closes first, so its end lingers in TIME_WAIT
            assert client.recv(1) == b""
    must_be_free("127.0.0.1", port)


def test_a_port_in_use_says_how_to_choose_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(DevError, match=f"port {port} on 127.0.0.1 is in use .* BFF_PORT=8080 make run"):
            must_be_free("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        ("no such host", 8000, "'no such host' is no host"),
        ("127.0.0.1", 70_000, "70000 is no port: set BFF_PORT to a number up to 65535"),
        ("192.0.2.1", 8000, r"nothing can listen on 192\.0\.2\.1 port 8000 .*: set BFF_HOST to this machine"),
    ],
)
def test_an_address_that_is_not_ours_is_one_sentence(host: str, port: int, sentence: str) -> None:
    with pytest.raises(DevError, match=sentence):
        must_be_free(host, port)
