"""The `bff` command. Every error is a sentence or a list of them, and never a stack trace."""

import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

import click

from bff.cli.asking import OUR_PAGE, in_sentences, page_option, port_option, say_doubts, settings_of
from bff.cli.cache_command import cache
from bff.cli.config_command import config
from bff.cli.dev_settings import admin_ports, settings_for_web
from bff.cli.serve_command import serve
from bff.errors import BffError
from bff.lab.dev.breaking import break_source, mend
from bff.lab.dev.options import DevOptions
from bff.lab.dev.rundir import find
from bff.lab.dev.sign_in import sign_token
from bff.lab.dev.supervisor import run_dev
from bff.page_reference import load_page
from bff.page_schema import build_schema


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
    say_doubts(settings)
    if settings.workers > 1:
        click.echo(f"BFF_WORKERS is {settings.workers}: that is for `bff serve`, here one process serves.", err=True)
    urls = {name: source.url for name, source in settings.sources.items() if source.url is not None}
    options = DevOptions(
        sources=tuple(source.name for source in page.sources),
        urls=urls,
        cache_url=settings.cache_url if settings.came_from("cache_url") != "default" else None,
        host=settings.host,
        port=settings.port,
        admin_host=settings.admin.host,
        admin_ports=admin_ports(settings),
        settings=settings_for_web(settings),
        pseudonym_key=settings.pseudonym_key,
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


main.add_command(serve)
main.add_command(config)
main.add_command(cache)
