"""What is told of the event loop."""

from collections.abc import Callable

from bff.events import LoopStalled, LoopTurned
from bff.standing import Standing
from bff.telemetry.metrics.catalogue import process
from bff.telemetry.metrics.tally import Tally


class OfLoop:
    """`stalled` while it stands still. `stood` is how the process stood when it last turned."""

    def __init__(self, tally: Tally, standing: Callable[[], Standing]) -> None:
        self.stalled = False
        self.stood: Standing | None = None
        self._standing = standing
        self._late = tally.histogram(process.LOOP_LATE)
        self._stalls = tally.counter(process.LOOP_STALLS)
        self._stall_seconds = tally.counter(process.LOOP_STALL_SECONDS)

    def turned(self, event: LoopTurned) -> None:
        """A timer came."""
        self._late.observe(event.late)
        self.stood = self._standing()

    def stalled_or_over(self, event: LoopStalled) -> None:
        """The beginning is told by another thread, and nothing else counts these stalls; the end by the loop."""
        self.stalled = not event.over
        if event.over:
            self._stall_seconds.add(event.seconds)
        else:
            self._stalls.add(1)
