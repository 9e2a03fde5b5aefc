"""What every request has to say, by whichever way it comes."""

from bff.errors import BadBody
from bff.execution.asked import Asked


def something_to_run(asked: Asked) -> Asked:
    """The same. Raises `BadBody` where it names no document at all."""
    if asked.query is None and asked.document_id is None and "persistedQuery" not in (asked.extensions or {}):
        raise BadBody("The request names nothing to run: send a `query`, or the `documentId` of one that is known.")
    return asked
