"""From a URL to servers: what is understood, and what is refused with a sentence."""

import pytest

from bff.cache.redis.store import RedisShared
from bff.cache.redis.urls import Access, Kind, RedisUrl


@pytest.mark.parametrize(
    ("url", "kind", "places", "access"),
    [
        ("redis://cache", Kind.ONE, (("cache", 6379),), Access()),
        ("redis://cache:7000/2", Kind.ONE, (("cache", 7000),), Access(db=2)),
        ("redis://cache?db=3", Kind.ONE, (("cache", 6379),), Access(db=3)),
        ("redis://:p%40ss@cache", Kind.ONE, (("cache", 6379),), Access(password="p@ss")),
        ("redis://bff:pass:word@cache/", Kind.ONE, (("cache", 6379),), Access("bff", "pass:word")),
        ("redis://[::1]:7000", Kind.ONE, (("::1", 7000),), Access()),
        ("rediss://cache", Kind.ONE, (("cache", 6379),), Access(tls={})),
        (
            "rediss://cache/1?ssl_ca_certs=/etc/ca.pem",
            Kind.ONE,
            (("cache", 6379),),
            Access(db=1, tls={"ssl_ca_certs": "/etc/ca.pem"}),
        ),
        ("unix:///run/a%20b.sock?db=4", Kind.ONE, ("/run/a b.sock",), Access(db=4)),
        ("unix://bff:word@/run/valkey.sock", Kind.ONE, ("/run/valkey.sock",), Access("bff", "word")),
        ("redis+cluster://a,b:7000", Kind.CLUSTER, (("a", 6379), ("b", 7000)), Access()),
        ("redis+cluster://a/0", Kind.CLUSTER, (("a", 6379),), Access()),
        ("rediss+cluster://u:w@a", Kind.CLUSTER, (("a", 6379),), Access("u", "w", tls={})),
    ],
)
def test_a_url_names_servers_and_how_they_are_entered(
    url: str, kind: Kind, places: tuple[object, ...], access: Access
) -> None:
    assert RedisUrl.parse(url) == RedisUrl(kind, places, access)  # type: ignore[arg-type]  # shorter in the table


def test_sentinels_are_named_with_their_master_and_its_database() -> None:
    found = RedisUrl.parse("redis+sentinel://bff:word@a,b:26380,[::1]/my%20master/5")

    assert found == RedisUrl(
        Kind.SENTINEL, (("a", 26379), ("b", 26380), ("::1", 26379)), Access("bff", "word", db=5), "my master"
    )


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "it has to begin with one of redis://, rediss://, unix://, redis\\+sentinel://"),
        ("cache:6379", "it has to begin with"),
        ("http://cache", "it has to begin with"),
        ("redis://", "a host, and perhaps a port from 1 to 65535, has to follow"),
        ("redis://cache:port", "a host"),
        ("redis://cache:0", "a host"),
        ("redis://cache:65536", "a host"),
        ("redis://[::1", "a host"),
        ("redis+cluster://a,,b", "a host"),
        ("redis://a,b", "several hosts need Sentinels"),
        ("redis://cache/first", "the number of a database"),
        ("redis://cache?db=-1", "the number of a database"),
        ("redis+cluster://a/1", "a cluster has no database but 0"),
        ("redis+sentinel://a,b", "the name of the master has to follow"),
        ("redis+sentinel://a,b/", "the name of the master has to follow"),
        ("unix://", "a unix socket needs its whole path"),
        ("unix://run/valkey.sock", "a unix socket needs its whole path"),
        ("redis://cache?socket_timeout=5", "it may have the options db, and not socket_timeout"),
        ("redis://cache?ssl_ca_certs=/etc/ca.pem", "certificates are for TLS: begin it with rediss://"),
        ("rediss://cache?ssl_check_hostname=no", "options db, ssl_ca_certs, ssl_certfile, ssl_keyfile, and not"),
    ],
)
def test_a_url_that_can_not_be_used_is_refused_with_a_sentence(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        RedisShared.at(url)


@pytest.mark.parametrize("url", ["redis://bff:hunter2@cache:port", "redis://:hunter2/x@cache", "redis://:hunter2@a,b"])
def test_no_password_stands_in_a_refusal_or_a_representation(url: str) -> None:
    with pytest.raises(ValueError, match="host") as refused:
        RedisUrl.parse(url)

    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(RedisUrl.parse("redis://bff:hunter2@cache"))
