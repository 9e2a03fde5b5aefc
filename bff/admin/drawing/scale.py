"""From seconds to a place between the left edge of a picture and its right one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST = 0.0005
"""Seconds that a picture spans at least."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Places are percentages of the width, so that a picture fits any window."""

    start: float
    end: float

    @classmethod
    def over(cls, start: float, end: float) -> "Scale":
        """A little more than what it has to show."""
        return cls(start, max(end, start + SHORTEST))

    def place(self, at: float) -> float:
        """Percent; what is outside comes to lie on the edge."""
        return min(max((at - self.start) / (self.end - self.start), 0.0), 1.0) * 100

    def shows(self, at: float) -> bool:
        """Whether that moment is in the picture."""
        return self.start <= at <= self.end

    def ticks(self) -> Sequence[float]:
        """Five to ten moments with round numbers."""
        return round_numbers(self.start, self.end)


def round_numbers(start: float, end: float) -> Sequence[float]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    rough = (end - start) / 8
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.ceil(start / step - 1e-9), math.floor(end / step + 1e-9)
    return [number * step for number in range(first, last + 1)]
