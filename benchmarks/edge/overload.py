"""S6: three times the load that one process can bear.

python -m benchmarks.edge.overload [--seconds 60] [--uncached] [--pages-in-flight 100]

Finds the peak with a closed loop, then offers so many times that in an open one. Prints goodput against the peak, how
long refusals took on the server and for clients, and how long health answers took. Exits 1 where a promise is broken.
"""

import argparse
import json
import sys
from typing import Final

from benchmarks.edge.running import CACHED, UNCACHED, Served, asked, cpu_of, pages_a_second, served

LEAST_GOODPUT: Final = 0.90
MOST_SHED_P99_MS: Final = 10.0


def found(page: Served, at_once: str) -> tuple[float, float]:
    """The peak: pages a second, and seconds of CPU for each."""
    began = cpu_of(page.pid)
    told = asked(page.url, "--at-once", at_once, "--seconds", "10")
    return pages_a_second(told), (cpu_of(page.pid) - began) / told["statuses"]["200"]


def main() -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--times", type=float, default=3.0)
    options.add_argument("--uncached", action="store_true", help="every page asks every upstream")
    options.add_argument("--pages-in-flight", default="100")
    options.add_argument("--at-once", default="32", help="clients of the closed loop that finds the peak")
    given = options.parse_args()
    settings = {"BFF_PAGES_IN_FLIGHT": given.pages_in_flight}
    with served(settings, UNCACHED if given.uncached else CACHED) as page:
        asked(page.url, "--each-once")
        asked(page.url, "--at-once", given.at_once, "--seconds", "3")
        peak, cpu_of_a_page = found(page, given.at_once)
        print(f"peak {peak:.0f} pages a second", flush=True)
        began = cpu_of(page.pid)
        told = asked(page.url, "--rate", str(given.times * peak), "--seconds", str(given.seconds))
        spent = (cpu_of(page.pid) - began) / told["statuses"]["200"]
        after, _ = found(page, given.at_once)
    goodput = pages_a_second(told) / max(peak, after)
    print(f"peak afterwards {after:.0f}")
    print(json.dumps(told))
    print(json.dumps(page.told))
    print(f"goodput ÷ peak {goodput:.3f}")
    print(f"CPU for a page, refusals included: {1_000 * spent:.2f} ms, {1_000 * cpu_of_a_page:.2f} ms without any")
    broken = {
        f"goodput is {goodput:.3f} of the peak": goodput < LEAST_GOODPUT,
        f"refusals took {page.told['shed_p99_ms']} ms": page.told["shed_p99_ms"] >= MOST_SHED_P99_MS,
        f"health answers failed: {told['probes']['failed']}": bool(told["probes"]["failed"]),
        f"other answers: {told['statuses']}": bool(set(told["statuses"]) - {"200", "503"}),
    }
    for sentence, true in broken.items():
        if true:
            print(f"BROKEN: {sentence}")
    return 1 if any(broken.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
