"""Questions of one tick are one round trip, and stay apart all the same."""

import asyncio
from collections.abc import Sequence

import pytest

from bff.cache.background import Background
from bff.cache.gathered import Gathered

pytestmark = pytest.mark.virtual_time


class Slow:
    """Answers in capitals after a second; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.error: Exception | None = None

    async def __call__(self, keys: Sequence[str]) -> list[str]:
        self.asked.append(list(keys))
        await asyncio.sleep(1)
        if self.error is not None:
            raise self.error
        return [key.upper() for key in keys]


def gathered(slow: Slow, given_back: list[str] | None = None) -> Gathered[str]:
    if given_back is None:
        return Gathered(slow, Background())
    return Gathered(slow, Background(), given_back.append)


async def test_questions_of_one_tick_are_one_and_each_gets_its_own_answers() -> None:
    slow = Slow()
    ask = gathered(slow)

    answers = await asyncio.gather(*(ask(keys) for keys in (["b", "a"], ["c"], ["a"])))

    assert answers == [{"b": "B", "a": "A"}, {"c": "C"}, {"a": "A"}]
    assert slow.asked == [["b", "a", "c"]]


async def test_a_question_of_a_later_tick_does_not_wait_for_an_earlier_one() -> None:
    slow = Slow()
    ask = gathered(slow)
    first = asyncio.create_task(ask(["a"]))
    await asyncio.sleep(0.5)

    assert await ask(["a"]) == {"a": "A"}
    assert await first == {"a": "A"}
    assert asyncio.get_running_loop().time() == 1.5
    assert slow.asked == [["a"], ["a"]]


async def test_whoever_stops_waiting_ends_nobody_elses_question() -> None:
    ask = gathered(Slow())

    async def impatient() -> None:
        async with asyncio.timeout(0.5):
            await ask(["a"])

    late, answer = await asyncio.gather(impatient(), ask(["a"]), return_exceptions=True)

    assert isinstance(late, TimeoutError)
    assert answer == {"a": "A"}


async def test_a_failure_is_told_to_everyone_who_waits_and_to_nobody_after_them() -> None:
    slow = Slow()
    ask = gathered(slow)
    slow.error = ConnectionError("gone")
    failed = await asyncio.gather(ask(["a"]), ask(["b"]), return_exceptions=True)
    slow.error = None

    assert [type(one) for one in failed] == [ConnectionError, ConnectionError]
    assert await ask(["a"]) == {"a": "A"}


@pytest.mark.parametrize("answers", [[], ["A", "B"]])
async def test_an_answer_of_another_length_than_the_question_is_a_failure(answers: list[str]) -> None:
    async def muddled(keys: Sequence[str]) -> list[str]:
        return answers

    with pytest.raises(ValueError, match="zip"):
        await Gathered(muddled, Background())(["a"])


async def leaves(asking: "asyncio.Task[object]", after: float) -> None:
    await asyncio.sleep(after)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_what_comes_for_one_who_has_gone_away_is_given_back() -> None:
    given_back: list[str] = []
    ask = gathered(Slow(), given_back)
    await leaves(asyncio.create_task(ask(["a", "b"])), after=0.5)
    assert given_back == []
    await asyncio.sleep(1)

    assert given_back == ["A", "B"]


async def test_what_comes_in_the_moment_in_which_its_one_goes_away_is_given_back() -> None:
    given_back: list[str] = []
    slow = Slow()
    ask = gathered(slow, given_back)
    asking = asyncio.create_task(ask(["a"]))
    await asyncio.sleep(0.5)
    asyncio.get_running_loop().call_at(1, asking.cancel)
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(1)

    assert given_back == ["A"]


async def test_only_what_nobody_else_asked_for_is_given_back() -> None:
    given_back: list[str] = []
    ask = gathered(Slow(), given_back)
    leaving, staying = asyncio.create_task(ask(["a", "b"])), asyncio.create_task(ask(["b", "c"]))
    await leaves(leaving, after=0.5)

    assert await staying == {"b": "B", "c": "C"}
    await asyncio.sleep(1)
    assert given_back == ["A"]


async def test_what_several_asked_for_is_given_back_once_when_all_of_them_have_gone_away() -> None:
    given_back: list[str] = []
    ask = gathered(Slow(), given_back)
    leaving = [asyncio.create_task(ask(["a"])) for _ in range(2)]
    await leaves(leaving[0], after=0.25)
    await leaves(leaving[1], after=0.25)
    await asyncio.sleep(1)

    assert given_back == ["A"]


async def test_what_came_is_not_given_back_to_make_up_for_an_earlier_question() -> None:
    given_back: list[str] = []
    ask = gathered(Slow(), given_back)
    await leaves(asyncio.create_task(ask(["a"])), after=0.5)
    assert await ask(["a"]) == {"a": "A"}

    assert given_back == ["A"]


async def test_of_a_failure_that_nobody_waits_for_there_is_nothing_to_give_back() -> None:
    given_back: list[str] = []
    slow = Slow()
    slow.error = ConnectionError("gone")
    await leaves(asyncio.create_task(gathered(slow, given_back)(["a"])), after=0.5)
    await asyncio.sleep(1)

    assert given_back == []


async def test_what_nobody_gives_back_is_let_go_of() -> None:
    await leaves(asyncio.create_task(gathered(Slow())(["a"])), after=0.5)
    await asyncio.sleep(1)


async def test_closing_ends_what_is_under_way_for_those_who_wait_and_those_who_left() -> None:
    given_back: list[str] = []
    background = Background()
    ask = Gathered(Slow(), background, given_back.append)
    leaving, waiting = asyncio.create_task(ask(["a"])), asyncio.create_task(ask(["b"]))
    await leaves(leaving, after=0.5)
    await background.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert given_back == []
