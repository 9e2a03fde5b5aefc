"""Users: the viewer, and the people that messages and todos name."""

from collections.abc import Mapping, Sequence

import msgspec

from bff import Ask, Id, Identity, Picture, Source, Text, batch


class UserRecord(msgspec.Struct, frozen=True):
    """One user."""

    id: Id
    name: Text
    email: Text | None = None
    avatar_url: Picture | None = None


class Users(Source):
    """The user service."""

    name = "users"
    identity = Identity(link_hosts=("*",))  # people's pictures may be anywhere

    @batch(most=100)
    async def by_id(self, ask: Ask, ids: Sequence[str]) -> Mapping[str, UserRecord]:
        """The users with these ids."""
        users = await ask.get("/users", list[UserRecord], ids=ids)
        return {user.id: user for user in users}
