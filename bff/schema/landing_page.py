"""The landing page's sections. To add one, see README.md, "Add a field"."""

import strawberry

from bff import Load, section
from bff.schema.actions import NextAction
from bff.schema.arguments import First
from bff.schema.messages import Message
from bff.schema.notifications import Notification
from bff.schema.people import User
from bff.schema.todos import Todo
from bff.sources.messages import MessageRecord, Messages
from bff.sources.notifications import NotificationRecord, Notifications
from bff.sources.recommendations import AnyActionRecord, Recommendations
from bff.sources.todos import TodoRecord, Todos
from bff.sources.users import UserRecord, Users


@strawberry.type(
    description="What a signed-in user sees first. Every section stands alone: null means it is not to be had "
    "this time (see `status`), an empty list means there is nothing."
)
class LandingPage:
    """Each field is a section of its own, with a source of its own and a deadline of its own."""

    @section(Users, User)
    async def viewer(self, load: Load) -> UserRecord:
        """The signed-in user."""
        return await load(Users.by_id, load.viewer)

    @section(Messages, list[Message])
    async def messages(self, load: Load, first: First = 10) -> list[MessageRecord]:
        """The newest messages, newest first."""
        return await load(Messages.latest, first)

    @section(Todos, list[Todo])
    async def todos(self, load: Load, first: First = 10) -> list[TodoRecord]:
        """The newest todos, newest first."""
        return await load(Todos.latest, first)

    @section(Notifications, list[Notification])
    async def notifications(self, load: Load, first: First = 10) -> list[NotificationRecord]:
        """The newest notifications, newest first."""
        return await load(Notifications.latest, first)

    @section(Recommendations, list[NextAction])
    async def recommendations(self, load: Load, first: First = 5) -> list[AnyActionRecord]:
        """What is worth doing next, best first. Comes from a third party and is often the first to be missing."""
        return await load(Recommendations.next_actions, first)
