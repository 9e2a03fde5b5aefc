"""Types of fields for what an upstream says: `title: Text`, `url: Link`, `avatar: Picture | None`.

A field that is a plain `str` is a text.
"""

from enum import Enum
from typing import Annotated, Final

from msgspec import Meta

MARK: Final = "bff"
"""Under this key a type's `Meta.extra` has its `Mark`."""

LONGEST_TEXT: Final = 10_000
"""Characters. What is longer is cut."""


class Mark(Enum):
    """What a string is for."""

    TEXT = "text"
    ID = "id"
    LINK = "link"
    PICTURE = "picture"


Text = Annotated[str, Meta(extra={MARK: Mark.TEXT})]
"""Shown to people: what cannot be seen is taken out, what is too long is cut."""

Id = Annotated[str, Meta(min_length=1, max_length=200, extra={MARK: Mark.ID})]
"""Compared and sent on, so never changed: one with what cannot be seen in it costs its item."""

Link = Annotated[str, Meta(max_length=2_000, extra={MARK: Mark.LINK}, extra_json_schema={"format": "uri"})]
"""`https`, to a host that the source's `link_hosts` allow. Any other is null where the field may be null, else it costs
its item.
"""

Picture = Annotated[str, Meta(max_length=10_000, extra={MARK: Mark.PICTURE}, extra_json_schema={"format": "uri"})]
"""For an `<img>`: a `Link`, or the picture itself (`data:image/…`)."""
