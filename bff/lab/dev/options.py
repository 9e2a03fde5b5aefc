"""What one `bff dev` is asked to run."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class DevOptions:
    """`sources` names the upstreams of the page; those without a URL in `urls` are simulated, at `speed`.
    Without a `cache_url` an embedded Valkey is started.

    `upstream` and `web` are the commands to run. Each has `start_within` seconds to say that it is ready, and
    `grace` seconds to end before it is killed.
    """

    sources: tuple[str, ...]
    urls: Mapping[str, str] = field(default_factory=dict)
    cache_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    speed: float = 1.0
    upstream: tuple[str, ...] = (sys.executable, "-m", "upstreams")
    web: tuple[str, ...] = (sys.executable, "-m", "bff.lab.dev.web")
    start_within: float = 30.0
    grace: float = 5.0

    @property
    def page_url(self) -> str:
        """Where the page will be."""
        return f"http://[{self.host}]:{self.port}/" if ":" in self.host else f"http://{self.host}:{self.port}/"
