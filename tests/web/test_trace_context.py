"""The ids by which a request is known: those that came, where they are harmless."""

import asyncio
import re

import pytest

from bff.web.trace_context import MOST_ASKED_FOR, Tracing, request_id

pytestmark = pytest.mark.virtual_time

OFF = Tracing(on=False, share=1.0)
VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize("inbound", ["1", "abc-DEF_1.2:3", "x" * 128])
def test_a_harmless_request_id_is_kept(inbound: str) -> None:
    assert request_id(inbound) == inbound


@pytest.mark.parametrize("inbound", [None, "", "x" * 129, "a b", "a\nb", "a\n", "ä", "<script>", "a,b"])
def test_any_other_request_id_is_replaced_by_a_new_one(inbound: str | None) -> None:
    first, second = request_id(inbound), request_id(inbound)
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


def test_where_we_make_no_spans_upstreams_are_told_the_caller_s() -> None:
    context = OFF.context(VALID)
    assert context.traceparent(context.next_span_id()) == VALID


async def test_where_we_do_each_upstream_call_has_a_span_of_its_own_below_ours() -> None:
    context = Tracing(on=True, share=0.0).context(VALID)
    assert (context.trace_id, context.parent_id, context.sampled) == (VALID[3:35], VALID[36:52], True)
    ids = {context.span_id, context.parent_id, context.next_span_id(), context.next_span_id()}
    assert len(ids) == 4
    assert all(re.fullmatch("[0-9a-f]{16}", str(each)) for each in ids)


async def test_whoever_asks_decides_what_is_sampled() -> None:
    assert not Tracing(on=True, share=1.0).context(VALID[:-2] + "00").sampled


async def test_whoever_asks_has_so_many_a_second_and_no_more() -> None:
    tracing = Tracing(on=True, share=0.0)
    assert sum(tracing.context(VALID).sampled for _ in range(1_000)) == MOST_ASKED_FOR
    await asyncio.sleep(1.5)
    assert tracing.context(VALID).sampled


@pytest.mark.parametrize(("share", "least", "most"), [(1.0, 2_000, 2_000), (0.1, 130, 270)])
def test_where_nobody_says_a_share_of_the_traces_is_sampled(share: float, least: int, most: int) -> None:
    tracing = Tracing(on=True, share=share)
    assert least <= sum(tracing.context(None).sampled for _ in range(2_000)) <= most


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
    first, second = OFF.context(inbound), OFF.context(inbound)
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", first.traceparent(first.next_span_id()))
    assert first.trace_id != second.trace_id
    assert first.parent_id is None
