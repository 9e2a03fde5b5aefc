"""A page: a type whose fields are sections, and the sources behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from strawberry.types.base import get_object_definition

from bff.errors import DeclarationError
from bff.section import DECLARED, Section
from bff.source import Source


@dataclass(frozen=True, slots=True)
class Page:
    """What a team declares and `create_app` serves. Raises `DeclarationError` where it cannot work.

    `root` is a Strawberry type whose every field is a `section`; `sources` every source its fields load from;
    `types` what is reached only through an interface; `frontend` a folder with an `index.html` that asks for it.
    """

    root: type
    sources: Sequence[type[Source]]
    types: Sequence[type] = ()
    frontend: Path | None = None

    def __post_init__(self) -> None:
        names = [source.name for source in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise DeclarationError(f"two sources are called {name!r}: settings and metrics go by the name")
        for section in self.sections:
            if section.source not in self.sources:
                raise DeclarationError(
                    f"section {section.name!r} loads from {section.source.__name__}: add it to the page's sources"
                )

    @property
    def name(self) -> str:
        """The query's field: `LandingPage` is asked for as `landingPage`."""
        return self.root.__name__[0].lower() + self.root.__name__[1:]

    @property
    def sections(self) -> tuple[Section, ...]:
        """In the order of their fields."""
        definition = get_object_definition(self.root)
        if definition is None:
            raise DeclarationError(f"{self.root.__name__} is no Strawberry type: decorate it")
        declared = [field.metadata.get(DECLARED) for field in definition.fields]
        if not declared or not all(isinstance(one, Section) for one in declared):
            raise DeclarationError(f"{self.root.__name__}: every field of a page is a `section`")
        return tuple(one for one in declared if isinstance(one, Section))
