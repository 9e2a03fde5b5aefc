"""Who may see a request's waterfall in its own answer."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

WANTED: Final = "x-bff-waterfall"
TOKEN: Final = "x-bff-admin-token"  # noqa: S105 - a header's name

NOT_ALLOWED: Final = f"send `{TOKEN}` with what BFF_ADMIN_TOKEN holds there"


@dataclass(frozen=True, slots=True)
class Inspection:
    """In `bff dev` everybody may; in production whoever has the admin token, where there is one."""

    open: bool
    token: str | None

    def wanted(self, headers: Mapping[str, str]) -> bool:
        """Whether this request asks for it."""
        return headers.get(WANTED, "").lower() in {"1", "on", "true"}

    def allowed(self, headers: Mapping[str, str]) -> bool:
        """Whether it may have it."""
        given = headers.get(TOKEN, "").encode()
        return self.open or (self.token is not None and hmac.compare_digest(given, self.token.encode()))
