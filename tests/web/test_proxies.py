"""Whose address is counted: nobody gets another one by writing headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from bff.settings.values import networks
from bff.web.proxies import MOST_HOPS, Proxies

PROXIES = Proxies(networks("10.0.0.0/8, fd00::/8"))
PROXY, CLIENT, OTHER = "10.0.0.1", "9.9.9.9", "8.8.8.8"


def seen(*lines: str, peer: str | None = PROXY, **others: str) -> str | None:
    raw = [(b"x-forwarded-for", line.encode("latin-1")) for line in lines]
    raw += [(name.encode(), value.encode()) for name, value in others.items()]
    return PROXIES.client(Headers(raw=raw), peer)


@pytest.mark.parametrize("peer", [CLIENT, "2606:4700::1111", f"::ffff:{CLIENT}"])
def test_one_who_comes_directly_is_the_peer(peer: str) -> None:
    assert seen(peer=peer) == peer.removeprefix("::ffff:")


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ((CLIENT,), CLIENT),
        (("2606:4700::1111",), "2606:4700::1111"),
        ((f"::ffff:{CLIENT}",), CLIENT),
        ((f"{CLIENT}, 10.2.3.4",), CLIENT),
        ((f"{CLIENT}, fd00::7, 10.2.3.4",), CLIENT),
        ((f" {CLIENT} ,10.2.3.4",), CLIENT),
        ((f"{CLIENT}:5678",), CLIENT),
        (("[2606:4700::1111]:80",), "2606:4700::1111"),
        (("[2606:4700::1111]",), "2606:4700::1111"),
        (("fe80::1%eth0",), "fe80::1"),
    ],
)
def test_behind_trusted_proxies_it_is_the_last_that_is_none(told: tuple[str, ...], client: str) -> None:
    assert seen(*told) == client


@pytest.mark.parametrize(
    "told",
    [
        (f"{OTHER}, {CLIENT}",),
        (f"garbage, {CLIENT}",),
        (f"10.9.9.9, {CLIENT}, 10.2.3.4",),
        (OTHER, CLIENT),
        (OTHER, f"{CLIENT}, 10.2.3.4"),
        (f"{OTHER}, " * 500 + CLIENT,),
    ],
)
def test_what_the_client_wrote_itself_does_not_count(told: tuple[str, ...]) -> None:
    assert seen(*told) == CLIENT


@pytest.mark.parametrize("header", ["forwarded", "x-real-ip", "via", "x-client-ip", "true-client-ip"])
def test_what_a_proxy_passes_on_unread_does_not_count(header: str) -> None:
    assert seen(CLIENT, **{header: f"for={OTHER}"}) == CLIENT


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via"])
def test_one_from_the_internet_is_counted_whatever_it_says_it_forwards(header: str) -> None:
    assert seen(peer=CLIENT, **{header: OTHER}) == CLIENT


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via"])
@pytest.mark.parametrize("peer", ["192.168.0.7", "127.0.0.1", "100.64.0.1", "fe80::1", "::ffff:172.16.0.1"])
def test_everybody_behind_a_private_proxy_that_is_not_trusted_is_not_counted_as_one(peer: str, header: str) -> None:
    assert seen(peer=peer, **{header: OTHER}) is None
    assert seen(peer=peer) is not None


@pytest.mark.parametrize("peer", [None, "", "/run/bff.sock", "testclient"])
def test_a_peer_without_an_address_is_nobody(peer: str | None) -> None:
    assert seen(CLIENT, peer=peer) is None


@pytest.mark.parametrize(
    "told",
    [
        (),
        ("",),
        ("unknown",),
        ("_hidden",),
        (f"{CLIENT},",),
        ("10.1.1.1, 10.2.2.2",),
        ("[9.9.9.9",),
        (f"{CLIENT}:port",),
        (f"{CLIENT}:123456",),
        ("999.9.9.9",),
        ("09.9.9.9",),
        (", ".join(["10.1.1.1"] * (MOST_HOPS + 1)),),
    ],
)
def test_where_the_proxies_say_nobody_it_is_nobody(told: tuple[str, ...]) -> None:
    assert seen(*told) is None


def test_an_ipv6_hop_keeps_its_last_group_where_there_is_no_port() -> None:
    assert seen("2606:4700::1111:80") == "2606:4700::1111:80"


def test_a_plain_mapping_has_one_line() -> None:
    assert PROXIES.client({"x-forwarded-for": CLIENT}, PROXY) == CLIENT


@given(st.text(alphabet='0129afF.:,[]% "\t-x\x00é', max_size=60))
def test_whatever_is_written_before_it_the_true_one_is_found(written: str) -> None:
    assert seen(f"{written},{CLIENT}") == CLIENT
    assert seen(written, CLIENT) == CLIENT


@given(st.text(alphabet='0129afF.:,[]% "\t-x\x00é', max_size=60))
def test_whatever_a_proxy_says_it_is_an_address_or_nobody(written: str) -> None:
    found = seen(written)
    assert found is None or not PROXIES.trusts(found)
