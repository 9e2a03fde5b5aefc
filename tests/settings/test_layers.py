"""Which layer a setting comes from, and that everything wrong is said at once."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bff.errors import SettingsError
from bff.settings.layers import Chosen, choose
from bff.settings.table import settings_of
from bff.sources import SOURCES

TABLE = settings_of(SOURCES)


def chosen(environment: Mapping[str, str], file: Path | None = None) -> Mapping[str, Chosen]:
    """By the name of the variable."""
    return {one.setting.variable: one for one in choose(TABLE, environment, file).values()}


def problems(environment: Mapping[str, str], file: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        choose(TABLE, environment, file)
    return caught.value.problems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file."""
    file = tmp_path / "bff.toml"
    file.write_text('port = 8001\n[recommendations]\ndeadline = "200ms"\nttl = 0.5\n')
    return file


def test_what_is_set_nowhere_has_its_default() -> None:
    port = chosen({})["BFF_PORT"]
    assert (port.value, port.origin) == (8000, "default")


def test_the_file_goes_before_the_default(file: Path) -> None:
    port = chosen({}, file)["BFF_PORT"]
    assert (port.value, port.origin) == (8001, f"{file}: port")


def test_the_environment_goes_before_the_file(file: Path) -> None:
    port = chosen({"BFF_PORT": "8002"}, file)["BFF_PORT"]
    assert (port.value, port.origin) == (8002, "BFF_PORT")


def test_a_table_of_the_file_is_a_level_and_its_numbers_are_read_like_text(file: Path) -> None:
    found = chosen({}, file)
    assert found["BFF_RECOMMENDATIONS__DEADLINE"].value == pytest.approx(0.2)
    assert found["BFF_RECOMMENDATIONS__TTL"].value == pytest.approx(0.5)


def test_a_value_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "cache-url"
    secret.write_text("redis://:hush@cache\n")
    cache = chosen({"BFF_CACHE_URL_FILE": str(secret)})["BFF_CACHE_URL"]
    assert (cache.value, cache.origin) == ("redis://:hush@cache", "BFF_CACHE_URL_FILE")


def test_a_value_s_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    [problem] = problems({"BFF_CACHE_URL_FILE": str(tmp_path / "gone")})
    assert problem == f"BFF_CACHE_URL_FILE: the file '{tmp_path}/gone' cannot be read: No such file or directory."


def test_a_value_s_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xff\xfe")
    [problem] = problems({"BFF_CACHE_URL_FILE": str(secret)})
    assert problem == f"BFF_CACHE_URL_FILE: the file '{secret}' cannot be read: it is not UTF-8."


def test_a_settings_file_that_is_not_there_is_named() -> None:
    [problem] = problems({}, Path("gone.toml"))
    assert problem == "gone.toml: cannot be read: No such file or directory."


def test_a_settings_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path) -> None:
    file = tmp_path / "bff.toml"
    file.write_text("port = \n")
    [problem] = problems({}, file)
    assert problem.startswith(f"{file}: cannot be read: ")
    assert "line 1" in problem


