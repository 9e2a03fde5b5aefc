"""The example page, served by `bff serve --app` as a team would: a real process, tokens, an upstream of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.examples.services import AUDIENCE, ISSUER, Issuer, serving

MEALS = [{"id": "1", "name": "Dal", "price_cents": 490, "vegetarian": True}, {"id": 2}]
QUERY = {"query": "{ lunchPage { id meals { name priceCents } status(of: MEALS) { state code } } }"}


@asynccontextmanager
async def bff_serve(**settings: str) -> AsyncIterator[str]:
    """Its URL."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bff", "serve", "--app", "examples.canteen:page"),
        env={**os.environ, "BFF_PORT": "0", "BFF_ADMIN_PORT": "0", **settings},
        cwd=Path(__file__).parents[2],
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            while b"bff serves lunchPage on" not in (line := await process.stderr.readline()):
                assert line, "bff serve ended at start"
        yield line.decode().split()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        await process.stderr.read()
        assert await process.wait() == 0


@asynccontextmanager
async def lunch(answers: dict[str, Any]) -> AsyncIterator[tuple[httpx.AsyncClient, Issuer]]:
    """A client of the served example, and who signs its tokens."""
    issuer = Issuer()
    async with serving({"/jwks.json": issuer.jwks()}) as keys, serving(answers) as canteen:
        settings = {
            "BFF_CANTEEN__URL": canteen.url,
            "BFF_AUTH__JWKS_URL": f"{keys.url}/jwks.json",
            "BFF_AUTH__ISSUER": ISSUER,
            "BFF_AUTH__AUDIENCE": AUDIENCE,
        }
        async with bff_serve(**settings) as url, httpx.AsyncClient(base_url=url) as client:
            yield client, issuer


async def test_a_team_serves_its_own_page_with_a_source_of_its_own() -> None:
    async with lunch({"/meals": MEALS}) as (client, issuer):
        signed_in = {"authorization": f"Bearer {issuer.token('7')}"}
        answer = await client.post("/graphql", json=QUERY, headers=signed_in)
        anonymous = await client.post("/graphql", json=QUERY)
        expired = {"authorization": f"Bearer {issuer.token('7', lifetime=-60)}"}
        refused = [await client.post("/graphql", json=QUERY, headers=expired)]
        refused.append(await client.post("/graphql", json=QUERY, headers={"authorization": "Bearer broken"}))
        as_dev = await client.post("/graphql", json=QUERY, headers={"x-dev-user": "7"})
        ready = await client.get("/health/ready")

    assert answer.json()["data"]["lunchPage"] == {
        "id": "7",
        "meals": [{"name": "Dal", "priceCents": 490}],
        "status": {"state": "LIVE", "code": None},
    }
    for each in (anonymous, as_dev, *refused):
        assert each.status_code == 401
        assert each.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert "data" not in each.json()
    assert (ready.status_code, ready.text) == (200, "ready")


async def test_a_teams_page_degrades_as_ours_does() -> None:
    async with lunch({}) as (client, issuer):
        signed_in = {"authorization": f"Bearer {issuer.token('7')}"}
        answer = (await client.post("/graphql", json=QUERY, headers=signed_in)).json()

    assert answer["data"]["lunchPage"]["meals"] is None
    assert answer["data"]["lunchPage"]["status"] == {"state": "UNAVAILABLE", "code": "NOT_FOUND"}
    assert answer["errors"][0]["extensions"]["code"] == "PAGE_UNAVAILABLE"
