"""The simulated world: a thousand users, and for each of them what the services tell."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from . import records
from .desk import Desk
from .people import PEOPLE, invite
from .pile import Pile
from .records import Record

DESKS_REMEMBERED = 128

Lookup = Callable[[str], Pile]


class UnknownUserError(LookupError):
    def __init__(self, user_id: str) -> None:
        super().__init__(f"There is no user {user_id!r}: ids go from '1' to '{PEOPLE}'.")


class World:
    """Lookups from a user id to that user's records; each raises `UnknownUserError`.

    `now` is what the newest items lead up to, taken to the hour: for the same hour, worlds are equal in
    whatever process. Records are written when first asked for, so that one starts fast and stays small.
    """

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"{now.isoformat()} has no offset, and a world needs one: use datetime.now(UTC).")
        self._now = now.replace(minute=0, second=0, microsecond=0)
        self._cast = invite()
        remember = lru_cache(DESKS_REMEMBERED)
        self.messages: Lookup = remember(self._messages)
        self.todos: Lookup = remember(self._todos)
        self.notifications: Lookup = remember(self._notifications)
        self.recommendations: Lookup = remember(self._recommendations)

    def user_ids(self) -> Sequence[str]:
        """Of everybody."""
        return tuple(self._cast.people)

    def users(self, ids: Sequence[str]) -> Sequence[Record]:
        """The records of those of the ids that exist."""
        known = [self._cast.people[user_id] for user_id in ids if user_id in self._cast.people]
        return [{"id": p.id, "name": p.name, "email": p.email, "avatar_url": p.avatar_url} for p in known]

    def _messages(self, user_id: str) -> Pile:
        return Pile(records.messages(self._desk("message", user_id), self._now))

    def _todos(self, user_id: str) -> Pile:
        return Pile(records.todos(self._desk("todo", user_id), self._now))

    def _notifications(self, user_id: str) -> Pile:
        return Pile(records.notifications(self._desk("notification", user_id), self._now))

    def _recommendations(self, user_id: str) -> Pile:
        desk = self._desk("recommendation", user_id)
        messages = self.messages(user_id).first(records.RECOMMENDABLE)
        todos = self.todos(user_id).first(records.RECOMMENDABLE)
        return Pile(records.recommendations(desk, messages, todos))

    def _desk(self, kind: str, user_id: str) -> Desk:
        if user_id not in self._cast.people:
            raise UnknownUserError(user_id)
        return Desk(kind, self._cast.people[user_id], self._cast)
