"""The landing page as `create_app` and `bff serve` take it."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from bff import Page
from bff.schema.actions import CompleteTodo, OpenLink, SendMessage
from bff.schema.landing_page import LandingPage
from bff.sources import SOURCES

page: Final = Page(
    LandingPage,
    sources=SOURCES,
    types=(SendMessage, CompleteTodo, OpenLink),
    frontend=Path(str(files("bff") / "frontend")),
)
