"""The one process there is, asked directly."""

from collections.abc import Mapping, Sequence
from typing import Any

from bff.telemetry.waterfall.model import Waterfall
from bff.telemetry.waterfall.summary import Summary, Wanted
from bff.web.serving.inspected import Inspected


class NearPeer:
    """A `Peer`; nothing here takes long enough to wait for."""

    name = "0"

    def __init__(self, inspected: Inspected) -> None:
        self._inspected = inspected

    async def metrics(self) -> bytes:
        """As `Peer` says."""
        return self._inspected.snapshot()

    async def requests(self, wanted: Wanted) -> Sequence[Summary]:
        """As `Peer` says."""
        return self._inspected.requests(wanted)

    async def request(self, request_id: str) -> Waterfall | None:
        """As `Peer` says."""
        return self._inspected.request(request_id)

    async def health(self) -> Mapping[str, Any]:
        """As `Peer` says."""
        return self._inspected.health()
