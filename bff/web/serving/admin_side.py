"""The admin listener, as the settings want it."""

import socket
from collections.abc import Callable, Sequence

from starlette.types import ASGIApp

from bff.admin.app import admin_app
from bff.admin.peers import Peer
from bff.errors import SettingsError
from bff.settings import Settings
from bff.telemetry.metrics.exposition import Exposition
from bff.web.serving.listening import listen_for_admin


def admin_listener(settings: Settings) -> socket.socket | None:
    """Its socket; None where there shall be none. Raises `SettingsError`."""
    if settings.admin.port is None:
        return None
    if 0 != settings.admin.port == settings.port and settings.admin.host == settings.host:
        raise SettingsError([f"BFF_PORT and BFF_ADMIN_PORT are both {settings.port}: each listener needs its own."])
    return listen_for_admin(settings.admin.host, settings.admin.port)


def admin_of(settings: Settings, peers: Callable[[], Sequence[Peer]]) -> ASGIApp:
    """What is answered there."""
    return admin_app(peers, token=settings.admin.token, exposition=Exposition())
