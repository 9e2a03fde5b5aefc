"""What pages of other origins may read, by Starlette's middleware."""

from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from bff.settings import Settings

SENT: Final = (
    "authorization",
    "content-type",
    "traceparent",
    "x-bff-degraded-as",
    "x-client-name",
    "x-request-id",
)
"""Headers that a request may have, beside those that every page may send (`accept` is one)."""

SHOWN: Final = ("retry-after", "server-timing", "x-bff-degraded", "x-request-id")
"""Headers of an answer that a page may see."""

REMEMBERED_FOR: Final = 7_200
"""Seconds that a browser need not ask again; Chromium takes no more."""


def cors(settings: Settings) -> list[Middleware]:
    """Nothing where no other origin is allowed: then browsers keep every answer from them.

    Cookies go along only where one may hold the token.
    """
    if not settings.cors_origins:
        return []
    cookie = settings.auth is not None and settings.auth.cookie is not None
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST"),
            allow_headers=SENT,
            expose_headers=SHOWN,
            allow_credentials=cookie,
            max_age=REMEMBERED_FOR,
        )
    ]
