"""What one `bff dev` is asked to run."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from bff.lab.dev.port import url_at


@dataclass(frozen=True, kw_only=True)
class DevOptions:
    """`sources` names the upstreams of the page; those without a URL in `urls` are simulated, at `speed`.
    Without a `cache_url` an embedded Valkey is started. The admin listener takes the first of `admin_ports` that is
    free, 0 being any; without one there is none. Without a `pseudonym_key` one is made, for the web and for those
    upstreams that get pseudonyms. `settings` are variables for the web besides those it always gets.

    `upstream` and `web` are the commands to run. Each has `start_within` seconds to say that it is ready, and
    `grace` seconds to end before it is killed.
    """

    sources: tuple[str, ...]
    urls: Mapping[str, str] = field(default_factory=dict)
    cache_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    admin_host: str = "127.0.0.1"
    admin_ports: tuple[int, ...] = (0,)
    pseudonym_key: str | None = field(default=None, repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)
    speed: float = 1.0
    upstream: tuple[str, ...] = (sys.executable, "-m", "upstreams")
    web: tuple[str, ...] = (sys.executable, "-m", "bff.lab.dev.web")
    start_within: float = 30.0
    grace: float = 5.0

    @property
    def page_url(self) -> str:
        """Where the page will be."""
        return url_at(self.host, self.port)
