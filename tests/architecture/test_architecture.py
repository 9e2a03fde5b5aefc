"""The rules of docs/architecture.md that a program can check. An exception stands here, with its reason."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from statistics import median

import pytest

import bff
from tests.architecture.modules import MODULES, ROOT, Import, Module, words

LAYERS = (
    ("bff.errors", "bff.argument_range", "bff.identity", "bff.pseudonyms", "bff.standing", "bff.leash"),
    ("bff.timeline", "bff.distrust"),
    ("bff.report",),
    ("bff.page_timeline",),
    ("bff.events",),
    ("bff.resilience", "bff.transport", "bff.decode"),
    ("bff.cache",),
    ("bff.policy", "bff.introduction", "bff.identity_problems"),
    ("bff.ask",),
    ("bff.source",),
    ("bff.upstream",),
    ("bff.calling",),
    ("bff.loaders", "bff.engine"),
    ("bff.context",),
    ("bff.section", "bff.section_status"),
    ("bff.page",),
    ("bff.settings", "bff.page_schema", "bff.page_reference"),
    ("bff.execution", "bff.telemetry"),
    ("bff.admin",),
    ("bff.web",),
    ("bff",),
    ("bff.sources",),
    ("bff.schema",),
    ("bff.lab",),
    ("bff.cli",),
    ("bff.__main__",),
)
"""Lowest first. A module imports from its own room and from lower layers; rooms side by side stay apart."""

SIDEWAYS: dict[tuple[str, str], str] = {}
"""Imports within one layer, each with its reason."""

BEHIND_THE_FACE = {
    ("bff.lab", "bff.errors"): "the tree of exceptions is for whoever catches them",
    ("bff.lab", "bff.schema"): "the page that `bff dev` serves",
    ("bff.lab.dev.web", "bff.web.serving"): "`bff dev` runs the same server as `bff serve`",
    ("bff.lab.dev.web", "bff.telemetry.log"): "and logs as it does",
    ("bff.lab.dev", "bff.leash"): "children of `bff dev` end with it, as workers of `bff serve` do",
    ("bff.lab.dev.sign_in", "bff.web.viewer"): "`bff dev` checks its tokens as production does",
    ("bff.lab.dev.sign_in", "bff.settings"): "the issuer and audience those tokens are for",
    ("bff.lab.dev.web", "bff.settings"): "`bff dev` reads the same settings file as `bff serve`",
}
"""What the lab uses besides the public face. A package stands for all that is in it."""

ONE_HOME = {
    "aiodataloader": "bff.loaders",
    "httpx": "bff.transport.over_httpx",
    "pyreqwest": "bff.transport.over_pyreqwest",
    "redis": "bff.cache.redis",
    "uvicorn": "bff.web.serving",
    "structlog": "bff.telemetry.log",
    "opentelemetry": "bff.telemetry.traces",
    "prometheus_client": "bff.telemetry.metrics.exposition",
}
"""Libraries that are wrapped in one module or package, and known to no other."""

THE_PAGES_WORDS = {"message", "messages", "todo", "todos", "recommendation", "recommendations"}

PAGE_ROOMS = ("bff.schema", "bff.sources")

SIMULATED_UPSTREAMS = {
    "bff.lab.upstreams.latency",
    "bff.lab.upstreams.phrases",
    "bff.lab.upstreams.records",
    "bff.lab.upstreams.services",
    "bff.lab.upstreams.world",
}

OTHER_MEANINGS = {
    "message": "what an error, a log record and an ASGI event carry; a name made with it is the page's",
    "Message": "Starlette's type of an ASGI event",
    "message_event": "how uvicorn says that more of a request is there",
    "on_message_begin": "how httptools says that a request begins",
    "on_message_complete": "how httptools says that a request is whole",
}

QUOTED = {
    ("bff.source", ", it must be a lower-case identifier such as 'messages'"): "the error shows what a name looks like",
}


def our_imports(module: Module) -> Iterator[Import]:
    return (each for each in module.imports if each.module in MODULES)


def layer_of(room: str) -> int:
    return next(height for height, rooms in enumerate(LAYERS) if room in rooms)


def within(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def told(module: Module, line: int, what: str) -> str:
    return f"{module.path.relative_to(ROOT)}:{line} {what}"


def test_every_room_has_its_layer() -> None:
    rooms = {module.room for module in MODULES.values()}
    placed = {room for layer in LAYERS for room in layer}
    assert rooms == placed, f"say in LAYERS where these stand, or take them out: {sorted(rooms ^ placed)}"


def test_imports_point_down() -> None:
    wrong = [
        told(module, each.line, f"imports {each.module}, which is not below it")
        for module in MODULES.values()
        for each in our_imports(module)
        if module.room != MODULES[each.module].room
        and layer_of(module.room) <= layer_of(MODULES[each.module].room)
        and (module.name, each.module) not in SIDEWAYS
    ]
    assert not wrong


ABOUT_WHAT_HAPPENED = {
    "bff.telemetry",
    "bff.events",
    "bff.page_timeline",
    "bff.report",
    "bff.timeline",
    "bff.standing",
    "bff.errors",
}


def test_telemetry_knows_what_happened_and_nothing_that_makes_it_happen() -> None:
    wrong = [
        told(module, each.line, f"imports {each.module}, and telemetry only listens")
        for module in MODULES.values()
        for each in our_imports(module)
        if module.room == "bff.telemetry" and MODULES[each.module].room not in ABOUT_WHAT_HAPPENED
    ]
    assert not wrong


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module.name: {each.module for each in our_imports(module)} for module in MODULES.values()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these modules import each other: {' → '.join(reversed(error.args[1]))}", pytrace=False)


def test_no_import_hides_in_a_function_or_a_branch() -> None:
    hidden = [
        told(module, each.line, f"imports {each.module} below the top level")
        for module in MODULES.values()
        for each in module.imports
        if not each.top_level
    ]
    assert not hidden


def test_the_landing_page_is_built_with_what_any_team_can_import() -> None:
    wrong = [
        told(module, each.line, f"imports {each.name or 'all'} of {each.module}")
        for module in MODULES.values()
        if module.room in PAGE_ROOMS
        for each in our_imports(module)
        if not any(within(each.module, room) for room in PAGE_ROOMS)
        and not (each.module == "bff" and each.name in bff.__all__)
    ]
    assert not wrong


def test_the_lab_uses_the_public_face_of_the_rest() -> None:
    wrong = [
        told(module, each.line, f"imports {each.module}: add it to the public face, or say here why not")
        for module in MODULES.values()
        if module.room == "bff.lab"
        for each in our_imports(module)
        if not within(each.module, "bff.lab")
        and not (each.module == "bff" and each.name in bff.__all__)
        and not _behind_the_face(module, each)
    ]
    assert not wrong


def _behind_the_face(module: Module, each: Import) -> bool:
    return any(within(module.name, user) and within(each.module, used) for user, used in BEHIND_THE_FACE)


def test_resilience_knows_the_standard_library_and_the_errors() -> None:
    guards = [module for module in MODULES.values() if module.room == "bff.resilience"]
    imported = {each.module.split(".")[0] for module in guards for each in module.imports} - {"bff"}
    assert imported <= {"asyncio", "collections", "dataclasses", "math", "random", "time", "typing", "enum"}


@pytest.mark.parametrize(("library", "home"), ONE_HOME.items())
def test_a_wrapped_library_is_imported_in_one_module(library: str, home: str) -> None:
    users = {module.name for module in MODULES.values() for each in module.imports if within(each.module, library)}
    assert users
    assert all(within(user, home) for user in users)


def test_only_the_page_knows_what_is_on_it() -> None:
    wrong = [
        told(module, line, f"says {text!r}")
        for module in MODULES.values()
        if module.room not in PAGE_ROOMS and module.name not in SIMULATED_UPSTREAMS
        for text, line in module.names_and_strings()
        if words(text.replace("%(message)s", "")) & THE_PAGES_WORDS
        and text not in OTHER_MEANINGS
        and (module.name, text) not in QUOTED
    ]
    assert not wrong


def test_no_module_has_a_name_that_says_nothing() -> None:
    files = [file for folder in ("bff", "tests", "examples") for file in (ROOT / folder).rglob("*")]
    empty = {"utils", "util", "core", "common", "helpers", "helper", "models", "misc"}
    assert not [file for file in files if file.stem in empty and "node_modules" not in file.parts]


def test_files_stay_short() -> None:
    assert median(module.lines for module in MODULES.values()) < 100


def test_every_exception_to_a_rule_is_still_needed() -> None:
    imports = {(module.name, each.module) for module in MODULES.values() for each in our_imports(module)}
    texts = {(module.name, text) for module in MODULES.values() for text, _ in module.names_and_strings()}
    unused = [
        *(pair for pair in SIDEWAYS if pair not in imports),
        *(pair for pair in BEHIND_THE_FACE if not any(within(a, pair[0]) and within(b, pair[1]) for a, b in imports)),
        *(pair for pair in QUOTED if pair not in texts),
        *(name for name in SIMULATED_UPSTREAMS if name not in MODULES),
    ]
    assert not unused
