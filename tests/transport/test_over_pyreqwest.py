"""What holds for the default client alone."""

import pytest

from bff.transport.over_pyreqwest import PyreqwestTransport
from tests.transport.raw_server import WHOLE, always, raw_server


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    transport = PyreqwestTransport()
    async with raw_server(always(WHOLE)) as server:
        assert (await transport.send(server.request())).status == 200
    await transport.close()


async def test_a_connection_is_kept_for_the_next_call() -> None:
    transport = PyreqwestTransport()
    async with raw_server(always(WHOLE)) as server:
        for _ in range(3):
            await transport.send(server.request())
        assert server.connections == 1
    await transport.close()
