"""Users."""

import strawberry


@strawberry.type(description="Somebody who uses the product.")
class User:
    """Resolves on a `UserRecord`."""

    id: strawberry.ID = strawberry.field(description="Never changes.")
    name: str = strawberry.field(description="Full name, as the person writes it.")
    email: str | None = strawberry.field(description="Where mail reaches them, if they say.")
    avatar_url: str | None = strawberry.field(description="A square picture, if there is one.")
