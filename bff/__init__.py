"""bff: a GraphQL backend-for-frontend whose page is as fast as its fastest honest answer."""

from bff.argument_range import between
from bff.ask import Ask
from bff.context import Load
from bff.distrust.marks import Id, Link, Picture, Text
from bff.errors import BffError
from bff.identity import Identity
from bff.page import Page
from bff.policy import Policy
from bff.resilience.breaker import BreakerOptions
from bff.resilience.bulkhead import BulkheadOptions
from bff.resilience.hedge import HedgeOptions
from bff.resilience.mode import Mode
from bff.resilience.retry import RetryOptions
from bff.resilience.waiting import WaitingOptions
from bff.section import related, section
from bff.settings import Settings, read_settings
from bff.source import Source, batch, call, call_once
from bff.web.app import create_app

__all__ = [
    "Ask",
    "BffError",
    "BreakerOptions",
    "BulkheadOptions",
    "HedgeOptions",
    "Id",
    "Identity",
    "Link",
    "Load",
    "Mode",
    "Page",
    "Picture",
    "Policy",
    "RetryOptions",
    "Settings",
    "Source",
    "Text",
    "WaitingOptions",
    "batch",
    "between",
    "call",
    "call_once",
    "create_app",
    "read_settings",
    "related",
    "section",
]
