"""Which requests of the last hour are kept to be looked at, in bounded memory."""

from bff.telemetry.recent.listener import Recent

__all__ = ["Recent"]
