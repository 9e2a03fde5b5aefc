"""What it takes to fill one person's desk: dice of their own, colleagues, words and ids."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from random import Random
from typing import Final, TypeVar

from .people import PEOPLE, Cast, Person
from .words import Words

COLLEAGUES: Final = 12

T = TypeVar("T")


class Desk:
    """One kind of thing for one person. The same kind and person always get the same dice."""

    def __init__(self, kind: str, owner: Person, cast: Cast) -> None:
        self.owner = owner
        self.dice = Random(f"{kind}/{owner.id}")  # noqa: S311 - no secret
        self._kind = kind
        self._cast = cast
        self._colleagues = _colleagues(owner, cast)

    def id(self, number: int) -> str:
        """Unique in the whole world: `m7-12` is user 7's twelfth message."""
        return f"{self._kind[0]}{self.owner.id}-{number}"

    def colleague(self) -> Person:
        """One of the dozen that this person works with, whatever the kind."""
        return self.dice.choice(self._colleagues)

    def person(self, user_id: str) -> Person:
        return self._cast.people[user_id]

    def deal(self, cards: Sequence[T], count: int) -> Iterator[T]:
        """`count` of the cards in random order, none a second time before all have come up."""
        shuffled = self.dice.sample(cards, len(cards))
        return islice(cycle(shuffled), count)

    def words(self, sender: Person | None = None) -> Words:
        """Something for every slot of the phrases; `{who}` is somebody else than the sender."""
        others = [person.first for person in self._colleagues if person is not sender]
        return Words(self.dice, self.owner.first, others, self._cast.clients)


def _colleagues(owner: Person, cast: Cast) -> Sequence[Person]:
    dice = Random(owner.id)  # noqa: S311 - no secret
    ids = map(str, dice.sample(range(1, PEOPLE + 1), COLLEAGUES + 1))
    return [cast.people[user_id] for user_id in ids if user_id != owner.id][:COLLEAGUES]
