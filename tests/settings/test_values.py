"""How each kind of setting is read, and what is said where it cannot be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.resilience.mode import Mode
from bff.settings import values


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("300ms", 0.3),
        ("2s", 2),
        ("2", 2),
        ("0.3", 0.3),
        ("1.5s", 1.5),
        ("5m", 300),
        ("1h", 3600),
        ("0", 0),
        (" 2 s ", 2),
        ("2S", 2),
    ],
)
def test_a_duration_is_read_in_seconds(given: str, seconds: float) -> None:
    assert values.duration(given) == pytest.approx(seconds)


NO_DURATIONS = ["", "soon", "-1s", "2 days", "1e3", "1h30m", ".5", "2,5s", "٢s", "inf", "nan", "9" * 400, "8760h"]


@pytest.mark.parametrize("given", NO_DURATIONS)
def test_what_is_no_duration_is_refused_with_examples(given: str) -> None:
    with pytest.raises(ValueError, match=r"^a duration such as 300ms, 2s, 1h, or seconds"):
        values.duration(given)


@pytest.mark.parametrize("given", ["0", "0ms", "0.0s"])
def test_where_some_time_is_needed_none_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="above zero"):
        values.positive_duration(given)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.3, "300ms"),
        (0.0005, "0.5ms"),
        (1, "1s"),
        (1.5, "1.5s"),
        (60, "60s"),
        (90, "90s"),
        (3600, "1h"),
        (5400, "5400s"),
        (0, "0s"),
    ],
)
def test_a_duration_is_shown_as_one_would_write_it(seconds: float, shown: str) -> None:
    assert values.shown_duration(seconds) == shown


@settings(deadline=None)
@given(st.integers(0, 10**10))
def test_what_is_shown_reads_as_the_same_duration(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert values.duration(values.shown_duration(seconds)) == pytest.approx(seconds)


@pytest.mark.parametrize(("given", "port"), [("0", 0), ("8000", 8000), (" 80 ", 80), ("65535", 65_535)])
def test_a_port_is_read(given: str, port: int) -> None:
    assert values.port(given) == port


@pytest.mark.parametrize("given", ["", "http", "-1", "65536", "80.0", "8_000", "²", "٨٠", "9" * 5_000])
def test_what_is_no_port_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"^a port from 0 to 65535$"):
        values.port(given)


def test_kubernetes_own_bff_port_is_recognised_and_the_remedy_named() -> None:
    with pytest.raises(ValueError, match="set enableServiceLinks: false"):
        values.port("tcp://10.0.0.1:8000")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://users", "http://users"),
        ("https://users.internal:8443/api/v1/", "https://users.internal:8443/api/v1"),
        (" http://127.0.0.1:8080/ ", "http://127.0.0.1:8080"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("HTTPS://Users", "HTTPS://Users"),
    ],
)
def test_a_base_url_is_read_without_its_last_slash(given: str, url: str) -> None:
    assert values.http_url(given) == url


NO_URLS = [
    "",
    "users.internal",
    "ftp://users",
    "http://",
    "http:///path",
    "http://users?x=1",
    "http://users?",
    "http://users#x",
    "http://us ers",
    "http://us\ners",
    "http://users:99999",
    "http://users:port",
    "http://users:0",
    "http://[::1",
]


@pytest.mark.parametrize("given", NO_URLS)
def test_what_is_no_base_url_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(ValueError, match=r"^a URL such as https://users.internal/api"):
        values.http_url(given)


def test_the_url_of_a_document_may_have_a_query_and_keeps_its_slash() -> None:
    assert values.document_url("https://login.test/keys/?tenant=1 ") == "https://login.test/keys/?tenant=1"


@pytest.mark.parametrize(
    "given", ["", "login.test", "file:///etc/keys.json", "https://login.test/#keys", "http://[::1"]
)
def test_what_is_no_url_of_a_document_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"^a URL such as https://login.example.com/.well-known/jwks.json$"):
        values.document_url(given)


@pytest.mark.parametrize(
    "given",
    [
        "redis://cache:6379/0",
        "rediss://:secret@cache",
        "unix:///run/valkey.sock?db=1",
        "redis+sentinel://one,two:26380/mymaster",
        "rediss+cluster://one,two",
        "memory://",
    ],
)
def test_the_url_of_a_cache_is_read(given: str) -> None:
    assert values.cache_url(f" {given} ") == given


@pytest.mark.parametrize(
    "given", ["", "cache:6379", "http://cache", "redis://", "redis://cache:port", "redis://[::1", "unix://", "memory"]
)
def test_what_is_no_url_of_a_cache_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(ValueError, match=r"^a URL such as redis://cache.internal:6379/0, or memory://: \w+"):
        values.cache_url(given)


def test_how_nulls_are_told_is_one_of_two_words() -> None:
    assert [values.degraded_as(given) for given in ("extensions", " errors ")] == ["extensions", "errors"]
    with pytest.raises(ValueError, match="`extensions` or `errors`"):
        values.degraded_as("both")


@pytest.mark.parametrize("given", ["", " ", "\n"])
def test_where_some_text_is_needed_none_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="some text"):
        values.text(given)


@pytest.mark.parametrize(
    "shown", ["http://me:hush@users/api", "'redis://:hush@cache'", "http://me:hu@sh@users", "http://me:hu'sh@users"]
)
def test_a_password_in_a_url_is_not_shown(shown: str) -> None:
    masked = values.without_password(shown)
    assert "sh@" not in masked
    assert "://(hidden)@" in masked


@pytest.mark.parametrize(("given", "share"), [("50%", 0.5), ("0.5", 0.5), ("1", 1), ("100 %", 1), (" 2.5% ", 0.025)])
def test_a_share_is_read_in_percent_or_as_a_fraction(given: str, share: float) -> None:
    assert values.share(given) == pytest.approx(share)


@pytest.mark.parametrize("given", ["", "0", "0%", "101%", "1.5", "-5%", "half", "5%%", "nan"])
def test_what_is_no_share_is_refused_with_examples(given: str) -> None:
    with pytest.raises(ValueError, match=r"a share such as 50% or 0\.5"):
        values.share(given)


def test_a_share_is_shown_in_percent() -> None:
    assert [values.shown_share(share) for share in (0.05, 0.5, 1, 0.025)] == ["5%", "50%", "100%", "2.5%"]


def test_a_count_is_at_least_one_and_a_whole_number_may_be_none() -> None:
    assert (values.count(" 20 "), values.whole_number("0")) == (20, 0)
    for no_count in ("0", "-1", "1.5", "many", "", "1e3", "9" * 10):
        with pytest.raises(ValueError, match="above zero such as 20"):
            values.count(no_count)
    with pytest.raises(ValueError, match="such as 0, 1 or 20"):
        values.whole_number("-1")


@pytest.mark.parametrize(("given", "on"), [("on", True), ("TRUE", True), ("1", True), ("off", False), ("no", False)])
def test_a_switch_is_on_or_off(given: str, on: bool) -> None:
    assert values.switch(given) is on


def test_what_is_no_switch_is_refused() -> None:
    with pytest.raises(ValueError, match="`on` or `off`"):
        values.switch("maybe")


def test_a_mode_is_enforce_or_report_only() -> None:
    assert [values.mode(given) for given in ("enforce", " Report-Only ")] == [Mode.ENFORCE, Mode.REPORT_ONLY]
    with pytest.raises(ValueError, match="`enforce` or `report-only`"):
        values.mode("off")


def test_networks_are_addresses_or_ranges_by_commas() -> None:
    given = values.networks("10.1.2.3/8, 192.168.1.7,fd00::/8,")
    assert values.shown_networks(given) == "10.0.0.0/8,192.168.1.7/32,fd00::/8"
    assert values.shown_networks(()) == "-"
    with pytest.raises(ValueError, match=r"such as 10\.0\.0\.0/8"):
        values.networks("proxy.internal")
