"""One request to an upstream and its answer, as far as it came."""

from dataclasses import dataclass

from bff.timeline import clock


@dataclass(slots=True)
class Exchange:
    """A transport marks what it can see; what it has not seen, or not yet, is None.

    Without `connected_at` the time to connect is part of the wait for the first byte (pyreqwest shows no more).
    """

    sent_at: float
    bytes_out: int
    """Of the request's target and headers, roughly."""

    connected_at: float | None = None
    """There is a connection: a new one, or one that was kept."""

    first_byte_at: float | None = None
    """The answer's head is there."""

    body_at: float | None = None
    """The answer is whole."""

    decoded_at: float | None = None
    status: int | None = None
    bytes_in: int = 0
    """Of the body, unpacked."""

    def answered(self, status: int) -> None:
        """The answer's head is there."""
        self.first_byte_at = clock.now()
        self.status = status

    def whole(self, size: int) -> None:
        """Its body is, too."""
        self.body_at = clock.now()
        self.bytes_in = size

    def decoded(self) -> None:
        """It was made sense of."""
        self.decoded_at = clock.now()
