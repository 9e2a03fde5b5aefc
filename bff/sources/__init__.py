"""The landing page's upstreams, one file each: records, policy, calls.

Built with nothing but what `bff` gives to any team.
"""

from typing import Final

from bff import Source
from bff.sources.messages import Messages
from bff.sources.notifications import Notifications
from bff.sources.recommendations import Recommendations
from bff.sources.todos import Todos
from bff.sources.users import Users

SOURCES: Final[tuple[type[Source], ...]] = (Users, Messages, Todos, Notifications, Recommendations)
