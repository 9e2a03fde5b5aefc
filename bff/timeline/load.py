"""What one section, or one field further in, loaded of one call: its look into the cache, and its wait."""

from dataclasses import dataclass

from bff.timeline.call import CallTimeline


@dataclass(slots=True)
class LoadTimeline:
    """Of several keys (ten senders, say) the first that was asked for and the last that was there count."""

    source: str
    call: str
    field: str | None
    """Which field further in; None for the section itself."""

    asked_at: float
    looked_up_at: float
    """The cache has answered: with a value, or with nothing, and then a call is waited for."""

    settled_at: float
    count: int
    waited_for: CallTimeline | None
    """The call; it may be another request's, and may go on after the wait."""

    code: str | None = None
    """Why there is no value; of several keys, of the last one that has none."""

    def one_more(
        self, looked_up_at: float, settled_at: float, waited_for: CallTimeline | None, code: str | None
    ) -> None:
        """Another key is there, later than those before it."""
        self.looked_up_at = max(self.looked_up_at, looked_up_at)
        self.settled_at = settled_at
        self.count += 1
        self.waited_for = waited_for or self.waited_for
        self.code = code or self.code
