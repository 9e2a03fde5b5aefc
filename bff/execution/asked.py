"""What a request asks for, however it came: by POST, by GET, as text or by the name of a document."""

from typing import Any

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """At least one of `query`, `document_id` and `extensions.persistedQuery` is there, or nothing can run."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(name="operationName", default=None)
    extensions: dict[str, Any] | None = None
    document_id: str | None = msgspec.field(name="documentId", default=None)
