"""One simulated upstream in a process of its own: `python -m bff.lab.upstreams messages --control SOCKET`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from .control import ControlError
from .control_server import controlled
from .door import PortError
from .pseudonyms import KEY_VARIABLE
from .server import serve
from .services import SERVICES


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop. Prints one line of JSON, `{"ready": NAME, "url": URL}`, when it listens."""
    options = _parse(arguments)
    # Until the loop takes over, a signal ends the process without a stack trace.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        asyncio.run(_run(options))
    except (ControlError, PortError) as problem:
        print(f"{options.service}: {problem}", file=sys.stderr)
        return 1
    return 0


async def _run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    key = os.environ.get(KEY_VARIABLE) or None
    async with (
        serve(
            options.service, speed=options.speed, host=options.host, port=options.port, pseudonym_key=key
        ) as upstream,
        controlled(upstream, options.control, stop.set),
    ):
        print(orjson.dumps({"ready": upstream.name, "url": upstream.url}).decode(), flush=True)
        await stop.wait()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bff.lab.upstreams",
        description="Run one simulated upstream.",
        epilog=f"With {KEY_VARIABLE} it knows users by the pseudonyms that a bff with the same key sends.",
    )
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=0, help="0, the default, takes any that is free")
    parser.add_argument("--control", type=Path, required=True, help="path of its control socket")
    parser.add_argument("--speed", type=_speed, default=1.0, help="times the usual latencies; 0 is at once")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1
    if not 0 <= speed <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed: give a number from 0 to 100, such as 1.0")
    return speed


if __name__ == "__main__":
    sys.exit(main())
