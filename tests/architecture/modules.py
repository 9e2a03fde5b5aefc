"""The modules of `bff` as they are written: what each imports, where, and which words it uses."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import bff

ROOT = Path(__file__).parent.parent.parent
RUNS_ALONE = "bff.lab.upstreams"
"""Its processes run it as a package of its own, so its imports are relative."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True)
class Import:
    """`from bff.cache import store` imports `bff.cache.store`; `from bff import Page` imports `Page` of `bff`."""

    module: str
    name: str | None
    line: int
    top_level: bool


@dataclass(frozen=True)
class Module:
    """One file, by its dotted name."""

    name: str
    path: Path

    @cached_property
    def lines(self) -> int:
        return len(self.path.read_text().splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    @property
    def room(self) -> str:
        """The package or module right below `bff`; `bff` itself for the public face."""
        return ".".join(self.name.split(".")[:2])

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        top_level = {id(node) for node in self.tree.body}
        return tuple(
            _imported(node, one.name, self.name, id(node) in top_level)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for one in node.names
        )

    def names_and_strings(self) -> Iterator[tuple[str, int]]:
        """Every identifier and every string that is no docstring, with its line."""
        prose = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(self.tree):
            if id(node) not in prose:
                yield from (
                    (value, getattr(node, "lineno", 0)) for _, value in ast.iter_fields(node) if isinstance(value, str)
                )


def words(text: str) -> set[str]:
    """The words in an identifier or a sentence, in lower case: `sendMessage` is two."""
    return {word.lower() for word in _WORD.findall(text)}


def module_name(path: Path) -> str:
    """`bff/cache/store.py` is `bff.cache.store`, `bff/cache/__init__.py` is `bff.cache`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(node: ast.Import | ast.ImportFrom, name: str, importer: str, top_level: bool) -> Import:
    if isinstance(node, ast.Import):
        return Import(name, None, node.lineno, top_level)
    module = _module_of(node, importer)
    whole = f"{module}.{name}"
    # `bff.section` is a module too, but whoever takes `section` from the face gets the decorator
    if whole in MODULES and not (module == "bff" and name in bff.__all__):
        return Import(whole, None, node.lineno, top_level)
    return Import(module, name, node.lineno, top_level)


def _module_of(node: ast.ImportFrom, importer: str) -> str:
    """The module that is imported from, in full."""
    if node.level == 0:
        assert node.module, "a `from` import names a module"
        return node.module
    assert importer.startswith(f"{RUNS_ALONE}."), f"{importer}: write from .{node.module} in full: from bff.…"
    assert node.level == 1, f"{importer}: a package that runs alone reaches nothing outside itself"
    return f"{RUNS_ALONE}.{node.module}" if node.module else RUNS_ALONE


MODULES = {module_name(path): Module(module_name(path), path) for path in sorted((ROOT / "bff").rglob("*.py"))}
