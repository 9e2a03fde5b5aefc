"""Recommended next actions: an interface, and what leads on to what each speaks of."""

from typing import Any

import strawberry
from strawberry import Parent

from bff import Load, related
from bff.schema.messages import Message
from bff.schema.todos import Todo
from bff.sources.messages import MessageRecord, Messages
from bff.sources.recommendations import CompleteTodoRecord, OpenLinkRecord, SendMessageRecord
from bff.sources.todos import TodoRecord, Todos

NAMES: dict[type, str] = {
    SendMessageRecord: "SendMessage",
    CompleteTodoRecord: "CompleteTodo",
    OpenLinkRecord: "OpenLink",
}


@strawberry.interface(description="Something worth doing next.")
class NextAction:
    """Resolves on a record of a recommendation; its class says which member it is."""

    id: strawberry.ID = strawberry.field(description="Never changes.")
    title: str = strawberry.field(description="What to do, in a few words.")
    reason: str = strawberry.field(description="Why now, in one sentence.")
    score: float = strawberry.field(description="How much it is recommended: the higher, the more.")

    @classmethod
    def resolve_type(cls, record: Any, *_: Any) -> str:
        """The name of the member a record stands for."""
        return NAMES[type(record)]


@strawberry.type(description="Answer a message.")
class SendMessage(NextAction):
    """Resolves on a `SendMessageRecord`."""

    @classmethod
    def is_type_of(cls, record: Any, _: Any) -> bool:
        """Whether the record is one of these."""
        return type(record) is SendMessageRecord

    @related(Messages, Message)
    async def message(self: Parent[SendMessageRecord], load: Load) -> MessageRecord:
        """The message to answer; null when it is not to be had."""
        return await load(Messages.by_id, self.message_id)


@strawberry.type(description="Finish a todo.")
class CompleteTodo(NextAction):
    """Resolves on a `CompleteTodoRecord`."""

    @classmethod
    def is_type_of(cls, record: Any, _: Any) -> bool:
        """Whether the record is one of these."""
        return type(record) is CompleteTodoRecord

    @related(Todos, Todo)
    async def todo(self: Parent[CompleteTodoRecord], load: Load) -> TodoRecord:
        """The todo to finish; null when it is not to be had."""
        return await load(Todos.by_id, self.todo_id)


@strawberry.type(description="Read something.")
class OpenLink(NextAction):
    """Resolves on an `OpenLinkRecord`."""

    url: str = strawberry.field(description="Where it is; always `https`.")

    @classmethod
    def is_type_of(cls, record: Any, _: Any) -> bool:
        """Whether the record is one of these."""
        return type(record) is OpenLinkRecord
