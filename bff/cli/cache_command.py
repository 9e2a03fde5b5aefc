"""`bff cache`: what can be done to the cache from outside."""

from collections.abc import Sequence
from pathlib import Path

import click

from bff.cache.redis.store import RedisShared
from bff.cli.asking import answer, config_option, in_sentences, page_option, settings_of
from bff.cli.cache_server import place, why
from bff.errors import BffError
from bff.page_reference import load_page


@click.group()
def cache() -> None:
    """Drop what is cached."""


@cache.command()
@click.option("--user", "users", multiple=True, required=True, help="The id of a user; may be given several times.")
@page_option
@config_option
@in_sentences
def purge(users: Sequence[str], reference: str, file: Path | None) -> None:
    """Drop all that is cached for a user, everywhere.

    Every process that shares the cache server of BFF_CACHE_URL hears of it. An answer that is under way is not kept.
    """
    settings = settings_of(load_page(reference), file)
    if "" in users:
        raise BffError("--user is empty: give it the id of a user, as in --user 7.")
    if settings.cached_in_process:
        raise BffError(
            "BFF_CACHE_URL names no server: each process keeps values for itself, where no command reaches them. "
            "Restart the processes, or set BFF_CACHE_URL to the server they share; `bff dev` prints that of its own."
        )
    answer(_forget(settings.cache_url, users))


async def _forget(url: str, users: Sequence[str]) -> None:
    shared = RedisShared.at(url)
    try:
        for user in users:
            try:
                known = await shared.knows(user)
                await shared.forget_viewer(user)
            except Exception as error:
                raise BffError(
                    f"what is cached for user {user} may still be there: {place(url)} did not drop it: {why(error)}. "
                    "Run this again when that is mended."
                ) from error
            if known:
                click.echo(f"Dropped all that was cached for user {user} at {place(url)}.")
            else:
                click.echo(f"Nothing was cached for user {user} at {place(url)}: is that the server the processes use?")
    finally:
        await shared.close()
