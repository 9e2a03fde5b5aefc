"""Fields with a source behind them: `section` on the page, `related` further in.

Both wrap a resolver that says only what to load. Patience, the null and the report are theirs, said once.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Optional

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from bff.context import Context
from bff.errors import DeadlineExceeded, DeclarationError, SourceError
from bff.report import Path, SectionRecord
from bff.source import Source

GRACE: Final = 0.01
"""Seconds."""

Resolver = Callable[..., Awaitable[Any]]
Decorator = Callable[[Resolver], Any]

DECLARED: Final = "bff.section"
"""Under this key a section's field carries its `Section`."""

ASK_AGAIN_AFTER: Final = 2.0
"""Seconds after which a section that was late is worth asking for again: its call went on meanwhile."""


@dataclass(frozen=True, slots=True)
class Section:
    """What a page declares of a section; whether it is core is its source's policy."""

    name: str
    source: type[Source]


def section(source: type[Source], gives: Any, *, description: str | None = None) -> Decorator:
    """A section of the page: `async def messages(self, load: Load, first: First = 10)`.

    `gives` is the GraphQL type; it is made nullable, since any section may be missing. The docstring is the
    description, unless one is given.
    """

    def decorate(resolver: Resolver) -> Any:
        declared = Section(resolver.__name__, source)

        def resolve(root: Any, info: Info[Context, None], **arguments: Any) -> Coroutine[Any, Any, Any]:
            context = info.context
            core, path = context.policy(source).core, _path(info)
            # begun before any sibling runs, so that `status(of:)` knows what this query asks for
            record = context.report.begin(declared.name, source.name, core=core, path=path, part=context.part)
            return _section(resolver, root, context, source, record, arguments)

        return _field(resolver, resolve, gives, description, metadata={DECLARED: declared})

    return decorate


def related(source: type[Source], gives: Any, *, description: str | None = None) -> Decorator:
    """Something a record names: `async def sender(self: Parent[MessageRecord], load: Load)`.

    Nullable like a section. It has its own source's deadline; what is missing is a gap in the report, counted.
    """

    def decorate(resolver: Resolver) -> Any:
        def resolve(root: Any, info: Info[Context, None], **arguments: Any) -> Coroutine[Any, Any, Any]:
            return _related(resolver, root, info, source, arguments)

        return _field(resolver, resolve, gives, description, metadata={})

    return decorate


async def _section(
    resolver: Resolver,
    root: Any,
    context: Context,
    source: type[Source],
    record: SectionRecord,
    arguments: dict[str, Any],
) -> Any:
    load = context.load(source, record, None)
    try:
        return await _in_time(resolver(root, load, **arguments), context)
    except SourceError as error:
        record.failed(error)
        return None
    except Exception:
        record.crashed()
        raise
    finally:
        record.settle()


async def _related(
    resolver: Resolver, root: Any, info: Info[Context, None], source: type[Source], arguments: dict[str, Any]
) -> Any:
    context = info.context
    load = context.load(source, context.report.at(_section_path(info)), info.field_name)
    try:
        return await _in_time(resolver(root, load, **arguments), context)
    except SourceError as error:
        context.report.gap(_path(info), source.name, error, context.part)
        return None


async def _in_time(resolved: Awaitable[Any], context: Context) -> Any:
    """Loads keep the deadline; this holds the page to its own, whatever else a resolver does.

    It strikes a moment later, so that a load whose time is up can still come down to what is stale.
    """
    try:
        async with asyncio.timeout_at(context.origin.deadline.at + GRACE) as page:
            return await resolved
    except DeadlineExceeded as late:
        late.retry_after = ASK_AGAIN_AFTER
        raise
    except TimeoutError as late:
        if not page.expired():
            raise
        raise DeadlineExceeded("the page's time is up", retry_after=ASK_AGAIN_AFTER) from late


def _section_path(info: Info[Context, None]) -> Path:
    """Of the section that this field lies in: sections are the fields of a page, and pages those of the query."""
    within = info.path
    while within.prev is not None and within.prev.prev is not None:
        within = within.prev
    return (*(() if within.prev is None else (within.prev.key,)), within.key)


def _path(info: Info[Context, None]) -> Path:
    return tuple(info.path.as_list())


def _field(
    resolver: Resolver,
    resolve: Callable[..., Any],
    gives: Any,
    description: str | None,
    metadata: dict[str, Any],
) -> StrawberryField:
    """A Strawberry field with the resolver's arguments, less those that only the resolver sees."""
    described = description or inspect.getdoc(resolver)
    if not described:
        raise DeclarationError(f"{resolver.__qualname__}: say in a docstring what a frontend developer gets")
    own = list(inspect.signature(resolver).parameters.values())
    if len(own) < 2 or own[1].name != "load":
        raise DeclarationError(f"{resolver.__qualname__}: declare it as `async def …(self, load: Load, …)`")
    ours = list(inspect.signature(resolve).parameters.values())[:2]
    resolve.__signature__ = inspect.Signature(ours + own[2:])  # type: ignore[attr-defined]  # functions have it
    resolve.__name__, resolve.__module__ = resolver.__name__, resolver.__module__
    field: StrawberryField = strawberry.field(
        resolver=resolve,
        description=described,
        graphql_type=Optional[gives],  # noqa: UP045 - `gives` is a value
        metadata=metadata,
    )
    return field
