"""Arguments that several fields take."""

from typing import Annotated

import strawberry

from bff import between

First = Annotated[int, strawberry.argument(description="How many at most, from 1 to 50.", metadata=between(1, 50))]
