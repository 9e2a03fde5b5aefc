"""One process: the page in its main thread, the admin listener in another."""

import socket
from contextlib import ExitStack, nullcontext

from starlette.applications import Starlette

from bff.settings import Settings
from bff.web.serving.addresses import Addresses, Announce
from bff.web.serving.admin_server import admin_served
from bff.web.serving.admin_side import admin_listener, admin_of
from bff.web.serving.listening import listen_for_page, url_of
from bff.web.serving.near_peer import NearPeer
from bff.web.serving.page_server import serve_page
from bff.web.serving.server_state import LINGER


def serve(
    app: Starlette,
    settings: Settings,
    announce: Announce,
    *,
    admin: socket.socket | None = None,
    linger: float = LINGER,
) -> None:
    """Serve until SIGTERM or SIGINT; `/metrics` is answered until the page is drained.

    `admin` is a socket that listens already, in place of the one of the settings. `linger` is how long idle
    connections are kept while the page is drained. Raises `SettingsError` for a port in use, before anything is served.
    """
    with ExitStack() as stack:
        beside = admin or admin_listener(settings)
        stack.enter_context(beside or nullcontext())
        listener = stack.enter_context(listen_for_page(settings.host, settings.port))
        if beside is not None:
            peer = NearPeer(app.state.telemetry)
            stack.enter_context(admin_served(admin_of(settings, lambda: [peer]), beside))
        # uvicorn closes its listener when it drains, so the address is asked for now
        addresses = Addresses(url_of(listener), None if beside is None else url_of(beside))
        serve_page(app, listener, lambda: announce(addresses), linger=linger)
