"""Which node of a cluster has which keys, as a node tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import AskError, ClusterDownError

from bff.cache.redis.urls import Place

DOWN: Final = b"cluster_state:fail"


@dataclass(frozen=True, slots=True)
class Slots:
    """The primary of each slot; None where there is none."""

    owners: Sequence[Place | None]

    @classmethod
    def read(cls, replies: Sequence[Any], told_by: Place) -> Self:
        """From the replies to `CLUSTER INFO` and `CLUSTER SLOTS`. Raises where this node sees no whole cluster."""
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
        info, ranges = replies
        if DOWN in info:
            raise ClusterDownError("a node says that its cluster is down, or that it is cut off from it")
        owners: list[Place | None] = [None] * REDIS_CLUSTER_HASH_SLOTS
        for first, last, (host, port, *_), *_ in ranges:
            owners[first : last + 1] = [(host.decode() if host else told_by[0], port)] * (last - first + 1)
        return cls(owners)

    @property
    def primaries(self) -> list[Place]:
        """Each once, in an order that stays."""
        return list(dict.fromkeys(owner for owner in self.owners if owner is not None))

    def owner(self, key: str) -> Place:
        """Where the key lies."""
        owner = self.owners[key_slot(key.encode())]
        if owner is None:
            raise ClusterDownError("no node of the cluster has this key")
        return owner


def elsewhere(redirection: AskError, asked: Place) -> Place:
    """Where `MOVED` or `ASK` point; without a host, to another port of the one that was asked."""
    return redirection.host or str(asked[0]), redirection.port
