"""Where one begins."""

from bff.admin.markup import Markup, element
from bff.admin.pages.frame import Frame

LINKS = (
    ("/debug/requests", "Requests", "the latest of the last hour"),
    ("/debug/requests?kind=slowest", "Slowest", "where the time of the slowest ones went"),
    (
        "/debug/requests?kind=degraded",
        "Degraded",
        "pages that were not whole: a section missing or stale, refused, crashed",
    ),
    ("/health", "Health", "of each worker, as JSON"),
    ("/metrics", "Metrics", "for Prometheus"),
)


def index(frame: Frame, workers: int) -> str:
    """A few links."""
    told = "1 worker serves pages." if workers == 1 else f"{workers} workers serve pages."
    return frame.around("admin", element("h1", "See where the time went"), element("p", told), _links())


def _links() -> Markup:
    return element(
        "ul",
        [element("li", element("a", name, href=href), element("span", what)) for href, name, what in LINKS],
        class_="links",
    )
