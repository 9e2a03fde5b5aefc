"""Settings as they are named in a doubt."""

from dataclasses import dataclass

from bff.policy import Policy
from bff.settings import Settings


def valued(settings: Settings, *path: str) -> str:
    """As it is written in the environment, with the value in force."""
    chosen = settings.one(*path)
    return f"{chosen.setting.variable} ({chosen.shown()})"


@dataclass(frozen=True, slots=True)
class Named:
    """A source's policy with the names of its settings."""

    settings: Settings
    name: str
    policy: Policy

    def variable(self, *option: str) -> str:
        """As it is written in the environment."""
        return self.settings.one(self.name, *option).setting.variable

    def valued(self, *option: str) -> str:
        """The same, with the value in force."""
        return valued(self.settings, self.name, *option)

    def is_set(self, *option: str) -> bool:
        """Whether somebody chose it."""
        return self.settings.came_from(self.name, *option) != "default"
