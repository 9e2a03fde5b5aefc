"""What `bff dev` chooses where nothing is set."""

import pytest

from bff.cli.dev_settings import admin_ports, settings_for_web
from bff.schema import page
from bff.settings import read_settings


@pytest.mark.parametrize(
    ("environment", "ports"),
    [
        pytest.param({}, (8001, 0), id="beside the usual page, or anywhere"),
        pytest.param({"BFF_PORT": "8080"}, (0,), id="anywhere beside another page"),
        pytest.param({"BFF_ADMIN_PORT": "8001"}, (8001,), id="where it is set, and nowhere else"),
        pytest.param({"BFF_PORT": "8080", "BFF_ADMIN_PORT": "9000"}, (9000,), id="where it is set"),
        pytest.param({"BFF_ADMIN_PORT": "off"}, (), id="nowhere"),
    ],
)
def test_the_admin_listener_is(environment: dict[str, str], ports: tuple[int, ...]) -> None:
    assert admin_ports(read_settings(page, environment)) == ports


def test_the_web_is_set_up_for_developers_but_for_what_is_set() -> None:
    usual = settings_for_web(read_settings(page, {}))
    assert usual == {
        "BFF_SERVER_TIMING": "on",
        "BFF_LOG__FORMAT": "text",
        "BFF_INTROSPECTION": "on",
        "BFF_RATE__VIEWER": "off",
        "BFF_RATE__ADDRESS": "off",
        "BFF_RECOMMENDATIONS__LINK_HOSTS": "*",
    }
    for variable, value in {**usual, "BFF_LOG__FORMAT": "json"}.items():
        chosen = settings_for_web(read_settings(page, {variable: value}))
        assert chosen == {name: each for name, each in usual.items() if name != variable}
