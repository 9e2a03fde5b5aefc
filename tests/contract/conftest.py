"""The landing page's schema, as text and as built from that text."""

import pytest
from graphql import GraphQLSchema
from graphql import build_schema as from_text

from bff.page_schema import build_schema
from bff.schema import page


@pytest.fixture(scope="session")
def sdl() -> str:
    return build_schema(page).as_str()


@pytest.fixture(scope="session")
def landing_page(sdl: str) -> GraphQLSchema:
    return from_text(sdl)
