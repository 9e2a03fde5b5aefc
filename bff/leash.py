"""Runs a command that does not outlive its supervisor, however that one ends. A script, and how to call it:

    python -I -S leash.py PARENT_PID [--guard FD] -- COMMAND …

Linux has a signal for it: the kernel sends it, and nothing stands between the supervisor and the command.
Elsewhere (`--guard`) this process stays as the command's guardian: it watches FD, a pipe whose other end only
the supervisor holds, and at its end kills the whole session.
"""

import ctypes
import os
import select
import signal
import sys
from collections.abc import Sequence
from typing import Never

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

# SIGKILL, and not SIGTERM, which a child may put off for as long as it likes: with the supervisor gone nobody
# is left to lose patience, and nothing here is worth a farewell (the cache keeps no files).
DEATH = signal.SIGKILL

HAS_DEATH_SIGNAL = sys.platform == "linux"


def leashed(command: Sequence[str], *, guard: int | None = None) -> list[str]:
    """The command as a child of this process under the leash.

    `guard` is the reading end of a pipe that the child inherits; this process alone keeps the other end.
    Start it in a session of its own, from the main thread: the signal comes when the starting *thread* ends.
    """
    how = [] if guard is None else ["--guard", str(guard)]
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *how, "--", *command]


def main(arguments: list[str]) -> int:
    """Becomes the command, or guards it and ends as it ended."""
    split = arguments.index("--")
    ours, command = arguments[:split], arguments[split + 1 :]
    if len(ours) == 3:
        return _stand_guard(command, int(ours[2]))
    _ask_for_death_signal()
    if os.getppid() == int(ours[0]):
        _become(command)
    return 1  # the parent ended before the signal was asked for: it will not come


def _ask_for_death_signal() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(DEATH), zero, zero, zero) != 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses a parent-death signal")


def _become(command: list[str]) -> Never:
    # Python ignores SIGPIPE, and what is ignored stays so in the command.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - a shell is exactly what must not be between
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(127)


def _stand_guard(command: list[str], watched: int) -> int:
    os.set_inheritable(watched, False)
    if os.getpgrp() != os.getpid():  # never kill the group of whoever called this
        os.setsid()
    waking, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
        signal.signal(number, lambda *_: None)  # the loop below reads the number from the pipe
    child = os.fork()
    if child == 0:
        _become(command)
    while True:
        readable, _, _ = select.select([watched, waking], [], [])
        if watched in readable:
            os.killpg(0, DEATH)
        for received in os.read(waking, 64):
            if received != signal.SIGCHLD:
                os.kill(child, received)
                continue
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return _end_alike(os.waitstatus_to_exitcode(status))


def _end_alike(code: int) -> int:
    """By the signal that ended the command, so that the supervisor sees no difference."""
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
