"""From the text of a setting to its value, and back. What reads raises `ValueError` with what it expected."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from bff.cache.redis.urls import RedisUrl
from bff.resilience.mode import Mode
from bff.settings.edge import Rate, TrustedDocuments

IPNetwork: TypeAlias = IPv4Network | IPv6Network

_DURATION: Final = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)\s*(ms|s|m|h|)", re.ASCII)
_UNITS: Final = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
LONGEST: Final = 365 * 24 * 3600.0


def text(given: str) -> str:
    """Anything but nothing."""
    if not given.strip():
        raise ValueError("some text")
    return given.strip()


def duration(given: str) -> float:
    """Seconds."""
    found = _DURATION.fullmatch(given.strip().lower())
    seconds = float(found[1]) * _UNITS[found[2]] if found else LONGEST
    if seconds >= LONGEST:
        raise ValueError("a duration such as 300ms, 2s, 1h, or seconds, of less than a year")
    return seconds


def positive_duration(given: str) -> float:
    """Seconds, more than none."""
    seconds = duration(given)
    if seconds <= 0:
        raise ValueError("a duration above zero such as 300ms, 2s, or seconds")
    return seconds


def shown_duration(seconds: float) -> str:
    """As one would write it: `300ms`, `1.5s`, `1h`."""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.12g}ms"
    if seconds and seconds % 3600 == 0:
        return f"{seconds / 3600:g}h"
    return f"{seconds:.12g}s"


def port(given: str) -> int:
    """A TCP port; 0 lets the system choose."""
    if "://" in given:
        raise ValueError(
            "a port from 0 to 65535 (Kubernetes sets BFF_PORT to an address for a service named bff: "
            "set enableServiceLinks: false)"
        )
    if not re.fullmatch(r"\s*\d{1,5}\s*", given, re.ASCII) or int(given) > 65_535:
        raise ValueError("a port from 0 to 65535")
    return int(given)


def port_or_off(given: str) -> int | None:
    """A TCP port; None where there shall be no listener."""
    if given.strip().lower() == "off":
        return None
    try:
        return port(given)
    except ValueError as expected:
        raise ValueError(f"`off`, or {expected}") from None


def shown_port_or_off(number: int | None) -> str:
    """As one would write it."""
    return "off" if number is None else str(number)


def token(given: str) -> str:
    """A secret that nobody guesses."""
    if len(given.strip()) < 16:
        raise ValueError("a secret of at least 16 characters, such as `openssl rand -hex 16` makes")
    return given.strip()


def names(given: str) -> tuple[str, ...]:
    """By commas; few enough to be labels."""
    found = tuple(dict.fromkeys(each.strip() for each in given.split(",") if each.strip()))
    if len(found) > MOST_NAMES or not all(re.fullmatch(r"[\w.:-]{1,64}", each, re.ASCII) for each in found):
        raise ValueError(
            f"at most {MOST_NAMES} names by commas, of letters, digits and . : - _, such as web,ios,android"
        )
    return found


MOST_NAMES: Final = 50


def shown_names(given: tuple[str, ...]) -> str:
    """By commas; a dash for none."""
    return ",".join(given) or "-"


def log_format(given: str) -> str:
    """How a line of log is written."""
    if given.strip().lower() not in ("json", "text"):
        raise ValueError("`json` or `text`")
    return given.strip().lower()


def http_url(given: str) -> str:
    """A base URL, a path prefix allowed, without the slash at its end."""
    if not re.fullmatch(r"https?://[^\s?#]+", given.strip(), re.IGNORECASE) or not _has_address(given):
        raise ValueError("a URL such as https://users.internal/api, without query or fragment")
    return given.strip().rstrip("/")


def document_url(given: str) -> str:
    """A URL of one document, a query allowed."""
    if not re.fullmatch(r"https?://[^\s#]+", given.strip(), re.IGNORECASE) or not _has_address(given):
        raise ValueError("a URL such as https://login.example.com/.well-known/jwks.json")
    return given.strip()


def _has_address(url: str) -> bool:
    try:
        parts = urlsplit(url.strip())
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def cache_url(given: str) -> str:
    """Where the cache is."""
    url = given.strip()
    if url.startswith("memory://"):
        return url
    try:
        RedisUrl.parse(url)
    except ValueError as error:
        raise ValueError(f"a URL such as redis://cache.internal:6379/0, or memory://: {error}") from None
    return url


MEGABYTE: Final = 1024 * 1024
_SIZES: Final = {"": 1, "kb": 1024, "mb": MEGABYTE, "gb": 1024 * MEGABYTE}


def size(given: str) -> int:
    """Bytes."""
    found = re.fullmatch(r"\s*(\d{1,12})\s*(kb|mb|gb|)\s*", given.lower(), re.ASCII)
    if not found:
        raise ValueError("a size such as 64MB, 512kB, or bytes")
    return int(found[1]) * _SIZES[found[2]]


def shown_size(number: int) -> str:
    """In the largest unit that leaves a whole number."""
    for unit, name in ((1024 * MEGABYTE, "GB"), (MEGABYTE, "MB"), (1024, "kB")):
        if number and number % unit == 0:
            return f"{number // unit}{name}"
    return str(number)


def whole_number(given: str) -> int:
    """None, one, two, and so on."""
    if not re.fullmatch(r"\s*\d{1,9}\s*", given, re.ASCII):
        raise ValueError("a whole number such as 0, 1 or 20")
    return int(given)


def count(given: str) -> int:
    """At least one."""
    try:
        number = whole_number(given)
    except ValueError:
        number = 0
    if number == 0:
        raise ValueError("a whole number above zero such as 20")
    return number


def share(given: str) -> float:
    """Of something: `50%`, or `0.5`."""
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(%?)\s*", given, re.ASCII)
    number = float(found[1]) / (100 if found[2] else 1) if found else 0
    if not 0 < number <= 1:
        raise ValueError("a share such as 50% or 0.5, above zero and at most 100%")
    return number


def share_or_none(given: str) -> float:
    """The same, or none of it."""
    if re.fullmatch(r"\s*0(?:\.0+)?\s*%?\s*", given, re.ASCII):
        return 0.0
    try:
        return share(given)
    except ValueError:
        raise ValueError("a share such as 10%, 0.1, or 0 for none, at most 100%") from None


def shown_share(number: float) -> str:
    """In percent."""
    return f"{number * 100:.12g}%"


SWITCH: Final = {
    "on": True,
    "true": True,
    "1": True,
    "yes": True,
    "off": False,
    "false": False,
    "0": False,
    "no": False,
}


def switch(given: str) -> bool:
    """On or off."""
    known = SWITCH.get(given.strip().lower())
    if known is None:
        raise ValueError("`on` or `off`")
    return known


def shown_switch(on: bool) -> str:
    """As one would write it."""
    return "on" if on else "off"


def mode(given: str) -> Mode:
    """Whether a guard does what it decides."""
    try:
        return Mode(given.strip().lower())
    except ValueError:
        raise ValueError("`enforce` or `report-only`") from None


def networks(given: str) -> tuple[IPNetwork, ...]:
    """Addresses and ranges of addresses, by commas."""
    try:
        return tuple(ip_network(each.strip(), strict=False) for each in given.split(",") if each.strip())
    except ValueError:
        raise ValueError("addresses or ranges of addresses, by commas, such as 10.0.0.0/8,192.168.1.7") from None


def shown_networks(given: tuple[IPNetwork, ...]) -> str:
    """By commas; a dash for none."""
    return ",".join(str(each) for each in given) or "-"


def degraded_as(given: str) -> str:
    """How a section that is null for a fault is told."""
    if given.strip() not in ("extensions", "errors"):
        raise ValueError("`extensions` or `errors`")
    return given.strip()


def without_password(shown: str) -> str:
    """The text with whatever stands before the `@` of a URL left out."""
    return re.sub(r"://[^/\s]*@", "://(hidden)@", shown)


def rate(given: str) -> Rate | None:
    """Requests in a time; None where there shall be no limit."""
    if given.strip().lower() == "off":
        return None
    found = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(s|m|h)\s*", given.lower(), re.ASCII)
    if not found or int(found[1]) == 0:
        raise ValueError("`off`, or a rate such as 20/s, 1200/m or 5000/h")
    return Rate(int(found[1]), _UNITS[found[2]])


def shown_rate(given: Rate | None) -> str:
    """As one would write it."""
    if given is None:
        return "off"
    unit = next(name for name, seconds in _UNITS.items() if seconds == given.seconds)
    return f"{given.count}/{unit}"


def trusted_documents(given: str) -> TrustedDocuments:
    """What trusted documents mean for others."""
    try:
        return TrustedDocuments(given.strip().lower())
    except ValueError:
        raise ValueError("`off`, `prefer` or `only`") from None


def file(given: str) -> Path:
    """A file that can be read now."""
    found = Path(given.strip()).expanduser()
    try:
        with found.open("rb"):
            return found
    except OSError as error:
        raise ValueError(f"a file that can be read: {error.strerror}") from None


def header_name(given: str) -> str:
    """The name of an HTTP header, in lower case."""
    if not re.fullmatch(r"[a-z0-9-]{1,64}", given.strip().lower(), re.ASCII):
        raise ValueError("the name of a header such as x-api-key")
    return given.strip().lower()


def header_names(given: str) -> tuple[str, ...]:
    """By commas."""
    return tuple(dict.fromkeys(header_name(each) for each in given.split(",") if each.strip()))


def cookie_name(given: str) -> str:
    """The name of a cookie."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", given.strip(), re.ASCII):
        raise ValueError("the name of a cookie such as __Host-session")
    return given.strip()


def secret(given: str) -> str:
    """What may stand in a header."""
    if not re.fullmatch(r"[\x21-\x7e]{1,4096}", given.strip()):
        raise ValueError("a secret of one line, of printable ASCII characters without spaces")
    return given.strip()


def origins(given: str) -> tuple[str, ...]:
    """Where pages come from that may ask, by commas."""
    found = tuple(dict.fromkeys(each.strip().rstrip("/").lower() for each in given.split(",") if each.strip()))
    if not all(re.fullmatch(r"https?://[a-z0-9.-]+(?::\d{1,5})?", each, re.ASCII) for each in found):
        raise ValueError("origins by commas, such as https://www.example.com,http://localhost:3000")
    return found


def hosts(given: str) -> tuple[str, ...]:
    """Names of hosts, by commas; `*.example.com` is all below it, `*` any."""
    found = tuple(dict.fromkeys(each.strip().lower() for each in given.split(",") if each.strip()))
    if not all(re.fullmatch(r"\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*", each, re.ASCII) for each in found):
        raise ValueError("host names by commas, such as help.example.com,*.vendor.com, or * for any")
    return found
