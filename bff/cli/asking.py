"""What several commands ask for, and how they end where it cannot be had."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from bff import Page, read_settings
from bff.errors import BffError, SettingsError
from bff.settings import SETTINGS_FILE, Settings, settings_file_here
from bff.settings.doctor import doubts

T = TypeVar("T")

OUR_PAGE: Final = "bff.schema:page"

page_option = click.option(
    "--app", "reference", default=OUR_PAGE, metavar="MODULE:PAGE", help="A page of your own, e.g. acme.page:page."
)
config_option = click.option(
    "--config", "file", type=click.Path(path_type=Path), help=f"Settings file; {SETTINGS_FILE} here, if there is one."
)
port_option = click.option(
    "--port", default=8000, show_default=True, envvar="BFF_PORT", help="Where that `bff dev` listens."
)


def in_sentences(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turns our errors into what a person can act on, and exit code 1."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except SettingsError as error:
            problems = "\n".join(f"  - {problem}" for problem in error.problems)
            raise click.ClickException(f"these settings cannot work:\n{problems}") from error
        except BffError as error:
            raise click.ClickException(str(error)) from error

    return run


def settings_of(page: Page, file: Path | None) -> Settings:
    """By the environment, and the file that is named or lies here."""
    return read_settings(page, os.environ, file or settings_file_here())


def say_doubts(settings: Settings) -> None:
    """One line for each, before anything runs."""
    for doubt in doubts(settings):
        click.echo(f"Doubtful: {doubt}", err=True)


def answer(question: Coroutine[Any, Any, T]) -> T:
    """What comes of it. `asyncio.run` would wait for name servers, also when nobody waits for them any more."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(question)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
