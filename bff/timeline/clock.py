"""The clock of timelines.

Monotonic, and finer than the event loop's, which (uvloop's) counts whole milliseconds and stands still within a turn.
"""

import time
from collections.abc import Callable

now: Callable[[], float] = time.monotonic
"""Seconds. Tests on virtual time put the loop's in its place; call it as `clock.now()`."""
