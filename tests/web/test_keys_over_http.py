"""The issuer's keys over a real socket, and the viewer they prove."""

from bff.transport.over_pyreqwest import PyreqwestTransport
from bff.web.keys import Keys
from bff.web.viewer import JwtViewer
from tests.transport.raw_server import always, answer, raw_server
from tests.web.tokens import AUTH, key_set, shown_curve_key, shown_key, token


async def test_a_token_is_proved_by_a_key_that_its_issuer_shows() -> None:
    transport = PyreqwestTransport()
    async with raw_server(always(answer(200, key_set(shown_curve_key("curve"), shown_key("one"))))) as server:
        identify = JwtViewer(AUTH, Keys(f"{server.url}/keys", transport))
        assert await identify({"authorization": f"Bearer {token()}"}) == "7"
    await transport.close()
