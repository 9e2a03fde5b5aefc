import pytest

from bff.events import Event


@pytest.fixture
def told() -> list[Event]:
    """What a guard had to say, once `told.append` is its listener."""
    return []
