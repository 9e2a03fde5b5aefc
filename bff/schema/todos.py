"""Todos."""

from datetime import datetime

import strawberry
from strawberry import Parent

from bff import Load, related
from bff.schema.described_enum import described_enum
from bff.schema.people import User
from bff.sources.todos import Priority, TodoRecord
from bff.sources.users import UserRecord, Users

PriorityEnum = described_enum(
    Priority,
    "How much a todo matters.",
    {
        Priority.LOW: "When there is time.",
        Priority.MEDIUM: "Most todos.",
        Priority.HIGH: "Before the others.",
    },
)


@strawberry.type(description="Something the viewer has to do.")
class Todo:
    """Resolves on a `TodoRecord`."""

    id: strawberry.ID = strawberry.field(description="Never changes.")
    title: str = strawberry.field(description="One line.")
    due_at: datetime | None = strawberry.field(description="By when, if there is a date.")
    done: bool = strawberry.field(description="Whether it is behind them.")
    priority: Priority = strawberry.field(description="How much it matters.", graphql_type=PriorityEnum)

    @related(Users, User)
    async def assigned_by(self: Parent[TodoRecord], load: Load) -> UserRecord | None:
        """Who gave it to the viewer; null for their own, or when that is not to be had."""
        if self.assigned_by_id is None:
            return None
        return await load(Users.by_id, self.assigned_by_id)
