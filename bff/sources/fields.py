"""What several records are made of, besides what any page's are."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

Moment = Annotated[datetime, Meta(tz=True)]
"""A date with an offset: one without is a bug that shows only in another time zone."""
