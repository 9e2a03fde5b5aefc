"""What E1 promises of any answer: no failure of ours, coded, and nothing of our insides."""

import httpx

OURS = ("Traceback", 'File "', "bff/", ".py", "graphql.error", "msgspec", "orjson")
HEALTHY = {"query": "{ landingPage { messages(first: 1) { id } } }"}


def assert_sound(answer: httpx.Response) -> None:
    """A 4xx, or GraphQL with or without errors."""
    assert answer.status_code == 200 or 400 <= answer.status_code < 500, (answer.status_code, answer.text[:500])
    assert answer.elapsed.total_seconds() < 1
    assert not [each for each in OURS if each in answer.text]
    body = answer.json()
    assert "data" in body or body["errors"]
    assert "INTERNAL" not in {error["extensions"]["code"] for error in body.get("errors", ())}


async def assert_healthy(http: httpx.AsyncClient) -> None:
    """A usual page is answered as ever."""
    answer = await http.post("/graphql", json=HEALTHY)
    assert (answer.status_code, len(answer.json()["data"]["landingPage"]["messages"])) == (200, 1)
