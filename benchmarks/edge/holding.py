"""Connections that owe something, from a process of its own: `python -m benchmarks.edge.holding URL --count 2000`.

A third each sends its headers a byte a second, its body likewise, or nothing. Prints one line of JSON: how many the
server closed, and after how many seconds the last one, by kind.
"""

import argparse
import json
from urllib.parse import urlsplit

import uvloop

from tests.edge.held_connections import held

if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("--count", type=int, default=2_000)
    given = options.parse_args()
    where = urlsplit(given.url)
    print(json.dumps(uvloop.run(held(where.hostname or "", where.port or 80, given.count))))
