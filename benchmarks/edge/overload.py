"""S6: three times the load that one process can bear.

python -m benchmarks.edge.overload [--seconds 60] [--rounds 3] [--uncached] [--pages-in-flight 100]

Finds the peak with a closed loop, before and after, and in between offers so many times that in an open one. Prints
goodput against the peak, how long refusals took on the server and for clients, and how long health answers took. Exits
1 where a promise is broken.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from statistics import mean, median
from typing import Any, Final

from benchmarks.edge.running import CACHED, UNCACHED, Served, asked, cpu_of, pages_a_second, served

LEAST_GOODPUT: Final = 0.90
MOST_SHED_P99_MS: Final = 10.0


@dataclass(frozen=True)
class Round:
    """Pages a second at the peak, before and after, and under too much load; milliseconds of CPU for each."""

    peaks: tuple[float, float]
    reached: float
    cpu_at_peak: tuple[float, float]
    cpu: float
    told: dict[str, Any]

    @property
    def goodput(self) -> float:
        """Against the peak."""
        return self.reached / mean(self.peaks)

    @property
    def by_cpu(self) -> float:
        """As it would be were nothing else on the machine."""
        return mean(self.cpu_at_peak) / self.cpu

    def __str__(self) -> str:
        peaks = " and ".join(f"{each:.0f}" for each in self.peaks)
        return (
            f"peak {peaks} pages a second, reached {self.reached:.0f}; CPU {self.cpu:.2f} ms a page, "
            f"{mean(self.cpu_at_peak):.2f} at the peak; {self.told['statuses']}; ms {self.told['ms']}; "
            f"health {self.told['probes']}"
        )


def one_round(page: Served, at_once: str, times: float, seconds: float) -> Round:
    """A peak, too much load, a peak."""
    before, cpu_before, _ = reached(page, "--at-once", at_once, "--seconds", "10")
    made, cpu, told = reached(page, "--rate", str(times * before), "--seconds", str(seconds))
    after, cpu_after, _ = reached(page, "--at-once", at_once, "--seconds", "10")
    return Round((before, after), made, (cpu_before, cpu_after), cpu, told)


def reached(page: Served, *how: str) -> tuple[float, float, dict[str, Any]]:
    """Pages a second, milliseconds of CPU for each, and all that was told."""
    began = cpu_of(page.pid)
    told = asked(page.url, *how)
    return pages_a_second(told), 1_000 * (cpu_of(page.pid) - began) / told["statuses"]["200"], told


def main() -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--times", type=float, default=3.0)
    options.add_argument("--uncached", action="store_true", help="every page asks every upstream")
    options.add_argument("--pages-in-flight", default="100")
    options.add_argument("--at-once", default="48", help="clients of the closed loop that finds the peak")
    given = options.parse_args()
    rounds: list[Round] = []
    with served({"BFF_PAGES_IN_FLIGHT": given.pages_in_flight}, UNCACHED if given.uncached else CACHED) as page:
        for _ in range(3):  # a vendor that was late for the first page is cached for a later one
            asked(page.url, "--each-once")
        for _ in range(given.rounds):
            rounds.append(one_round(page, given.at_once, given.times, given.seconds))
            print(rounds[-1], flush=True)
    goodput = median(one.goodput for one in rounds)
    print(json.dumps(page.told))
    print(f"goodput ÷ peak {goodput:.3f}, median of {[round(one.goodput, 3) for one in rounds]}")
    print(f"the same by CPU for a page {median(one.by_cpu for one in rounds):.3f}")
    statuses = {status for one in rounds for status in one.told["statuses"]}
    failed = [one.told["probes"]["failed"] for one in rounds if one.told["probes"]["failed"]]
    broken = {
        f"goodput is {goodput:.3f} of the peak": goodput < LEAST_GOODPUT,
        f"refusals took {page.told['shed_p99_ms']} ms": page.told["shed_p99_ms"] >= MOST_SHED_P99_MS,
        f"health answers failed: {failed}": bool(failed),
        f"other answers: {statuses}": bool(statuses - {"200", "503"}),
    }
    for sentence, true in broken.items():
        if true:
            print(f"BROKEN: {sentence}")
    return 1 if any(broken.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
