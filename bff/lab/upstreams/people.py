"""The people of the simulated world: the same thousand every time."""

from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import quote

from faker import Generator
from faker.providers.company.en_US import Provider as Companies
from faker.providers.person.en_US import Provider as Names

PEOPLE: Final = 1_000
CLIENTS: Final = 30
SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    first: str
    last: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"{self.first}.{self.last}@example.com".lower()

    @property
    def avatar_url(self) -> str:
        """Initials on a colour, as a data URL: the landing page must look right without a network."""
        hue = int(self.id) * 137 % 360
        svg = (
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'>"
            f"<rect width='64' height='64' fill='hsl({hue},45%,42%)'/>"
            "<text x='32' y='41' font-family='sans-serif' font-size='26' fill='white' text-anchor='middle'>"
            f"{self.first[0]}{self.last[0]}</text></svg>"
        )
        return "data:image/svg+xml," + quote(svg, safe="/:=' (),")


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody by id, `"1"` to `"1000"`, no name twice; and the companies they work for."""

    people: dict[str, Person]
    clients: tuple[str, ...]


def invite() -> Cast:
    """Make the cast, in about two milliseconds."""
    generator = Generator()
    generator.seed_instance(SEED)
    # Two providers by name: Faker("en_US") would load two dozen and take a third of a second.
    names, companies = Names(generator), Companies(generator)
    for provider in (names, companies):
        generator.add_provider(provider)

    chosen: dict[tuple[str, str], None] = {}
    while len(chosen) < PEOPLE:
        chosen[names.first_name(), names.last_name()] = None
    people = {str(n): Person(str(n), first, last) for n, (first, last) in enumerate(chosen, start=1)}
    short = (name for name in iter(companies.company, None) if "," not in name)
    return Cast(people, tuple(islice(short, CLIENTS)))
