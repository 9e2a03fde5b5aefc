"""The text that `bff dev` starts with: what runs where, and what to try next."""

import os
import shutil
import sys
from pathlib import Path

from bff.lab.dev.rundir import DevState

DEFAULT_PORT = 8000


def announcement(state: DevState, *, port: int, cache_note: str) -> str:
    """`cache_note` says in a few words what the cache is."""
    page = state.url.rstrip("/")
    rows = [("the landing page", f"{page}/", ""), ("GraphQL", f"{page}/graphql", "")]
    if state.admin_url is not None:
        rows.append(("where the time went", f"{state.admin_url}debug/requests", ""))
    rows.append(("", "", ""))
    for name, upstream in state.upstreams.items():
        rows.append((name, upstream.url, "simulated" if upstream.control else "yours"))
    rows.append(("cache", state.cache_url, cache_note))
    lines = ["", *_columns(rows), "", *_next_steps(state, port), "Ctrl-C stops all of it.", ""]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _next_steps(state: DevState, port: int) -> list[str]:
    simulated = state.simulated
    if not simulated:
        return []
    where = "" if port == DEFAULT_PORT else f" --port {port}"
    steps = [
        (f"  {_program()} dev break {simulated[-1]} hang{where}", "the page stays fast", ""),
        (f"  {_program()} dev mend{where}", "and is whole again", ""),
    ]
    return ["In another terminal:", *_columns(steps), ""]


def _columns(rows: list[tuple[str, str, str]]) -> list[str]:
    first, second, _ = (max(len(row[column]) for row in rows) for column in range(3))
    return [f"{row[0]:<{first}}  {row[1]:<{second}}  {row[2]}".rstrip() for row in rows]


def _program() -> str:
    """`bff` the way this terminal would find it."""
    beside = Path(sys.executable).with_name("bff")
    if not beside.exists() or shutil.which("bff") == str(beside):
        return "bff"
    below = os.path.relpath(beside)
    return str(beside) if below.startswith(os.pardir) else below
