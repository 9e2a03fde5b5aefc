"""From a URL to the servers it names."""

from bff.cache.redis.cluster import ClusterServers
from bff.cache.redis.node import Node
from bff.cache.redis.sentinel import SentinelServers
from bff.cache.redis.servers import Servers
from bff.cache.redis.urls import Kind, RedisUrl


def servers_at(url: RedisUrl) -> Servers:
    """Nobody is asked yet."""
    match url.kind:
        case Kind.ONE:
            return Node(url.places[0], url.access)
        case Kind.SENTINEL:
            return SentinelServers(url)
        case Kind.CLUSTER:
            return ClusterServers(url)
