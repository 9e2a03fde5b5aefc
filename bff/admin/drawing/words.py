"""Times and phases in words."""

from typing import Final

from bff.telemetry.waterfall.model import Bar, Phase

FOR_A_SOURCE: Final = {
    Phase.CACHE: "the look into the cache for {}",
    Phase.ELSEWHERE: "waiting for another process that fetches {}",
    Phase.QUEUE: "waiting for a free slot to call {}",
    Phase.BACKOFF: "waiting before {} was tried again",
    Phase.CONNECT: "connecting to {}",
    Phase.FIRST_BYTE: "waiting for {} first byte",
    Phase.BODY: "receiving {} answer",
    Phase.DECODE: "decoding {} answer",
    Phase.RESOLVE: "our own work on {}",
}

POSSESSIVE: Final = {Phase.FIRST_BYTE, Phase.BODY, Phase.DECODE}

OF_THE_PAGE: Final = {
    Phase.VIEWER: "finding out who asks",
    Phase.BODY_IN: "reading the request",
    Phase.DOCUMENT: "parsing and checking the query",
    Phase.RESOLVE: "our own work (resolve)",
    Phase.SERIALISE: "writing the answer",
}


def duration(seconds: float) -> str:
    """`0.4 ms`, `3.2 ms`, `412 ms`, `2,000 ms`, `12.3 s`."""
    thousandths = seconds * 1000
    if abs(seconds) >= 10:
        return f"{seconds:,.1f} s"
    return f"{thousandths:.1f} ms" if abs(thousandths) < 9.95 else f"{thousandths:,.0f} ms"


def age(seconds: float) -> str:
    """`12 s`, `3 min`, `5 h`."""
    for unit, length, until in (("s", 1, 100), ("min", 60, 6000)):
        if seconds < until:
            return f"{max(seconds, 0) / length:.0f} {unit}"
    return f"{seconds / 3600:.0f} h"


def size(count: int) -> str:
    """`812 B`, `12.3 kB`, `4.1 MB`."""
    for unit, limit in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count} B"


def counted(count: int, what: str) -> str:
    """`1 key`, `3 keys`."""
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"


def shortened(text: str, most: int) -> str:
    """So many characters at most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def stretch(bar: Bar) -> str:
    """`first byte: 298 ms, from 4.0 ms to 302 ms`."""
    return f"{bar.phase}: {duration(bar.end - bar.start)}, from {duration(bar.start)} to {duration(bar.end)}"


def busy_with(phase: Phase, source: str | None) -> str:
    """What somebody was busy with, as a part of a sentence."""
    if source is not None and phase in FOR_A_SOURCE:
        named = f"{source}'" if source.endswith("s") else f"{source}'s"
        return FOR_A_SOURCE[phase].format(named if phase in POSSESSIVE else source)
    return OF_THE_PAGE.get(phase, str(phase))
