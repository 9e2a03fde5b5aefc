"""What a process that serves the page can be asked about itself."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted


class Inspected(Protocol):
    """Answers from any thread, also while the event loop stands still."""

    def snapshot(self) -> bytes:
        """Its metrics, encoded."""

    def requests(self, wanted: Wanted, /) -> Sequence[Summary]:
        """Those it remembers, as wanted."""

    def request(self, request_id: str, /) -> Waterfall | None:
        """One that it remembers."""

    def health(self) -> Mapping[str, Any]:
        """Details, as JSON has them."""
