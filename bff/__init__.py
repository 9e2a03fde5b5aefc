"""bff: a GraphQL backend-for-frontend whose page is as fast as its fastest honest answer."""

from bff.argument_range import between
from bff.ask import Ask
from bff.context import Load
from bff.errors import BffError
from bff.page import Page
from bff.policy import Policy
from bff.section import related, section
from bff.settings import Settings, read_settings
from bff.source import Source, batch, call
from bff.web.app import create_app

__all__ = [
    "Ask",
    "BffError",
    "Load",
    "Page",
    "Policy",
    "Settings",
    "Source",
    "batch",
    "between",
    "call",
    "create_app",
    "read_settings",
    "related",
    "section",
]
