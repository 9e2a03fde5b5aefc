"""What a client takes: a whole answer, one in frames, or either."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bff.web.incremental.event_stream import EVENT_STREAM, EventStream
from bff.web.incremental.multipart import MULTIPART, Multipart
from bff.web.incremental.shape import CURRENT, OF_2022, Shape
from bff.web.media_type import JSON, NotAcceptable, answer_type

Way = Multipart | EventStream

SPECS: Final = {
    None: CURRENT,
    "incrementalspec=v0.2": CURRENT,
    "deferspec=20220824": OF_2022,
}
"""What a client may ask for beside the media type, and which shape of frames it then reads."""

NAMES: Final = {"incrementalspec=v0.2": "incrementalSpec=v0.2", "deferspec=20220824": "deferSpec=20220824"}


@dataclass(frozen=True, slots=True)
class InFrames:
    """How frames go to this client."""

    way: Way
    shape: Shape


@dataclass(frozen=True, slots=True)
class Accepted:
    """`whole` is the media type of an answer that comes whole; where `frames_only`, it is for refusals alone."""

    whole: str
    frames: InFrames | None = None
    frames_only: bool = False


ANYTHING: Final = Accepted(JSON)
"""Of a client that does not say."""


def accepted(accept: str | None) -> Accepted:
    """By an Accept header. Wildcards stand for whole answers. Raises `NotAcceptable`."""
    if not accept:
        return ANYTHING
    frames = _in_frames(accept.lower())
    try:
        return Accepted(answer_type(accept), frames)
    except NotAcceptable:
        if frames is None:
            raise
        return Accepted(JSON, frames, frames_only=True)


def _in_frames(accept: str) -> InFrames | None:
    """The best, and of two wanted alike the one named first."""
    if MULTIPART not in accept and EVENT_STREAM not in accept:
        return None
    best, best_quality = None, 0.0
    for quality, frames in _wanted(accept):
        if quality > best_quality:
            best, best_quality = frames, quality
    return best


def _wanted(accept: str) -> Iterator[tuple[float, InFrames]]:
    for part in accept.split(","):
        name, *parameters = ("".join(piece.split()).replace('"', "") for piece in part.split(";"))
        spec = next((each for each in parameters if "spec=" in each), None)
        if name in (MULTIPART, EVENT_STREAM) and spec in SPECS:
            way = EventStream() if name == EVENT_STREAM else Multipart(NAMES.get(spec or ""))
            yield _quality(parameters), InFrames(way, SPECS[spec])


def _quality(parameters: list[str]) -> float:
    try:
        return float(next((each[2:] for each in parameters if each.startswith("q=")), "1"))
    except ValueError:
        return 0.0
