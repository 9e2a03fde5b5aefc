"""The audits of GraphQL over HTTP that the npm package `graphql-http` holds, against a server of ours."""

from tests.clients.node import Node
from tests.http_audits.audited_process import audited


async def test_every_audit_is_ok(node_modules: Node) -> None:
    with audited(BFF_INTROSPECTION="on") as server:  # some of them ask for the schema
        results = await node_modules.run("audits.mjs", server.url)
    assert [each for each in results if each["status"] != "ok"] == []
    assert len(results) == 61
