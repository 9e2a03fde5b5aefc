"""Documents that were registered beforehand: the manifest that the frontend's build writes."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import msgspec
from graphql import GraphQLSchema

from bff.errors import SettingsError
from bff.events import Listener
from bff.execution.document import Document, Refused
from bff.execution.documents import name_of
from bff.execution.limits.text import reported
from bff.execution.persisted.wanted import ALGORITHM
from bff.execution.preparing import Preparing
from bff.settings.edge import Limits

logger = logging.getLogger("bff")

MOST_TOLD: Final = 20
"""Documents that cannot run, at start."""

UNREADABLE: Final = (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Trusted:
    """All of them, ready to run, by every name that a client may use."""

    documents: Mapping[str, Document]

    @classmethod
    def read(cls, manifest: Path, schema: GraphQLSchema, limits: Limits, tell: Listener) -> Self:
        """Limits are told of and let through: whoever wrote these documents is no stranger. They may also ask about
        the schema. Raises `SettingsError`, which lists those that cannot run, and why.
        """
        prepare = Preparing(schema, _only_reported(limits), introspection=True, tell=tell)
        documents: dict[str, Document] = {}
        problems: list[str] = []
        for given, text in _texts(manifest).items():
            outcome = prepare(text)
            if isinstance(outcome, Refused):
                reason = "; ".join(each["message"] for each in outcome.details)
                problems.append(f"BFF_DOCUMENTS__MANIFEST: the document {given:.100} cannot run: {reason}")
                continue
            for exceeded in outcome.exceeded:
                names = (given, exceeded.limit, exceeded.count, exceeded.most)
                logger.warning("the trusted document %s goes over the limit of %s: %d of %d, let through", *names)
            documents[given.removeprefix(ALGORITHM)] = documents[name_of(text)] = outcome
        if problems:
            more = [f"and {len(problems) - MOST_TOLD} more"] if len(problems) > MOST_TOLD else []
            raise SettingsError([*problems[:MOST_TOLD], *more])
        return cls(documents)

    @property
    def operation_names(self) -> frozenset[str]:
        """Of which there is a fixed number, so that metrics can tell them apart."""
        return frozenset(name for document in self.documents.values() for name in document.operations if name)


def _only_reported(limits: Limits) -> Limits:
    return replace(
        limits,
        tokens=reported(limits.tokens),
        depth=reported(limits.depth),
        aliases=reported(limits.aliases),
        directives=reported(limits.directives),
        cost=reported(limits.cost),
        document=reported(limits.document),
    )


def _texts(manifest: Path) -> Mapping[str, str]:
    try:
        found = msgspec.json.decode(manifest.read_bytes(), type=dict[str, str])
    except UNREADABLE as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SettingsError(
            [
                "BFF_DOCUMENTS__MANIFEST: the file is not what graphql-codegen writes with `persistedDocuments: true`, "
                f'as in {{"id": "query …"}}: {reason}'
            ]
        ) from error
    if not found:
        raise SettingsError(["BFF_DOCUMENTS__MANIFEST: there is no document in the file"])
    return found
