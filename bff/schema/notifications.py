"""Notifications."""

from datetime import datetime

import strawberry

from bff.schema.described_enum import described_enum
from bff.sources.notifications import NotificationKind

NotificationKindEnum = described_enum(
    NotificationKind,
    "What a notification is about.",
    {
        NotificationKind.MENTION: "Somebody named the viewer.",
        NotificationKind.REMINDER: "Something the viewer wanted to be told in time.",
        NotificationKind.SYSTEM: "The product itself has something to say.",
        NotificationKind.OTHER: "Anything else, kinds that are newer than this schema among it: show the text.",
    },
)


@strawberry.type(description="Something that happened and concerns the viewer.")
class Notification:
    """Resolves on a `NotificationRecord`."""

    id: strawberry.ID = strawberry.field(description="Never changes.")
    kind: NotificationKind = strawberry.field(description="What it is about.", graphql_type=NotificationKindEnum)
    text: str = strawberry.field(description="One sentence.")
    created_at: datetime = strawberry.field(description="When it happened.")
    read: bool = strawberry.field(description="Whether the viewer has seen it.")
