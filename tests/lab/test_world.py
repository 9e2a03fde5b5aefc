"""The simulated world: equal wherever it is made, whole, and written only as far as it is read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bff.lab.upstreams.people import invite
from bff.lab.upstreams.pile import Pile
from bff.lab.upstreams.records import ITEMS, Record
from bff.lab.upstreams.world import UnknownUserError, World

NOW = datetime(2026, 3, 4, 10, 40, tzinfo=UTC)
EVERYBODY = [str(number) for number in range(1, 1_001)]


@pytest.fixture(scope="module")
def world() -> World:
    return World(NOW)


def everything(world: World, user_id: str) -> list[list[Record]]:
    lookups = (world.messages, world.todos, world.notifications, world.recommendations)
    return [lookup(user_id).first(ITEMS) for lookup in lookups]


def test_worlds_of_the_same_hour_are_equal() -> None:
    earlier, later = World(NOW), World(NOW + timedelta(minutes=15))
    assert earlier.users(EVERYBODY) == later.users(EVERYBODY)
    assert everything(earlier, "7") == everything(later, "7")


def test_what_is_read_first_does_not_change_what_is_written(world: World) -> None:
    in_pieces = World(NOW)
    in_pieces.recommendations("7")
    in_pieces.messages("7").first(3)
    in_pieces.messages("7").some(["m7-30"])
    assert everything(in_pieces, "7") == everything(world, "7")


def test_there_are_a_thousand_users_and_no_name_twice(world: World) -> None:
    users = world.users(EVERYBODY)
    assert [user["id"] for user in users] == EVERYBODY
    assert len({user["name"] for user in users}) == len({user["email"] for user in users}) == 1_000
    assert all(user["avatar_url"].startswith("data:image/svg+xml,") for user in users)


def test_an_unknown_user_is_told_apart_from_one_with_nothing(world: World) -> None:
    assert world.users(["0", "1", "1001"]) == world.users(["1"])
    with pytest.raises(UnknownUserError, match="There is no user '1001': ids go from '1' to '1000'"):
        world.messages("1001")


def test_no_two_items_of_the_world_share_an_id(world: World) -> None:
    ids = [item["id"] for user in EVERYBODY for item in world.messages(user).first(ITEMS)]
    assert len(set(ids)) == len(ids) == 60_000


def test_messages_and_notifications_come_newest_first_with_an_offset(world: World) -> None:
    messages, _, notifications, _ = everything(world, "7")
    for items, name in ((messages, "sent_at"), (notifications, "created_at")):
        times = [datetime.fromisoformat(item[name]) for item in items]
        assert times == sorted(times, reverse=True)
        assert times[0] < NOW
        assert all(time.tzinfo for time in times)


def test_senders_and_assigners_are_other_users(world: World) -> None:
    messages, todos, _, _ = everything(world, "7")
    people = {item["sender_id"] for item in messages} | {item["assigned_by_id"] for item in todos}
    assert "7" not in people
    assert len(world.users(sorted(people))) == len(people)


def test_every_recommendation_of_every_user_leads_somewhere(world: World) -> None:
    for user in EVERYBODY:
        mine = {item["id"] for items in everything(world, user)[:2] for item in items}
        actions = world.recommendations(user).first(12)
        assert [action["kind"] for action in actions[:3]] == ["send_message", "complete_todo", "open_link"]
        assert len(actions) == 12
        for action in actions:
            target = action.get("message_id") or action.get("todo_id")
            assert target in mine or action["url"].startswith("https://")


def test_recommendations_come_best_first(world: World) -> None:
    scores = [action["score"] for action in world.recommendations("7").first(12)]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] < scores[0] < 1


def test_every_slot_of_every_text_is_filled(world: World) -> None:
    for user in EVERYBODY[:50]:
        texts = [str(record) for records in everything(world, user) for record in records]
        assert not [text for text in texts if "{" in text[1:-1]]


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match=r"has no offset, and a world needs one: use datetime\.now\(UTC\)"):
        World(NOW.replace(tzinfo=None))


def test_the_cast_is_always_the_same() -> None:
    assert invite() == invite()


def test_a_pile_writes_only_as_far_as_it_is_read() -> None:
    written: list[int] = []

    def writer() -> Iterator[Record]:
        for number in range(10):
            written.append(number)
            yield {"id": str(number)}

    pile = Pile(writer())
    assert pile.first(2) == [{"id": "0"}, {"id": "1"}]
    assert pile.some(["3", "1"]) == [{"id": "1"}, {"id": "3"}]
    assert pile.first(3) == [{"id": "0"}, {"id": "1"}, {"id": "2"}]
    assert written == [0, 1, 2, 3]
    assert pile.some(["elsewhere"]) == []
    assert len(pile.first(100)) == 10
