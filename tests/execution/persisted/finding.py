"""A finder of documents over texts that several processes share, with faults one can switch."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from bff.events import Event
from bff.execution.asked import Asked
from bff.execution.persisted.finder import DocumentFinder
from bff.execution.persisted.opening import document_finder, trusted_documents
from bff.settings.edge import Limits, Operations
from tests.execution.toy import SCHEMA


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def persisted(given: object, text: str | None = None) -> Asked:
    """As Apollo's clients ask."""
    return Asked(query=text, extensions={"persistedQuery": {"version": 1, "sha256Hash": given}})


@dataclass
class TextsInMemory:
    """The server. `delay` is in seconds."""

    texts: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    puts: list[str] = field(default_factory=list)
    closed: bool = False

    async def get(self, name: str) -> str | None:
        self.asked.append(name)
        await self._reply()
        return self.texts.get(name)

    async def put(self, name: str, text: str) -> None:
        self.puts.append(name)
        await self._reply()
        self.texts[name] = text

    def at_fault(self, error: BaseException) -> bool:
        return True

    async def close(self) -> None:
        self.closed = True

    async def _reply(self) -> None:
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error


@dataclass
class Process:
    """One of those that share the texts."""

    finder: DocumentFinder
    told: list[Event]


def process(
    operations: Operations = Operations(),  # noqa: B008 - frozen
    *,
    texts: TextsInMemory | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    introspection: bool = False,
) -> Process:
    told: list[Event] = []
    trusted = trusted_documents(SCHEMA, limits, operations, told.append)
    finder = document_finder(
        SCHEMA, limits, operations, introspection=introspection, trusted=trusted, texts=texts, tell=told.append
    )
    return Process(finder, told)


def manifest(directory: Path, documents: Mapping[str, Any] | str) -> Path:
    """As graphql-codegen writes it."""
    file = directory / "persisted-documents.json"
    file.write_text(documents if isinstance(documents, str) else json.dumps(documents))
    return file
