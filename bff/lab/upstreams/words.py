"""What the slots of the phrases are filled with."""

from collections.abc import Sequence
from random import Random

from .phrases import DAYS, NUMBERS, PROJECTS, TEAMS


class Words(dict[str, str]):
    """For `str.format_map`: chooses a word when a slot is first met, and stays with it."""

    def __init__(self, dice: Random, me: str, others: Sequence[str], clients: Sequence[str]) -> None:
        super().__init__(me=me)
        self._dice = dice
        self._choices = {
            "who": others,
            "project": PROJECTS,
            "team": TEAMS,
            "client": clients,
            "day": DAYS,
            "n": NUMBERS,
        }

    def __missing__(self, slot: str) -> str:
        self[slot] = self._dice.choice(self._choices[slot])
        return self[slot]
