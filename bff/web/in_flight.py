"""How many pages are being made."""


class InFlight:
    """Counted by the line, read by whoever likes."""

    def __init__(self) -> None:
        self.pages = 0
