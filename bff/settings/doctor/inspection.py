"""What is doubtful in how the page may be looked into."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

from bff.settings import Settings
from bff.settings.doctor.named import valued

MUCH: Final = 0.5
"""A share of traced pages that costs a fifth of the process and more."""


def doubts(settings: Settings) -> Iterator[str]:
    """A sentence for each."""
    admin = settings.admin
    if admin.port is not None and admin.token is None and not is_this_machine(admin.host):
        yield (
            f"{valued(settings, 'admin_host')} can be reached from other machines, and without BFF_ADMIN_TOKEN /debug "
            "shows every request's times to whoever does. Set one, or leave the listener on 127.0.0.1."
        )
    if settings.traces.endpoint is not None and settings.traces.share > MUCH:
        yield (
            f"{valued(settings, 'traces', 'share')}: each traced page costs a third more CPU. "
            "A tenth shows as much, and whoever asks can have any one request traced by its `traceparent`."
        )


def is_this_machine(host: str) -> bool:
    """Whether nobody else can listen in."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
