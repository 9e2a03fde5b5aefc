"""The list of requests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlencode

from bff.admin.drawing.waterfall import tone
from bff.admin.drawing.words import age, duration
from bff.admin.markup import Child, Markup, element
from bff.admin.pages.frame import Frame, silence
from bff.admin.peers import Merged
from bff.telemetry.waterfall.summary import Summary, Wanted

KINDS: Final = {"latest": "Latest", "slowest": "Slowest", "degraded": "Degraded"}
FILTERS: Final = {"operation": "operation", "source": "asked source", "status": "status, verdict or state"}
UNDER_WAY: Final = "under way"
VERDICTS: Final = {"whole": "good", "degraded": "fair", "gone": "off", "refused": "off", UNDER_WAY: "off"}


def listed(frame: Frame, found: Merged, wanted: Wanted, now: float) -> str:
    """`now` is in seconds since the epoch."""
    most = max((summary.seconds or 0.0 for _, summary in found.requests), default=0.0)
    return frame.around(
        f"{KINDS[wanted.kind]} requests",
        element("h1", "Requests of the last hour"),
        _kinds(wanted),
        _filters(found, wanted),
        silence(found.silent),
        _table(found, now, most) if found.requests else _none(wanted),
        element("p", _told(found, wanted), class_="foot"),
        _find(),
    )


def _kinds(wanted: Wanted) -> Markup:
    return element(
        "nav",
        [
            element(
                "a",
                name,
                href=f"/debug/requests?{urlencode({**_given(wanted), 'kind': kind}, errors='replace')}",
                aria_current="page" if kind == wanted.kind else None,
            )
            for kind, name in KINDS.items()
        ],
        class_="tabs",
        aria_label="Which requests",
    )


def _given(wanted: Wanted) -> dict[str, str]:
    given = {name: getattr(wanted, name) for name in FILTERS}
    return {name: value for name, value in given.items() if value}


def _filters(found: Merged, wanted: Wanted) -> Markup:
    given = _given(wanted)
    fields = [
        element(
            "label",
            element("span", words),
            element("input", name=name, value=given.get(name, ""), list=f"known-{name}", autocomplete="off"),
            element("datalist", [element("option", value=value) for value in known], id=f"known-{name}"),
        )
        for (name, words), known in zip(FILTERS.items(), _known(found).values(), strict=True)
    ]
    away = element("a", "all", href=f"/debug/requests?kind={wanted.kind}") if given else None
    kind = element("input", type="hidden", name="kind", value=wanted.kind)
    return element("form", kind, fields, element("button", "Filter"), away, action="/debug/requests", class_="filters")


def _known(found: Merged) -> Mapping[str, list[str]]:
    """What the requests at hand could be filtered by."""
    summaries = [summary for _, summary in found.requests]
    states = (each.split(" ")[1] for summary in summaries for each in summary.degraded if " " in each)
    statuses: Iterable[str | None] = (
        *(summary.verdict for summary in summaries),
        *states,
        *(str(summary.status) for summary in summaries if summary.status),
    )
    return {
        "operation": _distinct(summary.operation for summary in summaries),
        "source": _distinct(source for summary in summaries for source in summary.sources),
        "status": _distinct(statuses),
    }


def _distinct(found: Iterable[str | None]) -> list[str]:
    return sorted({each for each in found if each})[:100]


def _table(found: Merged, now: float, most: float) -> Markup:
    names = ("When", "Took", "Verdict", "Operation", "Most of it", "Not as it should be", "Client", "Worker")
    head = element("tr", [element("th", name, scope="col") for name in names])
    body = [_row(worker, summary, now, most) for worker, summary in found.requests]
    return element("table", element("thead", head), element("tbody", body), class_="requests")


def _row(worker: str, summary: Summary, now: float, most: float) -> Markup:
    href = f"/debug/requests/{quote(summary.request_id, safe='')}"
    cells: tuple[tuple[str, Child], ...] = (
        ("when", _when(summary.started, now)),
        ("took", [_took(summary.seconds, most)]),
        (
            "verdict",
            [verdict(summary.verdict), _status(summary)],
        ),
        ("operation", element("a", summary.operation or "no name", href=href)),
        ("slowest", summary.slowest),
        ("degraded", [_degraded(each) for each in summary.degraded]),
        ("client", summary.client),
        ("worker", worker),
    )
    return element("tr", [element("td", content, class_=name) for name, content in cells])


def _when(started: float, now: float) -> Child:
    when = datetime.fromtimestamp(started, UTC)
    return [element("time", f"{when:%H:%M:%S}", datetime=when.isoformat()), element("i", f"{age(now - started)} ago")]


def _took(seconds: float | None, most: float) -> Child:
    if seconds is None:
        return UNDER_WAY
    share = seconds / most * 100 if most else 0.0
    bar = element("rect", width=f"{min(share, 100):.2f}%", height="100%", rx=2)
    return [element("b", duration(seconds)), element("svg", bar, class_="spark", aria_hidden="true")]


def _status(summary: Summary) -> str:
    return " ".join(filter(None, (str(summary.status or ""), summary.code)))


def _degraded(section: str) -> Markup:
    name, _, rest = section.partition(" ")
    state, _, code = rest.partition(" ")
    return element("span", name, " ", badge(state, tone(state)), f" {code}" if code else None, class_="section")


def verdict(given: str | None) -> Markup:
    """As a badge."""
    said = given or UNDER_WAY
    return badge(said, VERDICTS.get(said, "bad"))


def badge(text: str, tone_: str) -> Markup:
    """A word with a ground."""
    return element("span", text, class_=f"badge {tone_}")


def _none(wanted: Wanted) -> Markup:
    if _given(wanted):
        return element("p", "No request of the last hour that is kept fits this filter.", class_="none")
    words = (
        "No page was degraded, refused or crashed in the last hour."
        if wanted.kind == "degraded"
        else "No requests yet."
    )
    return element("p", words, class_="none")


def _told(found: Merged, wanted: Wanted) -> str:
    count = len(found.requests)
    order = "slowest first" if wanted.kind == "slowest" else "newest first"
    more = f" The list ends at {wanted.most}." if count == wanted.most else ""
    return f"{count} shown, {order}. Times are UTC.{more}"


def _find() -> Markup:
    field = element("input", name="id", placeholder="request id or trace id", autocomplete="off", required=True)
    label = element("label", element("span", "find one"), field)
    return element("form", label, element("button", "Open"), action="/debug/requests", class_="filters")
