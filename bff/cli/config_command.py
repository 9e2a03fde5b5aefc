"""`bff config`: the settings in force, what the cache server has room for, and what is doubtful."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from bff.cache.redis.survey import survey
from bff.cache.sizing import Surveyed, described
from bff.cache.sizing import doubts as doubts_of_size
from bff.cli.asking import answer, config_option, in_sentences, page_option, settings_of
from bff.cli.cache_server import place, why
from bff.page_reference import load_page
from bff.settings import Settings
from bff.settings.doctor import doubts
from bff.settings.doctor.named import valued


@click.command()
@page_option
@config_option
@in_sentences
def config(reference: str, file: Path | None) -> None:
    """Show the settings in force, and what is doubtful in them.

    Each with where it came from. The cache server is asked what it keeps and has room for.
    """
    settings = settings_of(load_page(reference), file)
    _show(settings)
    surveyed, lines = _look_at_cache(settings)
    click.echo("\nCache: " + "\n  ".join(lines))
    doubtful = [*doubts(settings), *_doubts_of_cache(settings, surveyed)]
    click.echo("\nDoubtful:" if doubtful else "\nNothing in them is doubtful.")
    for doubt in doubtful:
        click.echo(f"  - {doubt}")


def _show(settings: Settings) -> None:
    rows = [(one.setting.variable, one.shown(), one.origin, one.setting.meaning) for one in settings.chosen]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *columns, meaning in rows:
        cells = "  ".join(cell.ljust(width) for cell, width in zip(columns, widths, strict=True))
        click.echo(f"{cells}  {meaning}")


def _doubts_of_cache(settings: Settings, surveyed: Surveyed | None) -> Iterator[str]:
    if surveyed is not None:
        yield from doubts_of_size(surveyed, settings.cache_users)
    elif not settings.cached_in_process:
        yield "The cache server could not be asked: whether it has room for what is cached is not known."
    elif settings.cache_users is not None:
        yield f"{valued(settings, 'cache_users')} is for a server, and BFF_CACHE_URL names none. Take it out."


def _look_at_cache(settings: Settings) -> tuple[Surveyed | None, Sequence[str]]:
    """What the server told, and what to say."""
    if settings.cached_in_process:
        memory = settings.one("cache_memory").shown()
        return None, [f"in process only, up to {memory} (BFF_CACHE_MEMORY) in each; there is no server to ask."]
    try:
        surveyed = answer(survey(settings.cache_url))
    except Exception as error:  # whatever it is, the settings are shown
        return None, [f"{place(settings.cache_url)} cannot be asked what it keeps: {why(error)}."]
    return surveyed, [f"{place(settings.cache_url)}", *described(surveyed, settings.cache_users)]
