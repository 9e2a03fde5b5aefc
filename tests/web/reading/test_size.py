"""How many bytes a request may ask with: refused before they are read, and while they are."""

import pytest

from bff.errors import BadBody
from bff.events import Event, LimitExceeded
from bff.execution.asked import Asked
from bff.resilience.mode import Mode
from bff.settings.edge import Limit
from bff.web.reading.size import BodyTooLarge, QueryStringTooLong
from tests.web.reading.asking import QUERY, got, posted

SMALL = Limit(100)
TOLD_ONLY = Limit(100, Mode.REPORT_ONLY)
SPACES = b" " * 100
EXACTLY = QUERY + b" " * (100 - len(QUERY))


async def test_as_much_as_the_limit_is_read() -> None:
    told: list[Event] = []
    assert await posted(EXACTLY, limit=SMALL, told=told) == Asked("{ landingPage { id } }")
    assert not told


async def test_more_is_refused_before_it_has_come_whole() -> None:
    told: list[Event] = []
    with pytest.raises(BodyTooLarge, match="has 101 bytes or more to say what it asks for, 100 are the most") as caught:
        await posted(EXACTLY, b" ", *[SPACES] * 1_000, limit=SMALL, told=told)
    assert (caught.value.status, caught.value.code) == (413, "BAD_USER_INPUT")
    assert told == [LimitExceeded("body", 101, 100, enforced=True)]


async def test_more_is_refused_unread_where_it_is_announced() -> None:
    told: list[Event] = []
    with pytest.raises(BodyTooLarge, match="has 10000000 bytes"):
        await posted(QUERY, headers={"content-length": "10000000"}, limit=SMALL, told=told)
    assert told == [LimitExceeded("body", 10_000_000, 100, enforced=True)]


@pytest.mark.parametrize("length", ["0", "7", "-1", "²", "nan", "", "9" * 5_000])
async def test_whatever_is_announced_what_comes_is_counted(length: str) -> None:
    with pytest.raises(BodyTooLarge):
        await posted(SPACES, SPACES, headers={"content-length": length}, limit=SMALL)


async def test_in_report_only_mode_more_is_read_and_told() -> None:
    told: list[Event] = []
    asked = await posted(QUERY, *[SPACES] * 3, headers={"content-length": "335"}, limit=TOLD_ONLY, told=told)
    assert asked == Asked("{ landingPage { id } }")
    assert told == [LimitExceeded("body", 300 + len(QUERY), 100, enforced=False)]


@pytest.mark.parametrize("headers", [{}, {"content-length": "1001"}])
async def test_but_never_more_than_ten_times_the_limit(headers: dict[str, str]) -> None:
    told: list[Event] = []
    with pytest.raises(BodyTooLarge, match="1000 are the most"):
        await posted(*[SPACES] * 10, b" ", headers=headers, limit=TOLD_ONLY, told=told)
    assert told == [LimitExceeded("body", 1_001, 100, enforced=True)]


async def test_a_query_string_has_the_same_limit() -> None:
    told: list[Event] = []
    assert (await got(b"query={a}".ljust(100, b"}"), limit=SMALL, told=told)).query
    assert not told
    with pytest.raises(QueryStringTooLong) as caught:
        await got(b"query={a}".ljust(101, b"}"), limit=SMALL, told=told)
    assert caught.value.status == 414
    assert (await got(b"query={a}".ljust(101, b"}"), limit=TOLD_ONLY, told=told)).query
    assert told == [LimitExceeded("body", 101, 100, enforced=enforced) for enforced in (True, False)]


async def test_a_refusal_holds_nothing_of_what_came() -> None:
    with pytest.raises(BadBody) as caught:
        await posted(b'{"hush": ' * 50, limit=SMALL)
    assert "hush" not in str(caught.value)
