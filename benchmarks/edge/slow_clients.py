"""E4: 2,000 connections that owe something, while others ask for pages.

python -m benchmarks.edge.slow_clients [--count 2000] [--rate 60] [--rounds 5]

Prints when they were closed, and the pages' p99 with and without them, round by round. Exits 1 where one lives for
longer than 15 s, or the median ratio of the p99s is above 1.5.
"""

import argparse
import json
import subprocess
import sys
from statistics import median
from typing import Any, Final

from benchmarks.edge.running import ROOT, asked, served

MOST_SECONDS: Final = 15.0
MOST_RATIO: Final = 1.5
MEANWHILE: Final = 14.0


def while_held(url: str, count: int, rate: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """What became of those connections, and of the pages meanwhile."""
    command = [sys.executable, "-m", "benchmarks.edge.holding", url, "--count", str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holding:
        pages = asked(url, "--rate", str(rate), "--seconds", str(MEANWHILE))
        assert holding.stdout is not None
        return json.loads(holding.stdout.read()), pages


def main() -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=2_000)
    options.add_argument("--rate", type=float, default=60.0)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    ratios, broken = [], []
    with served() as page:
        for _ in range(3):  # a vendor that was late for the first page is cached for a later one
            asked(page.url, "--each-once")
        for _ in range(given.rounds):
            usual = asked(page.url, "--rate", str(given.rate), "--seconds", str(MEANWHILE))
            held, meanwhile = while_held(page.url, given.count, given.rate)
            ratios.append(meanwhile["ms"]["200"]["p99"] / usual["ms"]["200"]["p99"])
            print(json.dumps(held))
            print(f"pages: usually {usual['ms']['200']} ms, meanwhile {meanwhile['ms']['200']} ms", flush=True)
            broken += [
                f"{kind}: {one}"
                for kind, one in held.items()
                if one["closed"] < one["count"] or one["longest_s"] > MOST_SECONDS
            ]
            broken += [
                f"statuses {told['statuses']}" for told in (usual, meanwhile) if set(told["statuses"]) != {"200"}
            ]
    print(json.dumps(page.told))
    print(f"p99 meanwhile ÷ usual {median(ratios):.2f}, median of {[round(each, 2) for each in ratios]}")
    if median(ratios) > MOST_RATIO:
        broken.append(f"the p99 is {median(ratios):.2f} times the usual one")
    for sentence in broken:
        print(f"BROKEN: {sentence}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
