"""Of pages and their sections."""

from typing import Final

from bff.telemetry.metrics.metric import counter, histogram

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Fine around the deadlines of sources (0.3 and 1 s) and of the page (3 s)."""

PAGES: Final = counter("bff_pages_total", "Pages that were executed.", "verdict", "operation", "client")
PAGE_SECONDS: Final = histogram(
    "bff_page_seconds",
    "How long they took, to the first frame where there are several. Its exemplars carry trace ids.",
    SECONDS,
    "verdict",
)
REQUESTS: Final = counter("bff_requests_total", "Requests to /graphql, also those that were refused.", "status", "code")
PAGE_BYTES: Final = counter("bff_page_bytes_total", "Bytes of answers, before compression.")
SECTIONS: Final = counter(
    "bff_sections_total",
    "Sections that were asked for, by how they were come by.",
    "section",
    "source",
    "state",
    "code",
)
SECTION_SECONDS: Final = histogram(
    "bff_section_seconds", "How long each took, its cache and its wait included.", SECONDS, "section", "source"
)
CALLS_PER_PAGE: Final = histogram(
    "bff_calls_per_page",
    "Calls that were made for a page, waited for or not, while it was made.",
    (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0),
)

ALL: Final = (PAGES, PAGE_SECONDS, REQUESTS, PAGE_BYTES, SECTIONS, SECTION_SECONDS, CALLS_PER_PAGE)
