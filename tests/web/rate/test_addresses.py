"""Whom an address is counted as."""

import pytest

from bff.web.rate.addresses import counted_as


@pytest.mark.parametrize("address", ["9.9.9.9", "10.0.0.1", "255.255.255.255"])
def test_an_ipv4_address_is_itself(address: str) -> None:
    assert counted_as(address) == address


def test_all_addresses_of_one_ipv6_network_are_one() -> None:
    own = {counted_as(f"2606:4700:0:1:{host:x}::{host:x}") for host in range(1, 1_000)}
    assert len(own) == 1
    assert counted_as("2606:4700:0:2::1") not in own


def test_clients_behind_a_gateway_to_ipv6_are_told_apart() -> None:
    assert counted_as("64:ff9b::9.9.9.9") == "9.9.9.9"
    assert counted_as("64:ff9b:0:0:0:1:909:909") != "9.9.9.9"
