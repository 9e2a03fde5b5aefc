"""What a definition comes to with the fragments it spreads, each added up once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bff.execution.limits.part import Extent, Part, Spread
from bff.execution.limits.size import capped


class SpreadsItself(Exception):
    """A fragment does, by way of others: nobody can say what it comes to. `path` begins and ends with it."""

    def __init__(self, path: list[str]) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class Reach:
    """How deep, and how many objects with the largest variables that are let through."""

    depth: int
    cost: int


@dataclass(frozen=True, slots=True)
class Total:
    """`varies` where the cost is another with other variables."""

    aliases: int
    directives: int
    data: Reach
    schema: Reach
    varies: bool


class Totals:
    """Those of one document's fragments. Raises `SpreadsItself`."""

    def __init__(self, fragments: Mapping[str, Part]) -> None:
        self._fragments = fragments
        self._known: dict[str, Total] = {}

    def of(self, part: Part) -> Total:
        """With all that it spreads, which is added up first, deepest first, without recursion."""
        for name in in_order(part, self._fragments, self._known):
            self._known[name] = self._added(self._fragments[name])
        return self._added(part)

    def _added(self, part: Part) -> Total:
        spreads = [(each, self._known[each.fragment]) for each in part.spreads if each.fragment in self._known]
        return Total(
            aliases=capped(part.aliases + sum(total.aliases for _, total in spreads)),
            directives=capped(part.directives + sum(total.directives for _, total in spreads)),
            data=_reach(part.data, [(spread, total.data) for spread, total in spreads]),
            schema=_reach(part.schema, [(spread, total.schema) for spread, total in spreads]),
            varies=any(times.sizes for times in part.data.objects)
            or any(total.varies or (spread.times.sizes and total.data.cost) for spread, total in spreads),
        )


def in_order(part: Part, fragments: Mapping[str, Part], known: Mapping[str, object] | None = None) -> Iterator[str]:
    """Every fragment that it spreads, by way of others too, each after those it spreads itself.

    What is known already, or becomes so while this goes on, is left out. Raises `SpreadsItself`.
    """
    done = set(known or ())
    path: dict[str, Iterator[Spread]] = {}
    waiting = [iter(part.spreads)]
    while waiting:
        spread = next(waiting[-1], None)
        if spread is None:
            waiting.pop()
            if path:
                name, _ = path.popitem()
                done.add(name)
                yield name
        elif spread.fragment in path:
            names = list(path)
            raise SpreadsItself([*names[names.index(spread.fragment) :], spread.fragment])
        elif spread.fragment not in done and spread.fragment in fragments:
            path[spread.fragment] = iter(fragments[spread.fragment].spreads)
            waiting.append(path[spread.fragment])


def _reach(own: Extent, spreads: list[tuple[Spread, Reach]]) -> Reach:
    depth = max((spread.depth + reach.depth for spread, reach in spreads if reach.depth), default=0)
    objects = sum(times.most() for times in own.objects)
    return Reach(
        depth=capped(max(own.depth, depth)),
        cost=capped(objects + sum(spread.times.most() * reach.cost for spread, reach in spreads if reach.cost)),
    )
