"""Starts what one `bff dev` runs: the cache server and the upstreams side by side, then the web."""

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from bff.lab.dev.admin_socket import AdminSocket
from bff.lab.dev.child import Child
from bff.lab.dev.children import Children
from bff.lab.dev.errors import ValkeyNotAvailable
from bff.lab.dev.options import DevOptions
from bff.lab.dev.rundir import DevState, UpstreamState, publish, socket_path
from bff.lab.dev.valkey import start_valkey
from bff.lab.upstreams.pseudonyms import KEY_VARIABLE


class Stage(IntEnum):
    """Children stop from the highest stage down, so that pages under way still have what they ask."""

    CACHE = 0
    UPSTREAMS = 1
    WEB = 2


@dataclass(frozen=True)
class Cache:
    """`note` says in a few words what it is; `child` is None where it is not a process of ours."""

    url: str
    note: str
    child: Child | None = None


@dataclass(frozen=True)
class Running:
    """Everything is up. Without the `vital` children there is no page."""

    state: DevState
    cache: Cache
    vital: tuple[Child, ...]


async def start(options: DevOptions, directory: Path, children: Children) -> Running:
    """Start everything and tell other terminals. Raises DevError as soon as one part cannot start."""
    with AdminSocket.open(options.admin_host, options.admin_ports) as admin:
        return await _start(options, directory, children, admin)


async def _start(options: DevOptions, directory: Path, children: Children, admin: AdminSocket) -> Running:
    simulated = [name for name in options.sources if name not in options.urls]
    controls = {name: socket_path(directory, f"{name}.control") for name in simulated}
    key = {KEY_VARIABLE: options.pseudonym_key or secrets.token_urlsafe(32)}
    upstreams = {name: await _spawn_upstream(options, name, controls[name], children, key) for name in simulated}
    cache = await _start_cache(options, directory, children)
    answers = await asyncio.gather(*(child.ready(options.start_within) for child in upstreams.values()))
    urls = {**options.urls, **{name: answer["url"] for name, answer in zip(upstreams, answers, strict=True)}}

    told = {name: UpstreamState(urls[name], controls.get(name)) for name in options.sources}
    state = DevState(os.getpid(), options.page_url, told, cache.url, admin.url)
    publish(directory, state)  # before the page answers: whoever sees it answer may break an upstream

    settings = {**_web_settings(options, urls, cache.url), **admin.told(), **key, "BFF_DEV_DIR": str(directory)}
    web = await children.spawn(
        "web", options.web, stage=Stage.WEB, environ={**os.environ, **settings}, inherits=admin.descriptors
    )
    await web.ready(options.start_within)
    return Running(state, cache, (web, *upstreams.values()))


async def _spawn_upstream(
    options: DevOptions, name: str, control: str, children: Children, key: Mapping[str, str]
) -> Child:
    command = [*options.upstream, name, "--port", "0", "--control", control, "--speed", f"{options.speed:g}"]
    # the package alone, without the rest of bff, which is slow to load
    environ = {**os.environ, **key, "PYTHONPATH": str(Path(__file__).parents[1])}
    return await children.spawn(name, command, stage=Stage.UPSTREAMS, environ=environ)


async def _start_cache(options: DevOptions, directory: Path, children: Children) -> Cache:
    if options.cache_url:
        return Cache(options.cache_url, "yours")
    try:
        child, url = await start_valkey(children, directory, stage=Stage.CACHE)
    except ValkeyNotAvailable as error:
        return Cache("memory://", f"no embedded Valkey, so the web keeps its own: {error}")
    return Cache(url, "embedded Valkey", child)


def _web_settings(options: DevOptions, urls: Mapping[str, str], cache_url: str) -> dict[str, str]:
    return {
        **{f"BFF_{name.upper()}__URL": url for name, url in urls.items()},
        "BFF_CACHE_URL": cache_url,
        "BFF_HOST": options.host,
        "BFF_PORT": str(options.port),
        **options.settings,
    }
