"""U12 over sockets: no connection to an upstream can be made."""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bff.transport import Transport
from bff.transport.over_httpx import HttpxTransport
from bff.transport.over_pyreqwest import PyreqwestTransport
from tests.faults.authority import ELSEWHERE, HERE, Authority
from tests.faults.landing_over_sockets import landing_over_sockets
from tests.faults.survived import KNOWN, NEW, Fault, Loss, assert_null, assert_survives, each_source, healthy_page
from tests.faults.switchable_upstream import SwitchableUpstream
from tests.transport.certificate import self_signed
from tests.transport.conftest import CLIENTS

UNREACHABLE = ("UPSTREAM_UNREACHABLE",)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """One that the default client trusts; it takes what to trust from the system."""
    if sys.platform != "linux":
        pytest.skip("needs Linux, where SSL_CERT_FILE says whom to trust")
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    return authority


@asynccontextmanager
async def speaking_no_tls(upstream: SwitchableUpstream) -> AsyncIterator[None]:
    async def greets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com\r\n")

    async with upstream.presenting(None), upstream.playing(greets):
        yield


TLS_FAULTS: dict[str, Callable[[SwitchableUpstream, Authority], Fault]] = {
    "nobody vouches for it": lambda upstream, _: upstream.presenting(self_signed()),
    "the wrong host name": lambda upstream, authority: upstream.presenting(authority.vouches_for(ELSEWHERE)),
    "no TLS": lambda upstream, _: speaking_no_tls(upstream),
}


def over_httpx(authority: Authority) -> Transport:
    trust = ssl.create_default_context(cafile=authority.certificate)
    return HttpxTransport(httpx.AsyncClient(verify=trust, trust_env=False))


TRUSTING: dict[str, Callable[[Authority], Transport]] = {
    "pyreqwest": lambda _: PyreqwestTransport(),
    "httpx": over_httpx,
}


@each_source
@pytest.mark.parametrize("client", CLIENTS)
async def test_u12_a_refused_connection_costs_one_section(name: str, client: str) -> None:
    async with landing_over_sockets(CLIENTS[client]()) as landing:
        await assert_survives(landing.client, landing.upstreams[name].refusing(), Loss(name, UNREACHABLE))


@each_source
@pytest.mark.parametrize("fault", TLS_FAULTS)
@pytest.mark.parametrize("client", TRUSTING)
async def test_u12_tls_that_fails_costs_one_section(name: str, fault: str, client: str, authority: Authority) -> None:
    upstream = SwitchableUpstream(name, authority.vouches_for(HERE))
    async with landing_over_sockets(TRUSTING[client](authority), upstreams={name: upstream}) as landing:
        await assert_survives(landing.client, TLS_FAULTS[fault](upstream, authority), Loss(name, UNREACHABLE))


@pytest.mark.serial
@each_source
async def test_u12_a_refused_connection_is_known_within_50_ms(name: str) -> None:
    async with landing_over_sockets() as landing:
        await landing.client.ask(viewer=KNOWN)
        async with landing.upstreams[name].refusing():
            page = await landing.client.ask(viewer=NEW)
    loss = Loss(name, UNREACHABLE)
    assert_null(page, healthy_page(NEW), loss)
    assert page.row("landingPage", loss.section)["elapsedMs"] < 50


@pytest.mark.serial
@each_source
@pytest.mark.parametrize("fault", TLS_FAULTS)
async def test_u12_tls_that_fails_is_known_within_50_ms(name: str, fault: str, authority: Authority) -> None:
    upstream = SwitchableUpstream(name, authority.vouches_for(HERE))
    async with landing_over_sockets(upstreams={name: upstream}) as landing:
        await landing.client.ask(viewer=KNOWN)
        async with TLS_FAULTS[fault](upstream, authority):
            page = await landing.client.ask(viewer=NEW)
    loss = Loss(name, UNREACHABLE)
    assert_null(page, healthy_page(NEW), loss)
    assert page.row("landingPage", loss.section)["elapsedMs"] < 50
