"""What the `bff` command says of the cache server, and does to it: a real one."""

import asyncio
import re
import socket
from pathlib import Path

import pytest
from click.testing import Result

from bff.cache.redis.store import RedisShared
from bff.cli.cache_server import place
from tests.cache.redis.using import at, fill, hearing, store_at
from tests.command_line import alone_in, bff, said_by
from tests.valkey import running_valkey

VALUES = 5
BYTES = 1_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it runs, empty."""
    return alone_in(tmp_path, monkeypatch)


async def beside(*arguments: str, **environment: str) -> Result:
    """The command, while what is here goes on."""
    return await asyncio.to_thread(bff, *arguments, **environment)


def nobody() -> str:
    """The URL of a server that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"redis://:hush@127.0.0.1:{taken.getsockname()[1]}"


async def serve_pages_for(store: RedisShared, users: int) -> None:
    for user in range(users):
        await fill(store, {at(str(user), key): bytes(BYTES) for key in range(VALUES)})


def the_cache_in(result: Result) -> list[str]:
    """The lines of its paragraph."""
    assert result.exit_code == 0
    [paragraph] = [part for part in result.stdout.split("\n\n") if part.startswith("Cache: ")]
    return [line.strip() for line in paragraph.splitlines()]


async def test_config_shows_what_a_user_takes_and_what_so_many_need_in_numbers_that_add_up() -> None:
    async with running_valkey() as valkey, store_at(valkey.url) as store:
        await serve_pages_for(store, 20)
        shown = await beside("config", BFF_CACHE_URL=valkey.url, BFF_CACHE_USERS="100000")

    where, room, sample, need = the_cache_in(shown)
    assert where == f"Cache: {valkey.url}"
    assert re.fullmatch(r"\d+kb used of 256mb \(maxmemory; allkeys-lru when full\)\.", room)
    found = re.fullmatch(
        r"100 values weighed: (\d+) bytes each, 5\.0 for each user, and (\d+) bytes besides: "
        r"(\d+) bytes for a user\.",
        sample,
    )
    assert found is not None, sample
    each, generation, user = (int(number) for number in found.groups())
    assert BYTES < each < BYTES + 300
    assert user == pytest.approx(VALUES * each + generation, abs=VALUES + 1)
    found = re.fullmatch(r"BFF_CACHE_USERS \(100000\) need (\d+)mb\.", need)
    assert found is not None, need
    assert int(found[1]) == pytest.approx(100_000 * user / 1024**2, abs=1)
    assert (
        f"Doubtful:\n  - BFF_CACHE_USERS (100000) need {found[1]}mb, and the cache server keeps 256mb" in shown.stdout
    )


async def test_config_doubts_a_server_that_keeps_nothing_new_and_nothing_else() -> None:
    async with running_valkey(eviction="noeviction") as valkey:
        shown = await beside("config", BFF_CACHE_URL=valkey.url)

    assert the_cache_in(shown)[-1] == "None of our values lies there yet: serve some pages, then look again."
    _, doubtful = shown.stdout.split("\nDoubtful:\n")
    assert doubtful.count("\n") == 1
    assert "maxmemory-policy is noeviction" in doubtful


def test_config_says_of_a_cache_in_process_that_it_is_one() -> None:
    [line] = the_cache_in(bff("config"))
    assert line == "Cache: in process only, up to 64MB (BFF_CACHE_MEMORY) in each; there is no server to ask."


def test_config_says_in_a_line_that_the_server_does_not_answer_and_shows_no_password() -> None:
    url = nobody()
    shown = bff("config", BFF_CACHE_URL=url)
    [line] = the_cache_in(shown)
    assert line.startswith(f"Cache: {url.replace(':hush@', '')} cannot be asked what it keeps: Error ")
    assert shown.stdout.endswith(
        "\nDoubtful:\n  - The cache server could not be asked: whether it has room for what is cached is not known.\n"
    )
    assert "hush" not in shown.output


def test_config_waits_for_no_server_that_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        [line] = the_cache_in(bff("config", BFF_CACHE_URL=url))
    assert line == f"Cache: {url} cannot be asked what it keeps: no answer in time."


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://me:h' u\"s@h@cache:6379/1", "redis://cache:6379/1"),
        ("redis+sentinel://:hush@one,two:26380/main", "redis+sentinel://one,two:26380/main"),
        ("unix://:hush@/run/valkey.sock?db=1", "unix:///run/valkey.sock?db=1"),
    ],
)
def test_a_server_is_named_without_a_password_whatever_that_holds(url: str, shown: str) -> None:
    assert place(url) == shown


async def test_purge_drops_all_of_these_users_and_of_no_other_and_tells_every_process() -> None:
    async with running_valkey() as valkey, store_at(valkey.url) as store, hearing(store) as (heard, _):
        await serve_pages_for(store, 10)
        purged = await beside("cache", "purge", "--user", "7", "--user", "8", BFF_CACHE_URL=valkey.url)
        await heard.until(lambda: {"7", "8"} <= set(heard.viewers))
        left = {user: await store.get_many([at(user, key) for key in range(VALUES)]) for user in ("7", "8", "9")}

    assert purged.exit_code == 0
    assert purged.stdout.splitlines() == [
        f"Dropped all that was cached for user 7 at {valkey.url}.",
        f"Dropped all that was cached for user 8 at {valkey.url}.",
    ]
    assert left == {"7": [None] * VALUES, "8": [None] * VALUES, "9": [bytes(BYTES)] * VALUES}


async def test_purge_says_so_where_nothing_was_cached() -> None:
    async with running_valkey() as valkey:
        purged = await beside("cache", "purge", "--user", "7", BFF_CACHE_URL=valkey.url)

    assert purged.exit_code == 0
    assert purged.stdout == (f"Nothing was cached for user 7 at {valkey.url}: is that the server the processes use?\n")


def test_purge_without_a_server_says_why_there_is_nothing_to_do() -> None:
    said = said_by(bff("cache", "purge", "--user", "7"))
    assert said.startswith("Error: BFF_CACHE_URL names no server: each process keeps values for itself")


def test_purge_says_that_the_server_cannot_be_told_and_shows_no_password() -> None:
    url = nobody()
    said = said_by(bff("cache", "purge", "--user", "7", BFF_CACHE_URL=url))
    assert said.startswith(
        f"Error: what is cached for user 7 may still be there: {url.replace(':hush@', '')} did not drop it: "
    )
    assert said.count("\n") == 1
    assert "hush" not in said


def test_purge_of_nobody_is_refused() -> None:
    assert bff("cache", "purge").exit_code == 2
    assert said_by(bff("cache", "purge", "--user", "")).startswith("Error: --user is empty")
