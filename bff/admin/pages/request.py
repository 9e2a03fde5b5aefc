"""One request: what it says in words, its waterfall, and what went between whom."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from bff.admin.drawing import sequence
from bff.admin.drawing import waterfall as picture
from bff.admin.drawing.exchange import exchange_of
from bff.admin.drawing.mermaid import mermaid
from bff.admin.drawing.rows import MOST_SECTIONS
from bff.admin.drawing.spent import spent
from bff.admin.drawing.story import story
from bff.admin.drawing.table import table
from bff.admin.drawing.words import duration, size
from bff.admin.markup import Child, Markup, element
from bff.admin.pages.frame import Frame, silence
from bff.admin.pages.listed import verdict
from bff.telemetry.waterfall.model import Waterfall, Without


def request_page(frame: Frame, found: Waterfall, worker: str) -> str:
    """The page of one request."""
    exchange = exchange_of(found)
    name = found.operation or "a query without a name"
    return frame.around(
        f"{name} {found.request_id}",
        element("h1", name, " ", verdict(found.verdict)),
        element("p", story(found), class_="story"),
        _facts(found, worker),
        element("h2", "Where the time went"),
        spent(found),
        element("div", element("div", picture.draw(found), class_="stage"), class_="scroll", tabindex=0),
        _left_out(len(found.sections) - MOST_SECTIONS),
        _without(found),
        element("details", element("summary", "The same in numbers"), element("div", table(found), class_="scroll")),
        element("h2", "What went between whom"),
        element("div", sequence.draw(exchange), class_="scroll", tabindex=0),
        element("p", f"{exchange.left_out} more steps are not drawn.", class_="foot") if exchange.left_out else None,
        element(
            "details",
            element("summary", "As text, for Mermaid"),
            element("pre", mermaid(exchange), tabindex=0),
        ),
        _links(found),
    )


def missing_page(frame: Frame, request_id: str, silent: tuple[str, ...]) -> str:
    """Nobody has it."""
    return frame.around(
        "not found",
        element("h1", "No worker keeps this request"),
        element("p", element("code", request_id), class_="story"),
        silence(silent),
        element(
            "p",
            "Kept are the latest, the slowest and the degraded requests of the last hour. ",
            element("a", "See which", href="/debug/requests"),
        ),
    )


def _facts(found: Waterfall, worker: str) -> Markup:
    return element(
        "dl", [element("div", element("dt", name), element("dd", said)) for name, said in _told(found, worker)]
    )


def _told(found: Waterfall, worker: str) -> Iterator[tuple[str, Child]]:
    yield "came at", f"{datetime.fromtimestamp(found.started, UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"
    if found.status is not None:
        yield "status", " ".join(filter(None, (str(found.status), found.code)))
    if found.bytes_out:
        yield "answer", size(found.bytes_out)
    if found.client:
        yield "client", found.client
    yield "worker", worker
    yield "request", element("code", found.request_id)
    yield "trace", element("code", found.trace_id)


def _left_out(count: int) -> Markup | None:
    if count <= 0:
        return None
    return element(
        "p", f"{count} more sections have no place in the picture; the numbers below have them.", class_="foot"
    )


def _without(found: Waterfall) -> Child:
    """The sources that cost it something; of the others it is said that they did not."""
    if not found.seconds:
        return None
    costly = [each for each in found.without if each.seconds < found.seconds * 0.99]
    rest = sorted({each.source for each in found.without} - {each.source for each in costly})
    rows = [_costly(each, found.seconds) for each in costly]
    caption = element("caption", "How long this page would have taken")
    return [
        element("table", caption, element("tbody", rows), class_="without") if rows else None,
        element("p", f"It would have taken as long without {_or(rest)}.", class_="foot") if rest else None,
    ]


def _costly(each: Without, seconds: float) -> Markup:
    share = min(max(each.seconds / seconds, 0.0), 1.0)
    whole = element("rect", width="100%", height="100%", rx=2, class_="whole")
    part = element("rect", width=f"{share:.2%}", height="100%", rx=2)
    return element(
        "tr",
        element("th", f"without {each.source}", scope="row"),
        element("td", duration(each.seconds), class_="number"),
        element("td", f"{duration(seconds - each.seconds)} less", class_="number"),
        element("td", element("svg", whole, part, class_="spark wide", aria_hidden="true"), class_="drawn"),
    )


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _links(found: Waterfall) -> Markup:
    href = f"/debug/requests/{quote(found.request_id, safe='')}"
    as_json = element("a", "waterfall as JSON", href=f"{href}.json")
    return element("p", as_json, " · ", element("a", "Mermaid text", href=f"{href}.mmd"), class_="foot")
