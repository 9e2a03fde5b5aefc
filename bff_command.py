"""The `bff` command, as it is installed. It stands outside of the package, whose import takes half a second.

A Ctrl-C in that time ends the process as it ends any other program, without a stack trace.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


def main() -> None:
    """Import the command line, and run it."""
    with _interrupts_end_it():
        command = import_module("bff.cli").main
    command()


@contextmanager
def _interrupts_end_it() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # else it is ignored, as in the background of a shell
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, before)
