"""Recommended next actions, from a third party: the one source that is not ours, and that no page may wait for."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bff import Ask, BulkheadOptions, Id, Identity, Link, Policy, Source, Text, call


class ActionRecord(msgspec.Struct, frozen=True, tag_field="kind"):
    """What the vendor says of any action. A kind that is none of those below is dropped and counted."""

    id: Id
    title: Text
    reason: Text
    score: Annotated[float, Meta(ge=-1_000_000, le=1_000_000)]


class SendMessageRecord(ActionRecord, frozen=True, tag="send_message"):
    """Answer this message."""

    message_id: Id


class CompleteTodoRecord(ActionRecord, frozen=True, tag="complete_todo"):
    """Finish this todo."""

    todo_id: Id


class OpenLinkRecord(ActionRecord, frozen=True, tag="open_link"):
    """Read this."""

    url: Link


AnyActionRecord = SendMessageRecord | CompleteTodoRecord | OpenLinkRecord


class Recommendations(Source):
    """The vendor. Optional: few slots, never waited for long; the late answer still fills the cache."""

    name = "recommendations"
    identity = Identity(external=True)
    policy = Policy(core=False, deadline=0.3, work_bound=10.0, bulkhead=BulkheadOptions(limit=25, max_wait=0))

    @call
    async def next_actions(self, ask: Ask, limit: int) -> list[AnyActionRecord]:
        """The best, best first."""
        return await ask.get("/recommendations", list[AnyActionRecord], user_id=ask.viewer, limit=limit)
