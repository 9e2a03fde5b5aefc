"""How many pages are being made."""

from types import TracebackType


class InFlight:
    """Counts those between `with` and its end."""

    def __init__(self) -> None:
        self.pages = 0

    def __enter__(self) -> None:
        self.pages += 1

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.pages -= 1
