"""Several processes: workers that serve the page, and their parent, which owns both listeners."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Final

from starlette.applications import Starlette

from bff.admin.peers import Peer
from bff.settings import Settings
from bff.web.serving.addresses import Addresses, Announce
from bff.web.serving.admin_server import admin_served
from bff.web.serving.admin_side import admin_listener, admin_of
from bff.web.serving.answering import Answering
from bff.web.serving.far_peer import FarPeer
from bff.web.serving.fleet import Fleet, FleetOptions
from bff.web.serving.listening import listen_for_page, url_of
from bff.web.serving.page_server import serve_page
from bff.web.serving.place import Place
from bff.web.serving.seat import CannotStart

LONGEST_FOLDER: Final = 80
"""Bytes: the path of a unix socket may have 103 on macOS, and 107 on Linux."""


def serve_by_workers(settings: Settings, announce: Announce) -> int:
    """Run `settings.workers` processes of this very command until SIGTERM or SIGINT, and return the exit code.

    Raises `SettingsError` for a port in use, and `CannotStart` when no worker can be started.
    """
    with ExitStack() as stack:
        beside = admin_listener(settings)
        stack.enter_context(beside or nullcontext())
        listener = stack.enter_context(listen_for_page(settings.host, settings.port))
        addresses = Addresses(url_of(listener), None if beside is None else url_of(beside), settings.workers)
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bff-", dir=_short_folder())))
        options = FleetOptions(command=this_command(), workers=settings.workers, lead=settings.overload.lead)
        fleet = Fleet(options, listener, directory, lambda: announce(addresses))
        if beside is not None:
            stack.enter_context(admin_served(admin_of(settings, lambda: _peers(fleet)), beside))
        try:
            return asyncio.run(fleet.run())
        except CannotStart as error:
            raise CannotStart(f"{error}: what it said is further up.") from error


def serve_as_worker(app: Starlette, place: Place) -> None:
    """Serve until the parent says SIGTERM."""
    with place.listening() as listener, Answering(place.path, app.state.telemetry):
        serve_page(app, listener, place.say_ready, one_of_several=True)


def this_command() -> Sequence[str]:
    """How this process was started, to start another one like it."""
    return [sys.executable, *sys.orig_argv[1:]]


def _peers(fleet: Fleet) -> Sequence[Peer]:
    return [FarPeer(str(number), path) for number, path in fleet.answering()]


def _short_folder() -> str:
    """The system's, unless a socket's path would be too long there."""
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) <= LONGEST_FOLDER else "/tmp"  # noqa: S108 - private below it
