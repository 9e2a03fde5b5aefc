"""The settings of the landing page: what the contract says they are by default, and what serving needs."""

from pathlib import Path

import pytest

from bff import read_settings
from bff.schema import page
from bff.settings import Auth, problems_for_serving, settings_file_here
from bff.sources import SOURCES

URLS = {f"BFF_{source.name.upper()}__URL": f"http://{source.name}" for source in SOURCES}
AUTH = {
    "BFF_AUTH__JWKS_URL": "https://login.test/keys",
    "BFF_AUTH__ISSUER": "https://login.test/",
    "BFF_AUTH__AUDIENCE": "bff",
}


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = read_settings(page, {})
    assert (settings.host, settings.port, settings.cache_url) == ("127.0.0.1", 8000, "memory://")
    assert (settings.page_deadline, settings.degraded_as, settings.auth) == (3, "extensions", None)


@pytest.mark.parametrize(
    ("source", "deadline", "work_bound"),
    [
        ("users", 1, 2),
        ("messages", 1, 2),
        ("todos", 1, 2),
        ("notifications", 1, 2),
        ("recommendations", 0.3, 10),
    ],
)
def test_the_defaults_of_each_source_are_those_of_the_contract(source: str, deadline: float, work_bound: float) -> None:
    settings = read_settings(page, {}).sources[source]
    assert settings.url is None
    assert (settings.policy.deadline, settings.policy.work_bound) == (deadline, work_bound)
    assert (settings.policy.ttl, settings.policy.stale) == (60, 3600)


def test_a_source_s_own_settings_change_its_policy_and_no_other() -> None:
    settings = read_settings(page, {"BFF_TODOS__DEADLINE": "500ms", "BFF_TODOS__STALE": "2h"}).sources
    assert (settings["todos"].policy.deadline, settings["todos"].policy.stale) == (0.5, 7200)
    assert settings["todos"].policy.bulkhead.limit == 100
    assert settings["users"].policy.deadline == 1


def test_the_optional_source_stays_optional_whatever_is_set() -> None:
    policy = read_settings(page, {"BFF_RECOMMENDATIONS__DEADLINE": "1s"}).sources["recommendations"].policy
    assert (policy.core, policy.bulkhead.limit, policy.bulkhead.max_wait) == (False, 25, 0)


def test_every_setting_says_where_it_came_from() -> None:
    settings = read_settings(page, {"BFF_PORT": "8001"})
    assert (settings.came_from("port"), settings.came_from("host")) == ("BFF_PORT", "default")


def test_authentication_is_read_where_all_of_it_is_set() -> None:
    assert read_settings(page, AUTH).auth == Auth("https://login.test/keys", "https://login.test/", "bff")


def test_with_everything_set_nothing_is_missing_for_serving() -> None:
    assert problems_for_serving(read_settings(page, {**URLS, **AUTH})) == []


def test_everything_that_serving_lacks_is_named_at_once() -> None:
    upstreams = [f"{variable} is not set: where is the {variable[4:-5].lower()} service?" for variable in URLS]
    auth = "BFF_AUTH__JWKS_URL, BFF_AUTH__ISSUER and BFF_AUTH__AUDIENCE are not set: who signs the users' tokens?"
    assert problems_for_serving(read_settings(page, {})) == [*upstreams, auth]


@pytest.mark.parametrize("missing", AUTH)
def test_a_part_of_authentication_that_is_missing_is_named(missing: str) -> None:
    given = {variable: value for variable, value in AUTH.items() if variable != missing}
    [problem] = problems_for_serving(read_settings(page, {**URLS, **given}))
    assert problem == f"{missing} is not set: who signs the users' tokens?"


def test_whoever_authenticates_in_another_way_needs_no_keys() -> None:
    assert problems_for_serving(read_settings(page, URLS), authenticated_otherwise=True) == []


def test_the_file_in_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_file_here() is None
    (tmp_path / "bff.toml").touch()
    assert settings_file_here() == Path("bff.toml")
