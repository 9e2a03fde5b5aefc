"""What `bff dev` tells the person at the terminal: one sentence, with the next step in it.

DevError
├── ChildFailed         a process did not start, or ended by itself; with its last words
├── ValkeyNotAvailable  no embedded cache server on this machine
├── AlreadyRunning      another `bff dev` has this port
└── NotRunning          no `bff dev` on this port
"""

from bff.errors import BffError


class DevError(BffError):
    """`str()` of it is the whole message."""


class ChildFailed(DevError):
    """A process did not start, or ended by itself."""


class ValkeyNotAvailable(DevError):
    """The embedded cache server cannot run here."""


class AlreadyRunning(DevError):
    """The run directory of this port belongs to a `bff dev` that lives."""


class NotRunning(DevError):
    """No `bff dev` lives on this port."""
