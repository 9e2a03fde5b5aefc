"""Notifications."""

from datetime import datetime

import strawberry

from bff.sources.notifications import NotificationKind

NotificationKindEnum = strawberry.enum(NotificationKind, description="What a notification is about.")


@strawberry.type(description="Something that happened and concerns the viewer.")
class Notification:
    """Resolves on a `NotificationRecord`."""

    id: strawberry.ID = strawberry.field(description="Never changes.")
    kind: NotificationKind = strawberry.field(description="What it is about.", graphql_type=NotificationKindEnum)
    text: str = strawberry.field(description="One sentence.")
    created_at: datetime = strawberry.field(description="When it happened.")
    read: bool = strawberry.field(description="Whether the viewer has seen it.")