@pytest.mark.parametrize(
    ("written", "name", "hint"),
    [
        ("prot = 1", "prot", " Did you mean port?"),
        ("[recomendations]\ndeadline = 1", "recomendations.deadline", " Did you mean recommendations.deadline?"),
        ("[server]\nthreads = 1", "server.threads", ""),
    ],
)
def test_an_unknown_name_in_the_file_is_refused_with_the_nearest_one(
    tmp_path: Path, written: str, name: str, hint: str
) -> None:
    file = tmp_path / "bff.toml"
    file.write_text(written)
    assert problems({}, file) == (f"{file}: there is no setting {name!r}.{hint}",)


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("BFF_PROT", "BFF_PORT"),
        ("BFF_USERS_URL", "BFF_USERS__URL"),
        ("BFF_RECOMENDATIONS__DEADLINE", "BFF_RECOMMENDATIONS__DEADLINE"),
        ("BFF_CACHEURL_FILE", "BFF_CACHE_URL"),
        ("BFF_users__URL", "BFF_USERS__URL"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_one(variable: str, meant: str) -> None:
    assert problems({variable: "x"}) == (f"{variable}: there is no such setting. Did you mean {meant}?",)


ORCHESTRATED = {
    "BFF_SERVICE_HOST": "10.0.0.1",
    "BFF_SERVICE_PORT": "80",
    "BFF_SERVICE_PORT_HTTP": "80",
    "BFF_PORT_80_TCP": "tcp://10.0.0.1:80",
    "BFF_PORT_80_TCP_ADDR": "10.0.0.1",
    "BFF_PORT_80_TCP_PROTO": "tcp",
    "BFF_USERS_SERVICE_HOST": "10.0.0.1",
    "BFF_USERS_PORT": "tcp://10.0.0.1:80",
    "BFF_IMAGE_TAG": "v1",
}


def test_what_an_orchestrator_sets_under_our_prefix_is_let_be() -> None:
    assert chosen(ORCHESTRATED) == chosen({})


def test_other_variables_are_let_be() -> None:
    assert chosen({"PATH": "/bin", "bff_port": "x", "XBFF_PORT": "x"}) == chosen({})


def test_a_value_that_cannot_be_used_is_shown_with_what_was_expected() -> None:
    assert problems({"BFF_PORT": "eighty"}) == ("BFF_PORT: 'eighty' is not a port from 0 to 65535.",)


def test_a_value_of_the_file_that_cannot_be_used_is_shown_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "bff.toml"
    file.write_text("[todos]\ndeadline = true\n")
    [problem] = problems({}, file)
    assert problem.startswith(f"{file}: todos.deadline: 'True' is not a duration")


def test_a_long_value_is_shown_by_its_beginning() -> None:
    [problem] = problems({"BFF_PORT": "x" * 10_000})
    assert len(problem) < 300


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bff.toml"
    file.write_text("prot = 1\n[todos]\nttl = 'long'\n")
    environment = {"BFF_PORT": "x", "BFF_USERS_URL": "http://users", "BFF_USERS__DEADLINE": "0"}
    found = problems(environment, file)
    assert len(found) == 5
    for word in ("prot", "todos.ttl", "BFF_PORT", "BFF_USERS_URL", "BFF_USERS__DEADLINE"):
        assert any(word in problem for problem in found)


def test_a_secret_is_never_shown_where_it_cannot_be_used() -> None:
    [problem] = problems({"BFF_CACHE_URL": "rediss:/hush@cache"})
    assert "hush" not in problem
    assert problem.startswith("BFF_CACHE_URL: what it holds is not a URL such as redis://")


def test_a_password_in_any_url_is_not_shown_where_it_cannot_be_used() -> None:
    [problem] = problems({"BFF_USERS__URL": "http://me:hush@users/?x"})
    assert "hush" not in problem


@pytest.mark.parametrize(
    ("variable", "given", "shown"),
    [
        ("BFF_PORT", "8001", "8001"),
        ("BFF_RECOMMENDATIONS__DEADLINE", "0.25", "250ms"),
        ("BFF_USERS__URL", "http://users/", "http://users"),
        ("BFF_USERS__URL", "http://me:hush@users", "http://(hidden)@users"),
        ("BFF_CACHE_URL", "redis://:hush@cache", "(hidden)"),
    ],
)
def test_a_value_is_shown_for_people_and_secrets_are_not(variable: str, given: str, shown: str) -> None:
    assert chosen({variable: given})[variable].shown() == shown


def test_defaults_are_shown_for_people() -> None:
    found = chosen({})
    shown = {name: found[f"BFF_{name}"].shown() for name in ("RECOMMENDATIONS__DEADLINE", "USERS__URL", "CACHE_URL")}
    assert shown == {"RECOMMENDATIONS__DEADLINE": "300ms", "USERS__URL": "-", "CACHE_URL": "memory://"}
