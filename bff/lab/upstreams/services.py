"""The five upstreams as functions: a request's target in, an answer out. No sockets, no waiting."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final
from urllib.parse import parse_qsl

import orjson

from .pseudonyms import Pseudonyms
from .records import Record
from .wire import Answer, refusal
from .world import Lookup, UnknownUserError, World

SERVICES: Final = ("users", "messages", "todos", "notifications", "recommendations")
MAX_ITEMS: Final = 100
DEFAULT_LIMIT: Final = "10"
ANSWERS_REMEMBERED: Final = 4_096

Query = Mapping[str, str]
Found = tuple[str, Sequence[Record]]


class BadQueryError(ValueError):
    """The query breaks the contract; the message says how."""


@dataclass(frozen=True, slots=True)
class Service:
    """One upstream. `answer` takes a target such as `/messages?user_id=1&limit=10`."""

    name: str
    answer: Callable[[str], Answer]


def service(name: str, world: World, pseudonym_key: str | None = None) -> Service:
    """The service of that name over `world`. With the key it also knows users by the pseudonyms it gets of them.

    Raises `ValueError` unless it is one of `SERVICES`.
    """
    id_of = Pseudonyms(pseudonym_key, name, world.user_ids).id_of

    def of_user(lookup: Lookup) -> Lookup:
        return lambda user: lookup(id_of(user))

    finders: dict[str, Callable[[str], Found]] = {
        "users": partial(_users, world),
        "messages": partial(_items_or_some, "messages", of_user(world.messages)),
        "todos": partial(_items_or_some, "todos", of_user(world.todos)),
        "notifications": partial(_items, "notifications", of_user(world.notifications)),
        "recommendations": partial(_items, "recommendations", of_user(world.recommendations)),
    }
    if name not in finders:
        raise ValueError(f"There is no simulated upstream {name!r}: choose one of {', '.join(SERVICES)}.")
    # The world does not change, so an answer once made is good for ever.
    return Service(name, lru_cache(ANSWERS_REMEMBERED)(partial(_answer, name, finders[name])))


def _answer(name: str, find: Callable[[str], Found], target: str) -> Answer:
    path, _, query = target.partition("?")
    if path != f"/{name}":
        return refusal(404, f"There is no {path!r} here: ask /{name}.", "unknown path")
    try:
        route, records = find(query)
    except UnknownUserError as problem:
        return refusal(404, str(problem), name)
    except BadQueryError as problem:
        return refusal(400, str(problem), "bad request")
    return Answer(200, orjson.dumps(records), route)


def _users(world: World, query: str) -> Found:
    ids = _ids(_parse(query, required={"ids"}))
    return ("users" if len(ids) == 1 else "users by ids"), world.users(ids)


def _items(name: str, lookup: Lookup, query: str) -> Found:
    given = _parse(query, required={"user_id"}, optional={"limit"})
    return name, lookup(given["user_id"]).first(_limit(given))


def _items_or_some(name: str, lookup: Lookup, query: str) -> Found:
    given = _parse(query, required={"user_id"}, optional={"limit", "ids"})
    if "ids" not in given:
        return name, lookup(given["user_id"]).first(_limit(given))
    if "limit" in given:
        raise BadQueryError("Give either limit or ids, not both.")
    return f"{name} by ids", lookup(given["user_id"]).some(_ids(given))


def _parse(query: str, required: Set[str], optional: Set[str] = frozenset()) -> Query:
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if missing := required - given.keys():
        raise BadQueryError(f"The query {query!r} lacks {' and '.join(sorted(missing))}.")
    if unknown := given.keys() - required - optional:
        known = ", ".join(sorted(required | optional))
        raise BadQueryError(f"Unknown parameter {min(unknown)!r}: this route takes {known}.")
    if len(pairs) > len(given):
        raise BadQueryError(f"The query {query!r} gives a parameter twice: give each once.")
    return given


def _limit(query: Query) -> int:
    text = query.get("limit", DEFAULT_LIMIT)
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_ITEMS):
        raise BadQueryError(f"limit is {text!r}: it must be a number from 1 to {MAX_ITEMS}.")
    return int(text)


def _ids(query: Query) -> Sequence[str]:
    """The ids asked for, each once."""
    ids = tuple(dict.fromkeys(query["ids"].split(",")))
    if "" in ids or len(ids) > MAX_ITEMS:
        raise BadQueryError(f"ids is {query['ids']!r}: give 1 to {MAX_ITEMS} ids with commas between them.")
    return ids
