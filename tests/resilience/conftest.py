import pytest
from hypothesis import Phase, settings

from bff.events import Event

# For `make mutants`: the same examples in each run, and none made smaller, since nobody reads why a mutant was killed.
settings.register_profile(
    "mutants", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate], print_blob=False
)


@pytest.fixture
def told() -> list[Event]:
    """What a guard had to say, once `told.append` is its listener."""
    return []
