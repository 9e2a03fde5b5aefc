"""Is the port ours to listen on?"""

import errno
import socket

from bff.lab.dev.errors import DevError


def must_be_free(host: str, port: int) -> None:
    """Raises DevError, which says why not and how to choose another, if nobody can listen there."""
    if not 0 <= port <= 65_535:
        raise DevError(f"{port} is no port: set BFF_PORT to a number up to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the web will do: connections of an earlier run that linger in TIME_WAIT do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise DevError(f"{host!r} is no host ({error.strerror}): set BFF_HOST to this machine") from None
    except OSError as error:
        raise DevError(_why_not(error, host, port)) from None


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is in use by another program: stop that one, or choose another port, "
            f"BFF_PORT={_another(port)} make run"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that you do not have: choose another, BFF_PORT=8080 make run"
    return f"nothing can listen on {host} port {port} ({error.strerror}): set BFF_HOST to this machine"


def _another(port: int) -> int:
    return 8080 if port != 8080 else 8000
