"""An upstream that wants to see a certificate, over real sockets."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from bff.errors import UpstreamFailed, UpstreamUnreachable
from bff.identity import Tls
from bff.transport import Request, Transport
from bff.transport.over_httpx import HttpxTransport
from bff.transport.over_pyreqwest import PyreqwestTransport
from bff.transport.tls import TlsError
from tests.transport.authority import Authority
from tests.transport.conftest import trust
from tests.transport.raw_server import answer, raw_server, read_head

MAKES: dict[str, Callable[[Iterable[Tls]], Transport]] = {
    "pyreqwest": PyreqwestTransport,
    "httpx": lambda identities: HttpxTransport(httpx.AsyncClient(verify=trust()), identities=identities),
}
each_client = pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def says_who_it_sees(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with the name in the client's certificate."""
    with suppress(ssl.SSLError):
        while await read_head(reader):
            subject = dict(pair for [pair] in writer.get_extra_info("peercert")["subject"])
            writer.write(answer(body=subject["commonName"].encode()))
            await writer.drain()


def request(url: str, tls: Tls | None) -> Request:
    return Request(url, {}, 5, 1_000, tls=tls)


@each_client
async def test_each_request_shows_the_certificate_of_its_own(
    make: Callable[[Iterable[Tls]], Transport], authority: Authority
) -> None:
    known, later = authority.client("known"), authority.client("later")
    transport = make([known])
    try:
        async with raw_server(says_who_it_sees, authority.server()) as upstream:
            shown = [(await transport.send(request(upstream.url, tls))).body for tls in (known, later, known)]
    finally:
        await transport.close()
    assert shown == [b"known", b"later", b"known"]


@contextmanager
def refusing(context: ssl.SSLContext) -> Iterator[str]:
    """The URL of a server that says in TLS why it takes nobody, which asyncio's does not."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            with suppress(OSError):
                while True:
                    accepted, _ = listener.accept()
                    refused = context.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False)
                    with refused:
                        with suppress(OSError):
                            refused.do_handshake()
                        with suppress(OSError):
                            refused.shutdown(socket.SHUT_WR)
                            while refused.recv(1_000):  # else what was sent meanwhile would make it a reset
                                pass

        thread = threading.Thread(target=refuse)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
@each_client
async def test_u12_without_a_certificate_or_with_one_that_others_signed_it_cannot_be_reached(
    make: Callable[[Iterable[Tls]], Transport], authority: Authority, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    signed = Authority(tmp_path, "others").signs("somebody")
    somebody = Tls(certificate=signed.certificate, key=signed.key, ca=authority.certificate)
    transport, context = make([]), authority.server()
    context.maximum_version = version
    try:
        with refusing(context) as url:
            for wrong in (somebody, Tls(ca=authority.certificate), None):
                with pytest.raises(UpstreamUnreachable) as caught:
                    await transport.send(request(url, wrong))
                assert str(tmp_path) not in str(caught.value)
    finally:
        await transport.close()


@each_client
async def test_u12_a_server_that_others_signed_is_not_trusted(
    make: Callable[[Iterable[Tls]], Transport], authority: Authority, tmp_path: Path
) -> None:
    transport = make([])
    try:
        async with raw_server(says_who_it_sees, Authority(tmp_path, "others").server()) as upstream:
            with pytest.raises(UpstreamUnreachable):
                await transport.send(request(upstream.url, authority.client()))
    finally:
        await transport.close()


@each_client
async def test_a_closed_transport_shows_no_certificate(
    make: Callable[[Iterable[Tls]], Transport], authority: Authority
) -> None:
    transport = make([authority.client()])
    await transport.close()
    with pytest.raises(UpstreamFailed, match="closed"):
        await transport.send(request("https://127.0.0.1:1/", authority.client()))


def broken(authority: Authority, folder: Path) -> dict[str, Tls]:
    one, other = authority.signs("one"), authority.signs("other")
    locked = authority.signs("locked", password=b"hush-hush")
    odd = folder / "odd.pem"
    odd.write_text("s3cret")
    bad = folder / "bad.pem"
    bad.write_text("-----BEGIN CERTIFICATE-----\nczNjcmV0\n-----END CERTIFICATE-----\n")
    return {
        "another's key": Tls(certificate=one.certificate, key=other.key),
        "a key with a password": Tls(certificate=locked.certificate, key=locked.key),
        "no key": Tls(certificate=one.certificate),
        "no certificate": Tls(certificate=odd, key=one.key),
        "not there": Tls(certificate=folder / "nowhere.pem", key=one.key),
        "an odd authority": Tls(ca=odd),
        "a bad authority": Tls(ca=bad),
        "an authority that is not there": Tls(ca=folder / "nowhere.pem"),
        "a folder": Tls(ca=folder),
    }


BROKEN = [
    "another's key",
    "a key with a password",
    "no key",
    "no certificate",
    "not there",
    "an odd authority",
    "a bad authority",
    "an authority that is not there",
    "a folder",
]


@pytest.mark.parametrize("name", BROKEN)
@each_client
async def test_a_file_that_is_no_good_is_told_at_start_in_a_sentence(
    make: Callable[[Iterable[Tls]], Transport], name: str, authority: Authority, tmp_path: Path
) -> None:
    tls = broken(authority, tmp_path)[name]
    with pytest.raises(TlsError) as caught:
        make([tls])
    said = str(caught.value)
    assert said.startswith(str(tmp_path))
    assert "s3cret" not in said
    assert "hush" not in said


@each_client
async def test_a_file_that_goes_bad_later_costs_the_calls_that_need_it(
    make: Callable[[Iterable[Tls]], Transport], authority: Authority, tmp_path: Path
) -> None:
    transport = make([])
    try:
        with pytest.raises(UpstreamUnreachable):
            await transport.send(request("https://127.0.0.1:1/", Tls(ca=tmp_path / "nowhere.pem")))
    finally:
        await transport.close()
