"""The ids by which a request is known: those that came, where they are harmless."""

import re

import pytest

from bff.web.trace_context import request_id, traceparent

VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize("inbound", ["1", "abc-DEF_1.2:3", "x" * 128])
def test_a_harmless_request_id_is_kept(inbound: str) -> None:
    assert request_id(inbound) == inbound


@pytest.mark.parametrize("inbound", [None, "", "x" * 129, "a b", "a\nb", "a\n", "ä", "<script>", "a,b"])
def test_any_other_request_id_is_replaced_by_a_new_one(inbound: str | None) -> None:
    first, second = request_id(inbound), request_id(inbound)
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


def test_a_valid_trace_context_is_passed_on() -> None:
    assert traceparent(VALID) == VALID


@pytest.mark.parametrize(
    "inbound",
    [
        None,
        "",
        "garbage",
        VALID.upper(),
        VALID + "\n",
        VALID + "-more",
        VALID.replace("00-", "ff-", 1),
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
        VALID[:-1],
    ],
)
def test_any_other_trace_context_is_replaced_by_a_new_one_not_sampled(inbound: str | None) -> None:
    first, second = traceparent(inbound), traceparent(inbound)
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", first)
    assert first != second
