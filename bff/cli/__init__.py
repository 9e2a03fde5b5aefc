"""The `bff` command. Every error is a sentence or a list of them, and never a stack trace."""

import logging
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click

from bff import create_app
from bff.cli.asking import OUR_PAGE, config_option, in_sentences, page_option, port_option, settings_of
from bff.cli.cache_command import cache
from bff.cli.config_command import config
from bff.errors import BffError
from bff.lab.dev.breaking import break_source, mend
from bff.lab.dev.options import DevOptions
from bff.lab.dev.rundir import find
from bff.lab.dev.sign_in import sign_token
from bff.lab.dev.supervisor import run_dev
from bff.page_reference import load_page
from bff.page_schema import build_schema
from bff.settings import Settings
from bff.settings.doctor import doubts
from bff.web.server import serve as serve_app


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
    settings = settings_of(page, file)
    app = create_app(page, settings)
    _say_doubts(settings)
    if settings.cached_in_process:
        click.echo("No BFF_CACHE_URL: answers are cached in this process only.", err=True)
    serve_app(app, settings.host, settings.port, lambda url: click.echo(f"bff serves {page.name} on {url}", err=True))


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
    settings = settings_of(page, None)
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


main.add_command(config)
main.add_command(cache)
