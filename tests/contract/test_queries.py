"""The queries that are kept as files: each must be one that the server runs."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema

from bff.errors import RequestError
from bff.execution.documents import Documents

ROOT = Path(__file__).parent.parent.parent
FRONTEND = sorted((ROOT / "bff/frontend").rglob("*.graphql"))
# Other pages have other schemas; what asks for this one's page is held to this one's schema.
EXAMPLES = sorted(file for file in (ROOT / "examples").rglob("*.graphql") if "landingPage" in file.read_text())


def complaints(schema: GraphQLSchema, file: Path) -> list[str]:
    """What the server would answer to the query in a file, each with its place: `landing.graphql:4: Cannot …`."""
    try:
        Documents(schema).get(file.read_text())
    except RequestError as refusal:
        return [
            f"{file}:{detail['locations'][0]['line'] if 'locations' in detail else 1}: {detail['message']}"
            for detail in refusal.details
        ]
    return []


def test_the_frontend_keeps_its_queries_as_files() -> None:
    assert FRONTEND


@pytest.mark.parametrize("file", [*FRONTEND, *EXAMPLES], ids=lambda file: str(file.relative_to(ROOT)))
def test_a_query_in_a_file_fits_the_schema(landing_page: GraphQLSchema, file: Path) -> None:
    assert not complaints(landing_page, file)


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("{\n  landingPage {\n    nothing\n  }\n}", ":3: Cannot query field 'nothing' on type 'LandingPage'."),
        ("{\n  landingPage {", ":2: Syntax Error: Expected Name, found <EOF>."),
    ],
)
def test_a_query_that_does_not_fit_is_told_by_file_and_line(
    landing_page: GraphQLSchema, tmp_path: Path, query: str, complaint: str
) -> None:
    file = tmp_path / "broken.graphql"
    file.write_text(query)
    assert complaints(landing_page, file) == [f"{file}{complaint}"]
