"""`bff dev break` and `bff dev mend`: another terminal tells a running `bff dev` what to do."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from bff.lab.dev.errors import DevError
from bff.lab.dev.rundir import DevState, find
from bff.lab.upstreams.control import ControlError, ask


def break_source(port: int, source: str, fault: str, argument: str = "") -> str:
    """Break a simulated upstream at once, and say so in a sentence. Raises DevError.

    `fault` is a name such as `hang` or `slow`, `argument` what it takes, such as `2s`.
    """
    _, state = find(port)
    reply = _tell(_control(state, source), {"do": "break", "fault": f"{fault} {argument}".strip()})
    return f"{source} is broken: {reply['fault']}. `bff dev mend {source}` makes it whole."


def mend(port: int, source: str | None = None) -> str:
    """Mend one simulated upstream, or all of them, and say so in a sentence. Raises DevError."""
    _, state = find(port)
    sources = [source] if source is not None else state.simulated
    if not sources:
        raise DevError("nothing to mend: this bff dev simulates no upstream, for the URL of every one is set")
    for name in sources:
        _tell(_control(state, name), {"do": "mend"})
    return f"{', '.join(sources)}: whole again."


def _control(state: DevState, source: str) -> str:
    upstream = state.upstreams.get(source)
    if upstream is None:
        near = get_close_matches(source, state.upstreams, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise DevError(f"no source is called {source!r}{hint}: there are {', '.join(state.upstreams)}")
    if upstream.control is None:
        raise DevError(
            f"{source} is not simulated, for BFF_{source.upper()}__URL is set to {upstream.url}: "
            f"break it there, or start without that setting"
        )
    return upstream.control


def _tell(control: str, message: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return ask(control, message)
    except ControlError as error:
        raise DevError(str(error)) from error
