"""Rules with every window shorter by a factor, to watch in minutes what takes hours: `scaled.py RULES 60`.

Names stay as they are: `bff:page_errors:ratio_rate1h` is then of one minute. Scrape and evaluate each second.
"""

import re
import sys
from pathlib import Path
from typing import Final

MILLISECONDS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
DURATION: Final = rf"(\d+)({'|'.join(MILLISECONDS)})"
WINDOW: Final = re.compile(rf"(?P<before>\[|^ *(?:- )?(?:for|interval): )(?:{DURATION})(?=\]|$)", re.MULTILINE)
LEAST: Final = 4_000
"""Milliseconds. A rate needs a few scrapes, of which there is one each second."""


def scaled(rules: str, factor: float) -> str:
    """The same rules, with every window and every `for` divided by the factor."""

    def shorter(found: re.Match[str]) -> str:
        milliseconds = int(found[2]) * MILLISECONDS[found[3]] / factor
        return f"{found['before']}{max(LEAST, round(milliseconds))}ms"

    head = f"# Every window and `for` of bff.rules.yml divided by {factor:g}, and none below {LEAST // 1_000} s.\n"
    return head + WINDOW.sub(shorter, rules)


if __name__ == "__main__":
    print(scaled(Path(sys.argv[1]).read_text(), float(sys.argv[2])), end="")
