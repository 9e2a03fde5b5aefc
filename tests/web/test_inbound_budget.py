"""A trusted proxy may shorten a page's deadline, and nobody else may."""

from collections.abc import Mapping

import pytest

from bff.settings.values import networks
from bff.web.inbound_budget import PageBudget
from bff.web.proxies import Proxies

BUDGET = PageBudget(3.0, Proxies(networks("10.0.0.0/8, fd00::/8")))
PROXY = "10.1.2.3"


@pytest.mark.parametrize("name", ["x-deadline-ms", "x-envoy-expected-rq-timeout-ms"])
def test_what_is_left_for_whoever_asks_less_the_way_back_is_the_pages_deadline(name: str) -> None:
    assert BUDGET.seconds({name: "800"}, PROXY) == pytest.approx(0.75)


def test_of_two_budgets_the_smaller_counts() -> None:
    headers = {"x-deadline-ms": "800", "x-envoy-expected-rq-timeout-ms": "500"}
    assert BUDGET.seconds(headers, PROXY) == pytest.approx(0.45)


def test_a_budget_never_lengthens_a_page() -> None:
    assert BUDGET.seconds({"x-deadline-ms": "60000"}, PROXY) == 3


@pytest.mark.parametrize("given", ["0", "49"])
def test_with_nothing_left_the_page_waits_for_nothing(given: str) -> None:
    assert BUDGET.seconds({"x-deadline-ms": given}, PROXY) == 0


@pytest.mark.parametrize("given", ["", "soon", "-5", "1.5", "٣", "9" * 5_000, "1_000"])
def test_what_cannot_be_read_is_ignored(given: str) -> None:
    assert BUDGET.seconds({"x-deadline-ms": given}, PROXY) == 3


@pytest.mark.parametrize("peer", ["11.0.0.1", "127.0.0.1", "::1", "", "a socket", None])
def test_nobody_else_is_believed(peer: str | None) -> None:
    assert BUDGET.seconds({"x-deadline-ms": "100"}, peer) == 3


@pytest.mark.parametrize("peer", ["10.255.0.1", "::ffff:10.0.0.1", "fd00::7"])
def test_a_proxy_is_known_by_its_address_however_it_is_written(peer: str) -> None:
    assert BUDGET.seconds({"x-deadline-ms": "100"}, peer) == pytest.approx(0.05)


@pytest.mark.parametrize("headers", [{}, {"x-deadline-ms": "100"}])
def test_by_default_nobody_is_trusted(headers: Mapping[str, str]) -> None:
    assert PageBudget(3.0, Proxies(())).seconds(headers, "127.0.0.1") == 3
