"""What a node of a cluster says about who has which keys."""

from typing import Any

import pytest
from redis.exceptions import ClusterDownError, MovedError, ResponseError

from bff.cache.redis.faults import server_at_fault
from bff.cache.redis.slots import Slots, elsewhere
from bff.cache.redis.urls import Place

TOLD_BY = ("10.0.0.9", 7009)
WELL = b"cluster_state:ok\r\n"


def slots(*ranges: list[Any]) -> Slots:
    return Slots.read([WELL, [*ranges]], TOLD_BY)


def test_a_key_lies_where_the_tag_in_its_braces_says() -> None:
    found = slots([0, 8_000, [b"a", 1, b"id"], [b"replica", 3, b"id"]], [8_001, 16_383, [b"b", 2, b"id", []]])

    assert found.primaries == [("a", 1), ("b", 2)]
    assert found.owner("bff:1:{7}:x") == found.owner("bff:lease:{7}:y") == found.owner("7")
    assert {found.owner(str(key)) for key in range(20)} == {("a", 1), ("b", 2)}


@pytest.mark.parametrize("unnamed", [b"", None])
def test_a_node_without_a_name_has_the_one_by_which_we_asked(unnamed: bytes | None) -> None:
    assert slots([0, 16_383, [unnamed, 7010, b"id"]]).primaries == [("10.0.0.9", 7010)]


def test_a_key_that_no_node_has_is_the_clusters_fault() -> None:
    found = slots([0, 0, [b"a", 1, b"id"]])

    with pytest.raises(ClusterDownError) as refused:
        found.owner("7")
    assert server_at_fault(refused.value)


@pytest.mark.parametrize("replies", [[b"cluster_state:fail\r\n", []], [ResponseError("no cluster"), []]])
def test_a_node_that_is_cut_off_or_in_no_cluster_is_not_believed(replies: list[object]) -> None:
    with pytest.raises(ResponseError):
        Slots.read(replies, TOLD_BY)


@pytest.mark.parametrize(("said", "there"), [("1 10.0.0.1:7001", ("10.0.0.1", 7001)), ("1 :7002", ("10.0.0.9", 7002))])
def test_a_redirection_without_a_host_leads_to_another_port_of_the_same_one(said: str, there: Place) -> None:
    assert elsewhere(MovedError(said), TOLD_BY) == there
