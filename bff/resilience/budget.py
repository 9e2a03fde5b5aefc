"""How many extra calls an upstream may be given."""

from bff.resilience.rolling_count import RollingCount


class Budget:
    """Extra calls up to a share of the calls of the last `window` seconds, and never fewer than `least`.

    An upstream in trouble is spared: however often calls fail, their repetitions stay this share. After Finagle's
    `RetryBudget` and Envoy's retry budgets.
    """

    def __init__(self, share: float, *, least: int, window: float) -> None:
        self._share = share
        self._least = least
        self._calls = RollingCount(window)
        self._extra = RollingCount(window)

    def saw_call(self) -> None:
        """A call was made that is no extra one."""
        self._calls.add()

    def spend(self) -> bool:
        """Whether there may be one extra call now; if so, it is taken as made."""
        if self.left() < 1:
            return False
        self._extra.add()
        return True

    def left(self) -> int:
        """So many extra calls there may be now."""
        return int(max(self._least, self._share * self._calls.total()) - self._extra.total())
