"""Trusted documents: read at start, every one, and in mode `only` nothing else runs."""

import logging
from hashlib import sha1
from pathlib import Path
from typing import Final

import pytest

from bff.errors import PersistedQueryNotFound, PersistedQueryRequired, QueryTooComplex, SettingsError
from bff.events import LimitExceeded
from bff.execution.asked import Asked
from bff.execution.persisted.opening import trusted_documents
from bff.settings.edge import Limit, Limits, Operations, TrustedDocuments
from tests.execution.persisted.finding import TextsInMemory, hash_of, manifest, persisted, process
from tests.execution.toy import SCHEMA

TEXT: Final = "query Home { a { n } }"
ID: Final = sha1(TEXT.encode(), usedforsecurity=False).hexdigest()
OTHER: Final = "{ n }"

ONLY, PREFER = TrustedDocuments.ONLY, TrustedDocuments.PREFER

ASKED: Final = {
    "documentId": Asked(document_id=ID),
    "documentId by sha256": Asked(document_id=hash_of(TEXT)),
    "documentId with its algorithm": Asked(document_id=f"sha256:{hash_of(TEXT)}"),
    "the extension": persisted(ID),
    "the extension by sha256": persisted(hash_of(TEXT)),
    "its text": Asked(query=TEXT),
    "hash and text": persisted(hash_of(TEXT), TEXT),
    "id and another text": Asked(query=OTHER, document_id=ID),
}

STRANGE: Final = {
    "a text": Asked(query=OTHER),
    "an id": Asked(document_id="nope"),
    "a hash": persisted(hash_of(OTHER)),
    "hash and text": persisted(hash_of(OTHER), OTHER),
    "id and text": Asked(query=OTHER, document_id="nope"),
    "no GraphQL": Asked(query="{" * 50_000),
}


def registered(directory: Path, trusted: TrustedDocuments) -> Operations:
    return Operations(trusted, manifest(directory, {ID: TEXT}))


@pytest.mark.parametrize("how", ASKED)
@pytest.mark.parametrize("mode", [ONLY, PREFER])
async def test_it_runs_however_it_is_asked_for(tmp_path: Path, mode: TrustedDocuments, how: str) -> None:
    document = await process(registered(tmp_path, mode)).finder.of(ASKED[how])
    assert document.text == TEXT


@pytest.mark.parametrize("how", STRANGE)
async def test_in_mode_only_nothing_else_runs(tmp_path: Path, how: str) -> None:
    texts = TextsInMemory({hash_of(OTHER): OTHER})
    finder = process(registered(tmp_path, ONLY), texts=texts).finder
    with pytest.raises(PersistedQueryRequired, match="BFF_DOCUMENTS__MANIFEST"):
        await finder.of(STRANGE[how])
    assert not texts.asked


@pytest.mark.parametrize("how", ["a text", "hash and text", "id and text"])
async def test_in_mode_prefer_any_other_runs_too(tmp_path: Path, how: str) -> None:
    document = await process(registered(tmp_path, PREFER)).finder.of(STRANGE[how])
    assert document.text == OTHER


async def test_an_id_nobody_knows_is_named_in_the_refusal(tmp_path: Path) -> None:
    with pytest.raises(PersistedQueryNotFound, match="'nope'"):
        await process(registered(tmp_path, PREFER)).finder.of(STRANGE["an id"])


async def test_ids_may_carry_their_algorithm_in_the_manifest(tmp_path: Path) -> None:
    given = Operations(ONLY, manifest(tmp_path, {"sha256:abc": TEXT}))
    finder = process(given).finder
    for asked in ("abc", "sha256:abc"):
        assert (await finder.of(Asked(document_id=asked))).text == TEXT


async def test_its_limits_are_told_and_let_through(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    limits = Limits(depth=Limit(1))
    with caplog.at_level(logging.WARNING):
        one = process(registered(tmp_path, ONLY), limits=limits)
    assert f"{ID} goes over the limit of depth: 2 of 1" in caplog.text
    for how in ASKED:
        await one.finder.of(ASKED[how])
    assert one.told == [LimitExceeded("depth", 2, 1, False)] * len(ASKED)
    with pytest.raises(QueryTooComplex):
        await process(limits=limits).finder.of(Asked(query=TEXT))


async def test_it_may_ask_about_the_schema(tmp_path: Path) -> None:
    text = '{ __type(name: "Node") { name } }'
    finder = process(Operations(ONLY, manifest(tmp_path, {"x": text}))).finder
    assert (await finder.of(Asked(document_id="x"))).text == text


def test_the_names_of_its_operations_are_known(tmp_path: Path) -> None:
    documents = {"1": TEXT, "2": "query A { n } query B { n }", "3": "{ n }"}
    given = Operations(PREFER, manifest(tmp_path, documents))
    trusted = trusted_documents(SCHEMA, Limits(), given, print)
    assert trusted.operation_names == {"Home", "A", "B"}


def test_switched_off_the_manifest_is_not_read(tmp_path: Path) -> None:
    given = Operations(TrustedDocuments.OFF, manifest(tmp_path, "no JSON"))
    assert not trusted_documents(SCHEMA, Limits(), given, print).documents


def problems(operations: Operations, limits: Limits = Limits()) -> list[str]:  # noqa: B008 - frozen
    with pytest.raises(SettingsError) as refused:
        trusted_documents(SCHEMA, limits, operations, print)
    return list(refused.value.problems)


def test_every_document_that_cannot_run_is_named_at_start_with_the_reason(tmp_path: Path) -> None:
    documents = {"good": TEXT, "old": "{ gone }", "cut": "{ a {", "loop": "{ a { ...F } } fragment F on Node { ...F }"}
    old, cut, loop = problems(Operations(ONLY, manifest(tmp_path, documents)))
    assert "document old cannot run: Cannot query field 'gone'" in old
    assert "document cut cannot run: Syntax Error" in cut
    assert "document loop cannot run: A fragment cannot spread itself" in loop


def test_of_very_many_some_are_named(tmp_path: Path) -> None:
    found = problems(Operations(ONLY, manifest(tmp_path, {str(n): "{ gone }" for n in range(50)})))
    assert (len(found), found[-1]) == (21, "and 30 more")


def test_what_is_ten_times_over_a_hard_limit_is_no_document_to_trust(tmp_path: Path) -> None:
    given = Operations(ONLY, manifest(tmp_path, {"x": "{" + " n" * 100 + "}"}))
    [problem] = problems(given, Limits(tokens=Limit(10)))
    assert "at most 100 are allowed" in problem


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"x": 1}', '{"x": {"query": "{ n }"}}', "[" * 100_000, "{}"])
def test_a_manifest_that_is_none_is_a_problem_of_the_settings(tmp_path: Path, content: str) -> None:
    [problem] = problems(Operations(ONLY, manifest(tmp_path, content)))
    assert problem.startswith("BFF_DOCUMENTS__MANIFEST: ")


def test_a_manifest_that_is_gone_is_too(tmp_path: Path) -> None:
    assert problems(Operations(ONLY, tmp_path / "nowhere.json"))


def test_without_a_manifest_there_are_none_to_trust() -> None:
    [problem] = problems(Operations(PREFER))
    assert problem == "BFF_DOCUMENTS__TRUSTED=prefer needs BFF_DOCUMENTS__MANIFEST: which documents are they?"
