"""What the README shows is what happens."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import strawberry

import bff
from bff.schema.arguments import First
from bff.schema.todos import Todo
from bff.sources.todos import TodoRecord
from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams

pytestmark = pytest.mark.virtual_time

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def without_times(body: Any) -> Any:
    for row in body["extensions"]["sections"]:
        row.pop("elapsedMs")
        row["fetchedAt"] = row["fetchedAt"] is not None
    return body


async def test_the_query_it_shows_gets_the_answer_it_shows() -> None:
    [query], [shown] = blocks("graphql"), blocks("json")
    delays = {"recommendations": 3600.0, "users": 0.05, "messages": 0.33}
    async with landing(InProcessUpstreams(delays=delays)) as client:
        answer = await client.ask(query)

    assert without_times(answer.body) == without_times(json.loads(shown))


def test_the_code_it_shows_makes_a_section() -> None:
    line, call, section = blocks("python")
    names: dict[str, Any] = {
        **vars(bff),
        "strawberry": strawberry,
        "Todo": Todo,
        "TodoRecord": TodoRecord,
        "First": First,
    }
    indented = [text.replace("\n", "\n    ") for text in (line, call, section)]
    source = f"class Todos(Source):\n    name = 'todos'\n    {indented[1]}\n"
    page = f"@strawberry.type\nclass Todays:\n    {indented[2]}\n"
    kind = f"@strawberry.type\nclass Message:\n    {indented[0]}\n"
    for code in (source, page, kind):
        exec(compile(code, "README.md", "exec"), names)  # noqa: S102 - what the README shows

    made = bff.Page(names["Todays"], sources=[names["Todos"]])
    assert [section.name for section in made.sections] == ["overdue"]


def test_the_commands_it_shows_exist() -> None:
    shown = "\n".join(blocks("sh"))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z-]+)", README)) <= targets
    for command in sorted(set(re.findall(r"bin/bff ((?:[a-z]+ ?)+)", shown))):
        words = [word for word in command.split() if word in {"dev", "break", "mend", "serve", "config"}]
        helped = subprocess.run(
            [sys.executable, "-m", "bff", *words, "--help"], cwd=ROOT, capture_output=True, check=False
        )
        assert helped.returncode == 0, command


def test_its_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
