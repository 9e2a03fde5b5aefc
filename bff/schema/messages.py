"""Messages."""

from datetime import datetime

import strawberry
from strawberry import Parent

from bff import Load, related
from bff.schema.people import User
from bff.sources.messages import MessageRecord
from bff.sources.users import UserRecord, Users


@strawberry.type(description="A message to the viewer.")
class Message:
    """Resolves on a `MessageRecord`."""

    id: strawberry.ID = strawberry.field(description="Never changes.")
    subject: str = strawberry.field(description="One line.")
    preview: str = strawberry.field(description="The beginning of the text, without markup.")
    sent_at: datetime = strawberry.field(description="When it was sent.")
    unread: bool = strawberry.field(description="Whether the viewer has yet to open it.")

    @related(Users, User)
    async def sender(self: Parent[MessageRecord], load: Load) -> UserRecord:
        """Who sent it; null when that is not to be had, and never at the message's cost."""
        return await load(Users.by_id, self.sender_id)
