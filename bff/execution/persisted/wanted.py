"""By which name a request asks for its document."""

import re
from dataclasses import dataclass
from typing import Any, Final

from bff.errors import BadBody, BadUserInput
from bff.execution.asked import Asked

EXTENSION: Final = "persistedQuery"
ALGORITHM: Final = "sha256:"
"""Before a `documentId` that is a hash, as GraphQL over HTTP has it; may be left out."""

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

NOTHING: Final = (
    'The request names no document: send its text, as in {"query": "{ … }"}, or the id of a registered one, as in '
    '{"documentId": "…"}.'
)
MALFORMED: Final = (
    '`extensions.persistedQuery` is not understood, it has to be {"version": 1, "sha256Hash": "…"}, with the '
    "SHA-256 of the document's text in hex."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`id` is how the manifest may call it; `name` the hash, if it is one. `apollo`, where its clients ask."""

    id: str
    name: str | None
    apollo: bool


def by_text(asked: Asked) -> str | None:
    """The text, where that is all the request names its document by. Made to be cheap."""
    if asked.document_id is None and (asked.extensions is None or EXTENSION not in asked.extensions):
        if asked.query is None:
            raise BadBody(NOTHING)
        return asked.query
    return None


def wanted(asked: Asked) -> Wanted:
    """The name. Raises `BadUserInput` where it is none."""
    if asked.document_id is not None:
        given = asked.document_id.strip().removeprefix(ALGORITHM)
        return Wanted(given, _name(given), apollo=False)
    given = _sha256_hash((asked.extensions or {}).get(EXTENSION))
    return Wanted(given, _name(given), apollo=True)


def _sha256_hash(extension: Any) -> str:
    match extension:
        case {"version": 1, "sha256Hash": str(given)}:
            return given.strip()
        case _:
            raise BadUserInput(MALFORMED)


def _name(given: str) -> str | None:
    lower = given.lower()
    return lower if _HASH.fullmatch(lower) else None
