"""From the settings to what finds documents."""

from graphql import GraphQLSchema

from bff.cache.guarded_texts import GuardedTexts
from bff.cache.texts import SharedTexts
from bff.errors import SettingsError
from bff.events import Listener
from bff.execution.documents import Documents
from bff.execution.persisted.finder import DocumentFinder
from bff.execution.persisted.trusted import Trusted
from bff.settings.edge import Limits, Operations, TrustedDocuments


def trusted_documents(schema: GraphQLSchema, limits: Limits, operations: Operations, tell: Listener) -> Trusted:
    """Those of the manifest; none where they are off. Raises `SettingsError` where one cannot run."""
    if operations.trusted is TrustedDocuments.OFF:
        return Trusted({})
    if operations.manifest is None:
        raise SettingsError(
            [f"BFF_DOCUMENTS__TRUSTED={operations.trusted} needs BFF_DOCUMENTS__MANIFEST: which documents are they?"]
        )
    return Trusted.read(operations.manifest, schema, limits, tell)


def document_finder(
    schema: GraphQLSchema,
    limits: Limits,
    operations: Operations,
    *,
    introspection: bool,
    trusted: Trusted,
    texts: SharedTexts | None,
    tell: Listener,
) -> DocumentFinder:
    """Closed with the app. `texts` is where processes share what clients register; None: each by itself."""
    return DocumentFinder(
        Documents(schema, limits, introspection=introspection, tell=tell),
        trusted=trusted.documents,
        only=operations.trusted is TrustedDocuments.ONLY,
        automatic=operations.automatic,
        texts=None if texts is None else GuardedTexts(texts, tell),
        tell=tell,
    )
