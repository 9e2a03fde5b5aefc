"""Documents by their text: parsed, limited and validated once, not once for each request.

That is most of what a plain Strawberry server spends on a page.
"""

from hashlib import sha256
from sys import getsizeof
from typing import Final

from graphql import GraphQLSchema

from bff.events import Listener, unheard
from bff.execution.document import Document, Refused
from bff.execution.kept import Kept
from bff.execution.limits.text import too_long
from bff.execution.preparing import Preparing
from bff.settings.edge import Limits

MAX_DOCUMENTS: Final = 500
MAX_BYTES: Final = 16_000_000
"""Of all documents that are kept: some two hundred of the landing page's size."""

BYTES_OF_A_TOKEN: Final = 600
"""In the syntax tree, roughly, besides the text."""

MAX_REFUSED: Final = 500
MAX_WORDS: Final = 1_000_000
"""Characters of what refusals say."""


def name_of(text: str) -> str:
    """What a document is known by, here and by clients: SHA-256 of its text, in hex."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


class Documents:
    """Of one schema under its limits. Least recently used go first, and refusals, which are kept like any outcome, do
    not crowd out what runs.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        introspection: bool = False,
        tell: Listener = unheard,
        max_documents: int = MAX_DOCUMENTS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._prepare = Preparing(schema, limits, introspection=introspection, tell=tell)
        self._longest = limits.document
        self._tell = tell
        self._ready: Kept[Document] = Kept(max_documents, max_bytes)
        self._refused: Kept[Refused] = Kept(MAX_REFUSED, MAX_WORDS)

    def get(self, text: str, name: str | None = None) -> Document:
        """The document; its name, where that is known. Raises `QueryTooComplex`, `ParseFailed`, `ValidationFailed` or
        `BadUserInput` where it may not run.
        """
        exceeded = too_long(text, self._longest)
        if any(each.enforced for each in exceeded):  # not even worth its name
            return self._told(self._prepare(text))
        name = name or name_of(text)
        return self.named(name) or self._told(self._made(name, text))

    def named(self, name: str) -> Document | None:
        """The same by its name; None where it was not asked for lately."""
        known = self._ready.get(name) or self._refused.get(name)
        return None if known is None else self._told(known)

    def _made(self, name: str, text: str) -> Document | Refused:
        made = self._prepare(text)
        if isinstance(made, Document):
            self._ready.keep(name, made, BYTES_OF_A_TOKEN * made.tokens + getsizeof(text))
        else:
            self._refused.keep(name, made, sum(len(each["message"]) for each in made.details))
        return made

    def _told(self, outcome: Document | Refused) -> Document:
        """Limits are told of for each request."""
        for exceeded in outcome.exceeded:
            self._tell(exceeded)
        if isinstance(outcome, Refused):
            raise outcome.refusal()
        return outcome
