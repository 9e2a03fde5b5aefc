"""Automatic persisted queries: the hash alone, then hash and text, then the hash alone from everybody."""

import asyncio
from typing import Any, Final

import pytest

from bff.errors import BadBody, BadUserInput, PersistedQueryNotFound, QueryTooComplex, RequestError, ValidationFailed
from bff.execution.asked import Asked
from bff.settings.edge import Limit, Limits, Operations
from tests.execution.persisted.finding import TextsInMemory, hash_of, persisted, process

pytestmark = pytest.mark.virtual_time

TEXT: Final = "{ a { n } }"
HASH: Final = hash_of(TEXT)

NOT_FOUND: Final = "PersistedQueryNotFound"


async def test_a_plain_text_needs_no_name_and_no_waiting() -> None:
    finder = process().finder
    running = finder.of(Asked(query=TEXT))
    with pytest.raises(StopIteration) as done:
        running.send(None)
    assert done.value.value.text == TEXT


async def test_a_hash_nobody_knows_is_told_as_apollo_clients_read_it() -> None:
    with pytest.raises(PersistedQueryNotFound) as refused:
        await process().finder.of(persisted(HASH))
    assert (str(refused.value), refused.value.code, refused.value.details) == (
        NOT_FOUND,
        "PERSISTED_QUERY_NOT_FOUND",
        (),
    )


@pytest.mark.parametrize("given", [HASH, HASH.upper(), f" {HASH} "])
async def test_what_was_registered_is_found_by_its_hash(given: str) -> None:
    finder = process().finder
    registered = await finder.of(persisted(given, TEXT))
    assert await finder.of(persisted(HASH)) is registered
    assert await finder.of(Asked(document_id=HASH)) is registered
    assert await finder.of(Asked(document_id=f"sha256:{HASH}")) is registered


async def test_a_text_that_is_not_what_the_hash_is_of_is_refused_and_not_kept() -> None:
    texts = TextsInMemory()
    finder = process(texts=texts).finder
    for given in (HASH, "abc"):
        with pytest.raises(BadUserInput, match="SHA-256"):
            await finder.of(persisted(given, "{ n }"))
    with pytest.raises(PersistedQueryNotFound):
        await finder.of(persisted(HASH))
    await finder.close()
    assert not texts.texts


@pytest.mark.parametrize(
    "extension",
    [None, 7, "x", [], {}, {"version": 1}, {"version": 2, "sha256Hash": HASH}, {"version": 1, "sha256Hash": 7}],
)
async def test_e1_an_extension_nobody_understands_is_refused_with_an_example(extension: Any) -> None:
    with pytest.raises(BadUserInput, match="sha256Hash"):
        await process().finder.of(Asked(extensions={"persistedQuery": extension}))


@pytest.mark.parametrize("asked", [Asked(), Asked(extensions={}), Asked(extensions={"other": 1}, variables={"x": 1})])
async def test_e1_who_names_no_document_is_shown_how(asked: Asked) -> None:
    with pytest.raises(BadBody, match='"documentId"'):
        await process().finder.of(asked)


@pytest.mark.parametrize("given", ["", "../etc", "x" * 100_000, "*", HASH + "0", "\u0660" * 64, "é"])
async def test_e1_what_is_no_hash_is_asked_of_nobody(given: str) -> None:
    texts = TextsInMemory()
    for asked in (persisted(given), Asked(document_id=given)):
        with pytest.raises(PersistedQueryNotFound):
            await process(texts=texts).finder.of(asked)
    assert not texts.asked


@pytest.mark.parametrize("extensions", [{"other": {}}, {}])
async def test_other_extensions_are_nobodys_business(extensions: dict[str, Any]) -> None:
    assert (await process().finder.of(Asked(query=TEXT, extensions=extensions))).text == TEXT


async def test_what_one_process_was_told_all_know() -> None:
    texts = TextsInMemory()
    await process(texts=texts).finder.of(persisted(HASH, TEXT))
    await asyncio.sleep(0.01)
    assert (await process(texts=texts).finder.of(persisted(HASH))).text == TEXT


async def test_a_text_goes_to_the_second_tier_once_and_nobody_waits_for_it() -> None:
    texts = TextsInMemory(delay=0.5)
    finder = process(texts=texts).finder
    began = asyncio.get_running_loop().time()
    for _ in range(5):
        await finder.of(persisted(HASH, TEXT))
    assert asyncio.get_running_loop().time() == began
    await asyncio.sleep(1)
    assert texts.texts == {HASH: TEXT}
    assert texts.puts == [HASH]


async def test_what_is_known_here_is_asked_of_nobody_else() -> None:
    texts = TextsInMemory()
    finder = process(texts=texts).finder
    await finder.of(Asked(query=TEXT))
    await finder.of(persisted(HASH))
    assert not texts.asked


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("{ nope }", ValidationFailed), ("{ a { a { a { n } } } }", QueryTooComplex), ("{", RequestError)],
)
async def test_only_what_may_run_is_registered(text: str, refusal: type[RequestError]) -> None:
    texts = TextsInMemory()
    finder = process(texts=texts, limits=Limits(depth=Limit(2))).finder
    with pytest.raises(refusal):
        await finder.of(persisted(hash_of(text), text))
    assert not texts.texts


async def test_what_others_let_through_is_limited_here_all_the_same() -> None:
    text = "{ a { a { a { n } } } }"
    finder = process(texts=TextsInMemory({hash_of(text): text}), limits=Limits(depth=Limit(2))).finder
    for _ in range(2):
        with pytest.raises(QueryTooComplex):
            await finder.of(persisted(hash_of(text)))


async def test_switched_off_clients_are_told_to_stop_asking_so_and_texts_run() -> None:
    finder = process(Operations(automatic=False)).finder
    assert (await finder.of(persisted(HASH, TEXT))).text == TEXT
    with pytest.raises(PersistedQueryNotFound) as refused:
        await finder.of(persisted(HASH))
    assert str(refused.value) == "PersistedQueryNotSupported"
