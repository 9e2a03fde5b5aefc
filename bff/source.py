"""An upstream as a class: its policy at the top, one method for each call."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar, get_args, get_type_hints

import msgspec

from bff.ask import Ask
from bff.errors import DeclarationError
from bff.identity import Identity
from bff.policy import Policy

K = TypeVar("K")
V = TypeVar("V")


class Source:
    """One upstream. Subclass it, name it, and decorate its methods with `call` or `batch`."""

    name: ClassVar[str]
    """As in settings (`BFF_<NAME>__URL`), metrics and the section report."""

    policy: ClassVar[Policy] = Policy()
    identity: ClassVar[Identity] = Identity()

    def __init_subclass__(cls) -> None:
        name = getattr(cls, "name", None)
        if not isinstance(name, str) or not name.isidentifier() or not name.islower():
            raise DeclarationError(
                f"{cls.__qualname__}: `name` is {name!r}, it must be a lower-case identifier such as 'messages'"
            )


class Call(Generic[K, V]):
    """One call of a source: what a field loads, by key. Made by `call` and `batch`."""

    source: type[Source]
    name: str

    def __init__(self, fetch: "Fetch[K, V]", *, shape: Any, most: int, idempotent: bool) -> None:
        self._fetch = fetch
        self.idempotent = idempotent
        self.shape = shape
        self.most = most
        self.version = _version(shape)

    def __set_name__(self, owner: type[Source], name: str) -> None:
        self.source = owner
        self.name = name

    async def fetch(self, source: Source, ask: Ask, keys: Sequence[K]) -> Mapping[K, V]:
        """Ask the upstream for at most `most` keys; a key that is not in the answer does not exist there."""
        return await self._fetch(source, ask, keys)

    def __repr__(self) -> str:
        return f"{self.source.__name__}.{self.name}"


Fetch = Callable[[Any, Ask, Sequence[K]], Awaitable[Mapping[K, V]]]


One = Callable[[Any, Ask, K], Awaitable[V]]
Many = Callable[[Any, Ask, Sequence[K]], Awaitable[Mapping[K, V]]]


def call(method: One[K, V]) -> Call[K, V]:
    """A call for one key: `async def latest(self, ask: Ask, limit: int) -> list[MessageRecord]`."""
    return _single(method, idempotent=True)


def call_once(method: One[K, V]) -> Call[K, V]:
    """A `call` that may not be repeated, as where each costs money or changes something: neither retried nor hedged."""
    return _single(method, idempotent=False)


def batch(*, most: int = 100) -> Callable[[Many[K, V]], Call[K, V]]:
    """A call for up to `most` keys at once: `async def by_id(self, ask, ids) -> Mapping[str, UserRecord]`.

    The answer holds what exists of what was asked for. What is not in it is `NOT_FOUND`; what is in it unasked is
    dropped and counted.
    """

    def decorate(method: Many[K, V]) -> Call[K, V]:
        returned = get_args(_returned(method))
        if len(returned) != 2:
            raise DeclarationError(f"{method.__qualname__}: declare what it returns as Mapping[key, record]")
        return Call(method, shape=returned[1], most=most, idempotent=True)

    return decorate


def _single(method: One[K, V], *, idempotent: bool) -> Call[K, V]:
    async def fetch(source: Any, ask: Ask, keys: Sequence[K]) -> Mapping[K, V]:
        [key] = keys
        return {key: await method(source, ask, key)}

    return Call(fetch, shape=_returned(method), most=1, idempotent=idempotent)


def _returned(method: Callable[..., Any]) -> Any:
    returned = get_type_hints(method, include_extras=True).get("return")
    if returned is None:
        raise DeclarationError(f"{method.__qualname__}: declare what it returns: the cache decodes by it")
    return returned


def _version(shape: Any) -> str:
    """Eight hex digits that change with the record's shape, so that a release never misreads an older value."""
    described = msgspec.json.encode(msgspec.json.schema(shape), order="sorted")
    return hashlib.blake2b(described, digest_size=4).hexdigest()
