"""For tests without a loop to wait in."""

import pytest

from bff.timeline import clock


def at(moment: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that time now."""
    monkeypatch.setattr(clock, "now", lambda: moment)
