"""Messages of the viewer."""

from collections.abc import Mapping, Sequence

import msgspec

from bff import Ask, Id, Source, Text, batch, call
from bff.sources.fields import Moment


class MessageRecord(msgspec.Struct, frozen=True):
    """One message to the viewer."""

    id: Id
    subject: Text
    preview: Text
    sent_at: Moment
    unread: bool
    sender_id: Id


class Messages(Source):
    """The message service."""

    name = "messages"

    @call
    async def latest(self, ask: Ask, limit: int) -> list[MessageRecord]:
        """The newest, newest first."""
        return await ask.get("/messages", list[MessageRecord], user_id=ask.viewer, limit=limit)

    @batch(most=100)
    async def by_id(self, ask: Ask, ids: Sequence[str]) -> Mapping[str, MessageRecord]:
        """Those of the ids that are the viewer's."""
        messages = await ask.get("/messages", list[MessageRecord], user_id=ask.viewer, ids=ids)
        return {message.id: message for message in messages}
