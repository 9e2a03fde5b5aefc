"""A page of another team's, in a module of its own: what the canteen cooks today.

    BFF_CANTEEN__URL=http://canteen.internal bff serve --app examples.canteen:page

Deadline, cache, guards, section report and settings come with `Source` and `section`.
"""

import msgspec
import strawberry

from bff import Ask, Load, Page, Policy, Source, call, section


class MealRecord(msgspec.Struct, frozen=True):
    """One meal, as the canteen's service tells it."""

    id: str
    name: str
    price_cents: int
    vegetarian: bool


class Canteen(Source):
    """The canteen's service: `GET {canteen}/meals?limit=5` answers a list of meals."""

    name = "canteen"
    policy = Policy(deadline=0.5, ttl=300)

    @call
    async def today(self, ask: Ask, limit: int) -> list[MealRecord]:
        """Today's meals."""
        return await ask.get("/meals", list[MealRecord], limit=limit)


@strawberry.type(description="Something to eat.")
class Meal:
    """Resolves on a `MealRecord`."""

    id: strawberry.ID = strawberry.field(description="Never changes.")
    name: str = strawberry.field(description="As on the board.")
    price_cents: int = strawberry.field(description="In cents.")
    vegetarian: bool = strawberry.field(description="Without meat and fish.")


@strawberry.type(description="What there is for lunch.")
class LunchPage:
    """One section."""

    @section(Canteen, list[Meal])
    async def meals(self, load: Load) -> list[MealRecord]:
        """Today's meals, at most five."""
        return await load(Canteen.today, 5)


page = Page(LunchPage, sources=(Canteen,))
