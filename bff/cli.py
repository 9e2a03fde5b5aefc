"""The `bff` command. Every error is a sentence or a list of them, and never a stack trace."""

import logging
import os
import sys
from collections.abc import Callable
from functools import wraps
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import click

from bff import Page, create_app, read_settings
from bff.errors import BffError, SettingsError
from bff.lab.dev.breaking import break_source, mend
from bff.lab.dev.options import DevOptions
from bff.lab.dev.rundir import find
from bff.lab.dev.sign_in import sign_token
from bff.lab.dev.supervisor import run_dev
from bff.page_reference import load_page
from bff.page_schema import build_schema
from bff.settings import SETTINGS_FILE, Settings, settings_file_here
from bff.settings.doctor import doubts
from bff.web.server import serve as serve_app

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


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    try:
        click.echo(f"bff {version('bff-graphql')}")
    except PackageNotFoundError:
        click.echo("bff, run from its source without being installed")
    context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show it.")
def main() -> None:
    """A GraphQL backend-for-frontend: a page as fast as its fastest honest answer."""


@main.command()
@page_option
@config_option
@in_sentences
def serve(reference: str, file: Path | None) -> None:
    """Serve a page in production.

    `bff config` shows the settings it goes by.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    page = load_page(reference)
    settings = _settings(page, file)
    app = create_app(page, settings)
    _say_doubts(settings)
    if settings.cache_url == "memory://":
        click.echo("No BFF_CACHE_URL: answers are cached in this process only.", err=True)
    serve_app(app, settings.host, settings.port, lambda url: click.echo(f"bff serves {page.name} on {url}", err=True))


@main.command()
@page_option
@config_option
@in_sentences
def config(reference: str, file: Path | None) -> None:
    """Show the settings in force, and what is doubtful in them.

    Each with where it came from.
    """
    settings = _settings(load_page(reference), file)
    rows = [(one.setting.variable, one.shown(), one.origin, one.setting.meaning) for one in settings.chosen]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *columns, meaning in rows:
        cells = "  ".join(cell.ljust(width) for cell, width in zip(columns, widths, strict=True))
        click.echo(f"{cells}  {meaning}")
    doubtful = doubts(settings)
    click.echo("\nDoubtful:" if doubtful else "\nNothing in them is doubtful.")
    for doubt in doubtful:
        click.echo(f"  - {doubt}")


@main.command()
@page_option
@in_sentences
def schema(reference: str) -> None:
    """Print the GraphQL schema."""
    click.echo(build_schema(load_page(reference)).as_str())


@main.command()
@click.option("--user", default="1", show_default=True, help="The id of the user who is signed in.")
@port_option
@in_sentences
def token(user: str, port: int) -> None:
    """Print a token for a user of a running `bff dev`.

    It is good for eight hours.
    """
    directory, _ = find(port)
    click.echo(sign_token(directory, user))


@main.group(invoke_without_command=True)
@click.pass_context
@in_sentences
def dev(context: click.Context) -> None:
    """Run everything on this machine.

    That is the page, simulated upstreams and an embedded cache.
    """
    if context.invoked_subcommand is not None:
        return
    if find_spec("faker") is None:
        raise BffError(
            "bff dev simulates upstreams with packages that are not here: run `make install` where its code is"
        )
    page = load_page(OUR_PAGE)
    settings = _settings(page, None)
    _say_doubts(settings)
    urls = {name: source.url for name, source in settings.sources.items() if source.url is not None}
    options = DevOptions(
        sources=tuple(source.name for source in page.sources),
        urls=urls,
        cache_url=settings.cache_url if settings.came_from("cache_url") != "default" else None,
        host=settings.host,
        port=settings.port,
    )
    sys.exit(run_dev(options))


@dev.command("break")
@click.argument("source")
@click.argument("fault")
@click.argument("argument", default="")
@port_option
@in_sentences
def break_(source: str, fault: str, argument: str, port: int) -> None:
    """Break a simulated upstream at once.

    For example: `bff dev break recommendations slow 2s`.
    """
    click.echo(break_source(port, source, fault, argument))


@dev.command("mend")
@click.argument("source", required=False)
@port_option
@in_sentences
def mend_(source: str | None, port: int) -> None:
    """Mend a simulated upstream, or all of them."""
    click.echo(mend(port, source))


def _say_doubts(settings: Settings) -> None:
    for doubt in doubts(settings):
        click.echo(f"Doubtful: {doubt}", err=True)


def _settings(page: Page, file: Path | None) -> Settings:
    return read_settings(page, os.environ, file or settings_file_here())
