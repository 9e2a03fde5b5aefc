"""The document that a request asks for, however it names it."""

from collections.abc import Mapping
from typing import Final

from bff.cache.guarded_texts import GuardedTexts
from bff.errors import BadUserInput, PersistedQueryNotFound, PersistedQueryRequired
from bff.events import Listener
from bff.execution.asked import Asked
from bff.execution.document import Document
from bff.execution.documents import Documents, name_of
from bff.execution.kept import Kept
from bff.execution.persisted.wanted import Wanted, by_text, wanted

NOT_FOUND: Final = "PersistedQueryNotFound"
NOT_SUPPORTED: Final = "PersistedQueryNotSupported"
"""What Apollo's clients look for, letter by letter: the first to send the text along, the second to stop asking so."""

MOST_PUT: Final = 1_000
"""Hashes of documents that the second tier was given lately, and need not be given again."""

REQUIRED: Final = (
    "Only documents that were registered beforehand run here: send the id of one as `documentId`, and register new "
    "ones by the manifest (BFF_DOCUMENTS__MANIFEST)."
)

MISMATCH: Final = (
    "The document's text does not have the SHA-256 that was sent with it: the hash has to be of the text, in UTF-8, as "
    "it is sent."
)


class DocumentFinder:
    """Trusted documents first, then those asked for lately, then the second tier."""

    def __init__(
        self,
        documents: Documents,
        *,
        trusted: Mapping[str, Document],
        only: bool,
        automatic: bool,
        texts: GuardedTexts | None,
        tell: Listener,
    ) -> None:
        self._documents = documents
        self._trusted = trusted
        self._only = only
        self._automatic = automatic and not only
        self._texts = texts
        self._tell = tell
        self._put: Kept[bool] = Kept(MOST_PUT, MOST_PUT)

    async def of(self, asked: Asked) -> Document:
        """The document. Raises a `RequestError` where there is none, or it may not run."""
        text = by_text(asked)
        return await self._by_name(wanted(asked), asked.query) if text is None else self._by_text(text)

    async def close(self) -> None:
        """Let go of the second tier."""
        if self._texts is not None:
            await self._texts.close()

    def _by_text(self, text: str) -> Document:
        if not self._trusted:
            return self._documents.get(text)
        name = name_of(text)
        document = self._of_the_trusted(name)
        if document is None and self._only:
            raise PersistedQueryRequired(REQUIRED)
        return document or self._documents.get(text, name)

    async def _by_name(self, asked: Wanted, text: str | None) -> Document:
        """A trusted document is trusted whatever text is sent along."""
        if document := self._of_the_trusted(asked.id) or self._of_the_trusted(asked.name):
            return document
        if self._only:
            raise PersistedQueryRequired(REQUIRED)
        if text is not None:
            is_hash = asked.apollo or asked.name is not None
            return self._registered(asked, text) if self._automatic and is_hash else self._by_text(text)
        if not self._automatic or asked.name is None:
            raise _unknown(asked, automatic=self._automatic)
        return self._documents.named(asked.name) or await self._shared(asked, asked.name)

    def _of_the_trusted(self, name: str | None) -> Document | None:
        document = None if name is None else self._trusted.get(name)
        if document is not None:
            for exceeded in document.exceeded:
                self._tell(exceeded)
        return document

    def _registered(self, asked: Wanted, text: str) -> Document:
        name = name_of(text)
        if name != asked.name:
            raise BadUserInput(MISMATCH)
        document = self._documents.get(text, name)
        if self._texts is not None and not self._put.get(name):
            self._put.keep(name, True, 1)
            self._texts.put(name, text)
        return document

    async def _shared(self, asked: Wanted, name: str) -> Document:
        text = None if self._texts is None else await self._texts.get(name)
        if text is None:
            raise _unknown(asked, automatic=True)
        return self._documents.get(text, name)


def _unknown(asked: Wanted, *, automatic: bool) -> PersistedQueryNotFound:
    if asked.apollo:
        return PersistedQueryNotFound(NOT_FOUND if automatic else NOT_SUPPORTED)
    return PersistedQueryNotFound(f"No document is known by the id {asked.id!r:.100}: send its text along in `query`.")
