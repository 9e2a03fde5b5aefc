"""Is the port ours to listen on?"""

import errno
import socket

from bff.lab.dev.errors import DevError


def must_be_free(host: str, port: int) -> None:
    """Raises DevError, which says why not and how to choose another, if nobody can listen there."""
    listen(host, port, "BFF_").close()


def listen(host: str, port: int, prefix: str) -> socket.socket:
    """A listening socket. `prefix` begins the settings that host and port come from.

    Raises DevError, which says why there is none and how to choose another.
    """
    if not 0 <= port <= 65_535:
        raise DevError(f"{port} is no port: set {prefix}PORT to a number up to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except socket.gaierror as error:
        raise DevError(f"{host!r} is no host ({error.strerror}): set {prefix}HOST to this machine") from None
    try:
        # As the web will do: connections of an earlier run that linger in TIME_WAIT do not count.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise DevError(_why_not(error, host, port, prefix)) from None
    return listener


def url_at(host: str, port: int) -> str:
    """The address of what listens there."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _why_not(error: OSError, host: str, port: int, prefix: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is in use by another program: stop that one, or choose another port, "
            f"{prefix}PORT={_another(port)} make run"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that you do not have: choose another, {prefix}PORT={_another(port)} make run"
    return f"nothing can listen on {host} port {port} ({error.strerror}): set {prefix}HOST to this machine"


def _another(port: int) -> int:
    return 8080 if port != 8080 else 8000
