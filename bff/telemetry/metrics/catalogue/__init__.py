"""Every metric there is, once. docs/metrics.md shows it, rules and dashboard may name nothing else."""

from typing import Final

from bff.telemetry.metrics.catalogue import cache, calls, edge, guards, pages, process
from bff.telemetry.metrics.metric import Metric

CHAPTERS: Final = {
    "Pages and sections": pages.ALL,
    "The edge": edge.ALL,
    "Calls": calls.ALL,
    "Guards": guards.ALL,
    "Cache": cache.ALL,
    "Process": process.ALL,
}

CATALOGUE: Final[dict[str, Metric]] = {metric.name: metric for chapter in CHAPTERS.values() for metric in chapter}
"""By name."""

LABELS: Final[dict[str, str]] = {
    "by": "`viewer` or `address`",
    "call": "a call of that source: the name of its method",
    "client": "`x-client-name`, if `BFF_METRICS__CLIENTS` names it; else `other`, or `none` where there is none",
    "code": "why not, in the words of the answer (`NOT_FOUND` …); without one `ok` for calls, `none` for the rest",
    "guard": "`breaker`, `bulkhead`, `waiting`",
    "hash": "of all settings",
    "limit": "`tokens`, `depth`, `aliases`, `directives`, `cost`, `document`, `body`; `pages`, report-only alone",
    "mode": "`enforce`, or `report-only` where it was let through",
    "operation": "the operation's name, if `BFF_METRICS__OPERATIONS` names it; else `other`, or `none`. "
    "Of the cache server `read`, `lease`, `write`, `forget`, `probe`",
    "phase": "what the time went into: `cache`, `elsewhere`, `queue`, `backoff`, `connect`, `first byte`, `body`, "
    "`decode`; of source `page`: `viewer`, `body`, `document`, `execute`, `serialise`",
    "reason": "why, as a word or two",
    "result": "`fresh`, `stale` (beyond its TTL), `miss`",
    "section": "a section of the page",
    "source": "an upstream; of breakers also `cache`, `cache leases` and `cache documents`, of phases also "
    "`page`, for its own",
    "state": "of sections the rung of the ladder (`LIVE` … `DISABLED`), of breakers `closed`, `half-open`, `open`",
    "status": "of HTTP; `none` where no answer came, `other` where it is no status that is known",
    "tier": "`near`: the first, in this process; `far`: the cache server",
    "verdict": "`whole`, `degraded`, `core_missing`, `crashed`, `gone` (the client left)",
    "version": "of this package",
    "worker": "the number of the process, from 0",
}
"""What the values of each label are."""
