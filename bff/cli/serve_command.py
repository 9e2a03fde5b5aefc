"""`bff serve`: a page in production, by one process or several."""

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from bff import Page, create_app
from bff.cli.asking import config_option, in_sentences, page_option, say_doubts, settings_of
from bff.errors import SettingsError
from bff.page_reference import load_page
from bff.pseudonyms import new_key
from bff.settings import Settings, problems_for_serving
from bff.telemetry.log.logging_to import logging_to
from bff.web.serving.addresses import Addresses
from bff.web.serving.alone import serve as serve_alone
from bff.web.serving.place import Place
from bff.web.serving.several import serve_as_worker, serve_by_workers

LEVELS: Final[Mapping[str, int]] = {"uvicorn": logging.WARNING}
"""What it tells of its start and its end is said here, once."""


@click.command()
@page_option
@config_option
@in_sentences
def serve(reference: str, file: Path | None) -> None:
    """Serve a page in production.

    Every upstream needs its URL, and who signs the users' tokens must be known; what is missing is said. `bff config`
    shows all settings with what they mean.

    BFF_WORKERS=4 serves by four processes. One that dies is replaced. SIGHUP replaces them one after the other, and no
    request is lost; SIGTERM and Ctrl-C let pages under way finish, a second one ends them at once.

    /metrics, /debug/requests and /health are on a listener of their own, for all processes together: BFF_ADMIN_HOST and
    BFF_ADMIN_PORT, or BFF_ADMIN_PORT=off.
    """
    place = Place.taken_from(os.environ)
    page = load_page(reference)
    settings = settings_of(page, file)
    with logging_to(sys.stderr, format=settings.log.format, levels=LEVELS):
        if place is not None:
            serve_as_worker(create_app(page, settings, worker=str(place.number)), place)
        elif settings.workers > 1:
            _say_what_matters(settings)
            if settings.pseudonym_key is None:  # all workers, and those after them, have the same one
                os.environ[settings.one("pseudonym_key").setting.variable] = new_key()
            sys.exit(serve_by_workers(settings, lambda addresses: _announce(page, addresses)))
        else:
            app = create_app(page, settings)
            _say_what_matters(settings)
            serve_alone(app, settings, lambda addresses: _announce(page, addresses))


def _say_what_matters(settings: Settings) -> None:
    problems = problems_for_serving(settings)
    if problems:
        raise SettingsError(problems)
    say_doubts(settings)
    if settings.cached_in_process:
        each = "each process" if settings.workers > 1 else "this process"
        click.echo(f"No BFF_CACHE_URL: answers are cached in {each} only.", err=True)


def _announce(page: Page, addresses: Addresses) -> None:
    click.echo(f"bff serves {page.name} on {addresses.page}", err=True)
    if addresses.workers > 1:
        click.echo(f"Workers: {addresses.workers}", err=True)
    if addresses.admin is not None:
        click.echo(f"Admin listener: {addresses.admin} (/metrics, /debug/requests, /health)", err=True)
