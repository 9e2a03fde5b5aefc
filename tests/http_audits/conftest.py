"""Node, with `graphql-http`."""

from tests.clients.node import node_modules

__all__ = ["node_modules"]
