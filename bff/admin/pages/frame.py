"""What is around each page."""

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from bff.admin.markup import Child, Markup, element, joined

ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cg fill='%232969e4'%3E"
    "%3Crect y='1' width='6' height='4' rx='1'/%3E%3Crect x='4' y='6' width='9' height='4' rx='1' fill='%23e68310'/%3E"
    "%3Crect x='11' y='11' width='5' height='4' rx='1'/%3E%3C/g%3E%3C/svg%3E"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """The style stands in the page itself, so that a page that was saved still looks like one."""

    style: str

    @classmethod
    def read(cls) -> "Frame":
        """With the style sheet of this package."""
        return cls((files("bff.admin.pages") / "style.css").read_text())

    @property
    def policy(self) -> str:
        """By which a browser knows the style as ours."""
        return f"'sha256-{base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()}'"

    def around(self, title: str, *content: Child) -> str:
        """A whole page."""
        head = element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", f"{title} · bff"),
            element("link", rel="icon", href=ICON),
            element("style", Markup(self.style)),
        )
        links = (("/debug/requests", "requests"), ("/health", "health"), ("/metrics", "metrics"))
        top = element(
            "header",
            element("a", "bff", href="/", class_="home"),
            element("nav", [element("a", text, href=href) for href, text in links]),
        )
        body = element("body", top, element("main", content))
        return "<!DOCTYPE html>\n" + joined([Markup('<html lang="en">'), head, body, Markup("</html>\n")])


def silence(workers: tuple[str, ...]) -> Markup | None:
    """Said where some worker did not answer."""
    if not workers:
        return None
    alone = len(workers) == 1
    who = f"Worker {workers[0]}" if alone else f"Workers {', '.join(workers)}"
    said = f"{who} did not answer in time: what {'it keeps' if alone else 'they keep'} is missing here."
    return element("p", said, class_="warning", role="status")
