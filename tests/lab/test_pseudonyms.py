"""A simulated vendor answers to the pseudonyms of users as it does to their ids."""

from datetime import UTC, datetime

import pytest

from bff.lab.upstreams.pseudonyms import pseudonym
from bff.lab.upstreams.server import serve
from bff.lab.upstreams.services import SERVICES, service
from bff.lab.upstreams.world import World
from tests.lab.bare_http import converse

KEY = "0123456789abcdef"
WORLD = World(datetime(2026, 1, 1, tzinfo=UTC))
OF_USERS = [name for name in SERVICES if name != "users"]


@pytest.mark.parametrize("name", OF_USERS)
def test_with_the_key_it_knows_who_is_meant(name: str) -> None:
    keyed = service(name, WORLD, KEY)
    by_id = keyed.answer(f"/{name}?user_id=7&limit=3")
    assert keyed.answer(f"/{name}?user_id={pseudonym(KEY, name, '7')}&limit=3") == by_id
    assert service(name, WORLD).answer(f"/{name}?user_id=7&limit=3") == by_id


def test_anothers_pseudonym_or_one_under_another_key_is_nobodys() -> None:
    keyed = service("recommendations", WORLD, KEY)
    for name in (pseudonym(KEY, "todos", "7"), pseudonym("another key of ours", "recommendations", "7")):
        assert keyed.answer(f"/recommendations?user_id={name}&limit=3").status == 404


async def test_a_server_is_given_the_key() -> None:
    async with serve("recommendations", speed=0, pseudonym_key=KEY) as upstream:
        target = f"/recommendations?user_id={pseudonym(KEY, 'recommendations', '7')}&limit=1"
        said = await converse(upstream, f"GET {target} HTTP/1.0\r\n\r\n".encode())
        assert said.startswith(b"HTTP/1.1 200")
