"""The sockets that are listened on."""

import socket
from typing import Final

from bff.errors import SettingsError

BACKLOG: Final = 2_048


def listen(host: str, port: int, *, named: tuple[str, str], otherwise: str) -> socket.socket:
    """A listening socket. `named` are the settings it comes from, `otherwise` what to do where it cannot be had.

    Raises `SettingsError`.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]
        raise SettingsError(
            [f"{' and '.join(named)}: cannot listen on {host} port {port}: {reason}. {otherwise}"]
        ) from error


def listen_for_page(host: str, port: int) -> socket.socket:
    """Where the page will be. Raises `SettingsError`."""
    return listen(host, port, named=("BFF_HOST", "BFF_PORT"), otherwise="Choose another.")


def listen_for_admin(host: str, port: int) -> socket.socket:
    """Where metrics and /debug will be. Raises `SettingsError`."""
    return listen(
        host,
        port,
        named=("BFF_ADMIN_HOST", "BFF_ADMIN_PORT"),
        otherwise="Choose another, 0 for any that is free, or BFF_ADMIN_PORT=off for no admin listener.",
    )


def url_of(listener: socket.socket) -> str:
    """Where it is."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
