"""Node and its packages, for whoever tests with real clients."""

from tests.clients.node import node_modules

__all__ = ["node_modules"]
