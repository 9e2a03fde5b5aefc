"""`make mutants`: makes every small change to the guards that mutmut knows of, one at a time, and lets their tests run.

A change that no test notices survives. Left alone by mutmut, and pinned by tests instead, are defaults, constants and
enums.
"""

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).parent.parent
MUTMUT: Final = Path(sys.executable).parent / "mutmut"
LEAST: Final = 0.9
"""The share of mutants that has to be killed."""

ONLY_COMPARED = "eras are only compared, and are different in any case"
SET_BEFORE = "set when pages stop waiting, and not read before"
HOLDS_NOTHING = "the slices it clears besides, or no longer does, hold nothing"

CHANGES_NOTHING: Final = {
    "breaker: self._era = 1": ONLY_COMPARED,
    "breaker: self._era -= 1": ONLY_COMPARED,
    "breaker: self._era += 2": ONLY_COMPARED,
    'retry: return float("INF")': "the same number",
    "rolling_count: self._now = 1": HOLDS_NOTHING,
    "rolling_count: for passed in range(max(self._now + 1, now - SLICES - 1), now + 1):": HOLDS_NOTHING,
    "waiting: self._next_try = None": SET_BEFORE,
    "waiting: self._next_try = 1.0": SET_BEFORE,
}
"""Survivors that no test could tell from the original, each with its reason."""


@dataclass(frozen=True)
class Mutant:
    """One change: `status` is mutmut's word for what became of it."""

    name: str
    status: str

    @classmethod
    def told(cls, line: str) -> Self:
        name, _, status = line.strip().partition(": ")
        return cls(name, status)

    @property
    def killed(self) -> bool:
        return self.status in {"killed", "timeout"}

    def change(self) -> tuple[str, str]:
        """What it was, and, with its module, what it became."""
        _, _, hunk = mutmut("show", self.name).partition("@@\n")
        was, became = (
            " ".join(line[1:].strip() for line in hunk.splitlines() if line.startswith(sign)) for sign in "-+"
        )
        return was, f"{self.name.split('.')[2]}: {became}"


def mutmut(*arguments: str) -> str:
    done = subprocess.run([MUTMUT, *arguments], cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout[-5000:]}\nmutmut {arguments[0]} failed, for the reason above.")
    return done.stdout


def main() -> None:
    started = time.monotonic()
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    mutmut("run")
    mutants = [Mutant.told(line) for line in mutmut("results", "--all", "True").splitlines()]
    survivors = [mutant for mutant in mutants if not mutant.killed]
    share = 1 - len(survivors) / len(mutants)
    changes = [survivor.change() for survivor in survivors]

    for was, became in changes:
        print(f"survived: {became}\n  instead of {was}\n  {CHANGES_NOTHING.get(became, 'no test notices')}")
    for gone in CHANGES_NOTHING.keys() - {became for _, became in changes}:
        print(f"no longer survives, so take it from the list: {gone}")
    seconds = time.monotonic() - started
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants killed in {seconds:.0f} s: {share:.1%}")
    sys.exit(share < LEAST)


if __name__ == "__main__":
    main()
