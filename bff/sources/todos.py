"""Todos of the viewer."""

from collections.abc import Mapping, Sequence
from enum import Enum

import msgspec

from bff import Ask, Id, Source, Text, batch, call
from bff.sources.fields import Moment


class Priority(Enum):
    """How much it matters."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class TodoRecord(msgspec.Struct, frozen=True):
    """One thing the viewer has to do."""

    id: Id
    title: Text
    due_at: Moment | None
    done: bool
    priority: Priority
    assigned_by_id: Id | None = None


class Todos(Source):
    """The todo service."""

    name = "todos"

    @call
    async def latest(self, ask: Ask, limit: int) -> list[TodoRecord]:
        """The newest, newest first."""
        return await ask.get("/todos", list[TodoRecord], user_id=ask.viewer, limit=limit)

    @batch(most=100)
    async def by_id(self, ask: Ask, ids: Sequence[str]) -> Mapping[str, TodoRecord]:
        """Those of the ids that are the viewer's."""
        todos = await ask.get("/todos", list[TodoRecord], user_id=ask.viewer, ids=ids)
        return {todo.id: todo for todo in todos}
