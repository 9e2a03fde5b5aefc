"""`make mutants`: makes every small change to the guards and the cache that mutmut knows of, one at a time, and lets
their tests run.

A change that no test notices survives. Left alone by mutmut, and pinned by tests instead, are defaults, constants and
enums.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).parent.parent
MUTMUT: Final = Path(sys.executable).parent / "mutmut"
LEAST: Final = 0.9
"""The share of mutants that has to be killed, in each of the two."""

ONLY_COMPARED = "eras are only compared, and are different in any case"
SET_BEFORE = "set before it is read"
HOLDS_NOTHING = "the slices it clears besides, or no longer does, hold nothing"
HOW_WELL = "only how well it is compressed"
EITHER_WAY = "as false as False"

CHANGES_NOTHING: Final = {
    'address: return f"{PREFIX}{{{quote(viewer, )}}}"': "a slash closes no braces",
    "address: return f\"{PREFIX}{{{quote(viewer, safe='XXXX')}}}\"": "letters are never quoted",
    "breaker: self._era = 1": ONLY_COMPARED,
    "breaker: self._era -= 1": ONLY_COMPARED,
    "breaker: self._era += 2": ONLY_COMPARED,
    "changes: self._sending = None": EITHER_WAY,
    "envelope: deflated = zlib.compress(value, )": HOW_WELL,
    "envelope: deflated = zlib.compress(value, level=2)": HOW_WELL,
    "envelope: if len(deflated) <= len(value):": "as long either way",
    "envelope: ": "without the last case it is None all the same",
    "seats: self._given_up = None": EITHER_WAY,
    "seats: self._landing.remove_done_callback(None)": "what stays wakes nobody, and goes with the flight",
    "hearing: said = None": "as empty",
    'patience: self._next: asyncio.TimerHandle | None = ""': SET_BEFORE,
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
    def room(self) -> str:
        return self.name.split(".")[1]

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
    changes = [mutant.change() for mutant in mutants if not mutant.killed]

    for was, became in changes:
        print(f"survived: {became}\n  instead of {was}\n  {CHANGES_NOTHING.get(became, 'no test notices')}")
    for gone in CHANGES_NOTHING.keys() - {became for _, became in changes}:
        print(f"no longer survives, so take it from the list: {gone}")
    shares = {room: share([m for m in mutants if m.room == room]) for room in sorted({m.room for m in mutants})}
    for room, its_share in shares.items():
        print(f"{room}: {its_share:.1%}")
    seconds = time.monotonic() - started
    print(f"{len(mutants) - len(changes)} of {len(mutants)} mutants killed in {seconds:.0f} s: {share(mutants):.1%}")
    sys.exit(min(shares.values()) < LEAST)


def share(mutants: Sequence[Mutant]) -> float:
    """Of them that are killed."""
    return sum(mutant.killed for mutant in mutants) / len(mutants)


if __name__ == "__main__":
    main()
