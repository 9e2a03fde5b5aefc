"""The upstream contract, route by route."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bff.lab.upstreams.latency import USUAL, latencies
from bff.lab.upstreams.services import SERVICES, service
from bff.lab.upstreams.world import World

WORLD = World(datetime(2026, 3, 4, 10, 40, tzinfo=UTC))
MEMBERS = {
    "/users?ids=1,2": {"id", "name", "email", "avatar_url"},
    "/messages?user_id=1&limit=10": {"id", "subject", "preview", "sent_at", "unread", "sender_id"},
    "/messages?user_id=1&ids=m1-4,m1-5": {"id", "subject", "preview", "sent_at", "unread", "sender_id"},
    "/todos?user_id=1&limit=10": {"id", "title", "due_at", "done", "priority", "assigned_by_id"},
    "/todos?user_id=1&ids=t1-4,t1-5": {"id", "title", "due_at", "done", "priority", "assigned_by_id"},
    "/notifications?user_id=1&limit=10": {"id", "kind", "text", "created_at", "read"},
}


def ask(target: str) -> tuple[int, Any, str]:
    answer = service(target[1:].partition("?")[0], WORLD).answer(target)
    return answer.status, orjson.loads(answer.body), answer.route


def ids(target: str) -> list[str]:
    return [item["id"] for item in ask(target)[1]]


@pytest.mark.parametrize("target", MEMBERS)
def test_each_route_answers_with_the_members_of_the_contract(target: str) -> None:
    status, items, _ = ask(target)
    assert status == 200
    assert items
    assert all(item.keys() == MEMBERS[target] for item in items)


def test_a_recommendation_has_the_members_of_its_kind() -> None:
    own = {"send_message": "message_id", "complete_todo": "todo_id", "open_link": "url"}
    for action in ask("/recommendations?user_id=1&limit=12")[1]:
        assert action.keys() == {"id", "kind", "title", "reason", "score", own[action["kind"]]}


@pytest.mark.parametrize("name", ["messages", "todos", "notifications"])
def test_the_limit_is_obeyed(name: str) -> None:
    assert len(ids(f"/{name}?user_id=1&limit=1")) == 1
    assert len(ids(f"/{name}?user_id=1&limit=50")) == 50
    assert len(ids(f"/{name}?user_id=1&limit=100")) == 60


def test_unknown_ids_are_left_out() -> None:
    assert sorted(ids("/users?ids=2,nobody,1,2")) == ["1", "2"]
    assert ids("/messages?user_id=1&ids=m1-4,m1-999") == ["m1-4"]


@pytest.mark.parametrize(("name", "letter"), [("messages", "m"), ("todos", "t")])
def test_by_ids_tells_only_what_is_that_users(name: str, letter: str) -> None:
    assert ids(f"/{name}?user_id=1&ids={letter}2-4,{letter}1-5") == [f"{letter}1-5"]


@pytest.mark.parametrize("name", ["messages", "todos", "notifications", "recommendations"])
def test_an_unknown_user_is_404_with_the_reason_in_json(name: str) -> None:
    status, body, _ = ask(f"/{name}?user_id=1001&limit=10")
    assert status == 404
    assert body == {"error": "There is no user '1001': ids go from '1' to '1000'."}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/users", "lacks ids"),
        ("/users?ids=", "give 1 to 100 ids with commas between them"),
        ("/users?ids=1,,2", "give 1 to 100 ids with commas between them"),
        ("/users?ids=" + ",".join(map(str, range(1, 102))), "give 1 to 100 ids"),
        ("/messages?limit=3", "lacks user_id"),
        ("/messages?user_id=1&limit=0", "limit is '0': it must be a number from 1 to 100"),
        ("/messages?user_id=1&limit=-1", "must be a number"),
        ("/messages?user_id=1&limit=²", "must be a number"),
        ("/messages?user_id=1&limit=99999", "must be a number"),
        ("/messages?user_id=1&limit=3&ids=4", "either limit or ids"),
        ("/messages?user_id=1&user_id=2", "gives a parameter twice"),
        ("/messages?user_id=1&first=2", "Unknown parameter 'first': this route takes ids, limit, user_id"),
        ("/notifications?user_id=1&ids=n1-4", "Unknown parameter 'ids'"),
    ],
)
def test_a_bad_query_is_400_with_what_is_wrong_in_json(target: str, message: str) -> None:
    status, body, route = ask(target)
    assert (status, route) == (400, "bad request")
    assert message in body["error"]


def test_another_path_is_404_and_names_the_right_one() -> None:
    answer = service("messages", WORLD).answer("/todos?user_id=1")
    assert answer.status == 404
    assert orjson.loads(answer.body) == {"error": "There is no '/todos' here: ask /messages."}


def test_an_unknown_service_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match=r"no simulated upstream 'mesages': choose one of users, messages"):
        service("mesages", WORLD)


def test_a_page_one_call_after_the_other_takes_about_eight_tenths_of_a_second() -> None:
    one_by_one = sum(USUAL[name] for name in SERVICES) + 4 * USUAL["messages by ids"]
    assert one_by_one == pytest.approx(0.8, abs=0.02)


def test_the_longest_chain_stays_under_four_tenths_whatever_the_spread() -> None:
    latency = latencies("messages")
    assert max(latency("messages") + latency("users by ids") for _ in range(1_000)) < 0.4


def test_latencies_are_spread_seeded_and_scaled() -> None:
    first, same, other, none = (latencies(*given) for given in (("a",), ("a",), ("b",), ("a", 0.0)))
    drawn = [first("todos") for _ in range(50)]
    assert drawn == [same("todos") for _ in range(50)] != [other("todos") for _ in range(50)]
    assert len(set(drawn)) == 50
    assert all(0.085 < seconds < 0.095 for seconds in drawn)
    assert none("todos") == 0


def test_one_user_takes_a_look_up_and_several_a_call_by_ids() -> None:
    assert ask("/users?ids=1")[2] == "users"
    assert ask("/users?ids=1,2")[2] == "users by ids"
