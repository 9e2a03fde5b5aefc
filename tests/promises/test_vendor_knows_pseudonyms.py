"""`bff dev` as a person starts it: the simulated vendor knows users by pseudonyms, and pages are still their own."""

import pytest

from tests.promises.dev_run import dev_run
from tests.promises.load import one_page

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]


@pytest.mark.parametrize("settings", [{}, {"BFF_PSEUDONYM_KEY": "0123456789abcdef"}], ids=["a key made", "a key given"])
async def test_recommendations_lead_to_the_viewers_own_messages_and_todos(settings: dict[str, str]) -> None:
    with dev_run(**settings) as run:
        for user in ("7", "907"):
            page = await one_page(run.url, user)
            actions = page.data["recommendations"]
            assert {action["__typename"] for action in actions} == {"SendMessage", "CompleteTodo", "OpenLink"}
            named = [action.get("message") or action.get("todo") for action in actions]
            ids = [each["id"] for each in named if each]
            assert len(ids) == len([action for action in actions if action["__typename"] != "OpenLink"])
            assert all(each[1:].startswith(f"{user}-") for each in ids)
