"""Our rules file as it is written, without a YAML library."""

import re
from pathlib import Path

OPS = Path(__file__).parents[2] / "ops"
RULES = OPS / "prometheus" / "bff.rules.yml"
TEXT = RULES.read_text()
_RULE = re.compile(r"^ +- (record|alert): (\S+)\n(.*?)(?=^ +- (?:record|alert|name): |\Z)", re.MULTILINE | re.DOTALL)
_EXPRESSION = re.compile(r"^ +expr: (?:>-\n((?: {10,}.*\n)+)|(.*)\n)", re.MULTILINE)


def rules() -> list[tuple[str, str, str, str]]:
    """Of each: `record` or `alert`, its name, its expression, all that follows."""
    return [(kind, name, _expression(rest), rest) for kind, name, rest in _RULE.findall(TEXT)]


def _expression(rest: str) -> str:
    found = _EXPRESSION.search(rest)
    assert found is not None
    return " ".join((found[1] or found[2]).split())
