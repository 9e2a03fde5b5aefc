"""The faults by name, and how to read one from text such as `slow 2s`."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from . import scripts
from .wire import Answer, Script

LONGEST: Final = 3_600.0
UNITS: Final = {"ms": 0.001, "s": 1.0, "": 1.0}


class FaultError(ValueError):
    """A fault that does not exist, or an argument that does not fit it; the message says what would."""


def seconds(text: str) -> float:
    """Read a duration: `300ms`, `2s`, or plain seconds such as `1.5`. Raises `FaultError`."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|)", text, re.ASCII)
    duration = float(match[1]) * UNITS[match[2]] if match else math.nan
    if not 0 < duration <= LONGEST:
        raise FaultError(f"{text!r} is not a duration: write 300ms, 2s or 1.5 (seconds), up to an hour.")
    return duration


def status(text: str) -> float:
    """Read the HTTP status of an error. Raises `FaultError`."""
    if not re.fullmatch(r"[45]\d\d", text, re.ASCII):
        raise FaultError(f"{text!r} is not an error status: write a number from 400 to 599, such as 503.")
    return float(text)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a fault does. `read` reads the argument in `usage`; with a `default` it may be left out."""

    about: str
    script: Callable[[Answer, float, float], Script]
    usage: str = ""
    read: Callable[[str], float] | None = None
    default: float | None = None


FAULTS: Final[Mapping[str, Kind]] = {
    "slow": Kind("every answer takes that long", scripts.slow, "slow DURATION", seconds),
    "hang": Kind("no answer ever comes", scripts.hang),
    "hang-body": Kind("headers and half of the body come, then nothing", scripts.hang_body),
    "drip": Kind("the body comes byte by byte, one each 20 ms", scripts.drip, "drip [DURATION]", seconds, 0.02),
    "error": Kind("every answer is an error with that HTTP status", scripts.error, "error STATUS", status),
    "garbage": Kind("every answer is something other than JSON", scripts.garbage),
    "html": Kind("a login page comes where JSON should be", scripts.html),
    "empty": Kind("every answer is a status 200 without a body", scripts.empty),
    "wrong-shape": Kind("a JSON object comes where a list should be", scripts.wrong_shape),
    "truncate": Kind("the connection closes in the middle of the body", scripts.truncate),
    "reset": Kind("the connection is reset before an answer", scripts.reset),
    "refuse": Kind("nobody listens: connections are refused, open ones are closed", scripts.reset),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault with its argument; as text what it was read from."""

    name: str
    text: str
    argument: float

    def __str__(self) -> str:
        return self.text

    @property
    def refuses(self) -> bool:
        """Whether it closes the door, and does not only spoil answers."""
        return self.name == "refuse"

    def script(self, answer: Answer, delay: float) -> Script:
        """What happens instead of the healthy `answer` after `delay`."""
        return FAULTS[self.name].script(answer, delay, self.argument)


def parse_fault(text: str, argument: str = "") -> Fault:
    """Read `slow 2s`, in one piece or two. Raises `FaultError`, which lists what there is."""
    name, *arguments = f"{text} {argument}".split() or [""]
    kind = FAULTS.get(name)
    if kind is None:
        raise FaultError(_unknown(name))
    if kind.read is None and not arguments:
        return Fault(name, name, 0)
    if kind.read is not None and len(arguments) == 1:
        return Fault(name, f"{name} {arguments[0]}", kind.read(arguments[0]))
    if kind.default is not None and not arguments:
        return Fault(name, name, kind.default)
    given = " ".join([name, *arguments])
    raise FaultError(f"{given!r} does not fit: write {kind.usage or name!r}, which means that {kind.about}.")


def _unknown(name: str) -> str:
    near = get_close_matches(name, FAULTS, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    known = ", ".join(kind.usage or name for name, kind in FAULTS.items())
    return f"There is no fault {name!r}.{hint} The faults are: {known}."
