"""Notifications of the viewer."""

from enum import Enum

import msgspec

from bff import Ask, Id, Source, Text, call
from bff.sources.fields import Moment


class NotificationKind(Enum):
    """What it is about."""

    MENTION = "MENTION"
    REMINDER = "REMINDER"
    SYSTEM = "SYSTEM"
    OTHER = "OTHER"

    @classmethod
    def _missing_(cls, value: object) -> "NotificationKind":
        """Kinds we do not know yet are shown, as others."""
        return cls.OTHER


class NotificationRecord(msgspec.Struct, frozen=True):
    """One notification."""

    id: Id
    kind: NotificationKind
    text: Text
    created_at: Moment
    read: bool


class Notifications(Source):
    """The notification service."""

    name = "notifications"

    @call
    async def latest(self, ask: Ask, limit: int) -> list[NotificationRecord]:
        """The newest, newest first."""
        return await ask.get("/notifications", list[NotificationRecord], user_id=ask.viewer, limit=limit)
