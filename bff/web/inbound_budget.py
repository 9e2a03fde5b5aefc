"""How long a page may take, where whoever asks has less time than we."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bff.web.proxies import Proxies

HEADERS: Final = ("x-deadline-ms", "x-envoy-expected-rq-timeout-ms")
MILLISECONDS: Final = re.compile(r"\d{1,9}", re.ASCII)

WAY_BACK: Final = 0.05
"""Seconds of an inbound budget that are kept for making the answer and bringing it there."""


@dataclass(frozen=True, slots=True)
class PageBudget:
    """The page's deadline, and what a trusted proxy may shorten it to."""

    page_deadline: float
    proxies: Proxies

    def seconds(self, headers: Mapping[str, str], peer: str | None) -> float:
        """For a request with these headers, over a connection from this address. What cannot be read is ignored."""
        told = [headers[name] for name in HEADERS if name in headers]
        if not told or not self.proxies.trusts(peer):
            return self.page_deadline
        budgets = [int(text) / 1000 - WAY_BACK for text in told if MILLISECONDS.fullmatch(text)]
        return max(0.0, min([self.page_deadline, *budgets]))
