"""The window waits for nobody: it neither sleeps nor spins nor joins, but where it closes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

UI = Path(__file__).resolve().parents[2] / "gdsim" / "ui"

WAITS = {
    "sleep", "processEvents", "processEventsQueue", "waitForDone", "waitForFinished", "wait",
    "wait_for", "join", "acquire", "get", "result", "msleep", "exec",
}  # fmt: skip
"""Names of methods and functions that wait, where they are not said of texts and mappings."""
CLOSING = {
    ("complaint.py", "ask"),  # for the answer, while the window lives on
    ("autosaver.py", "_wait"),  # until the autosave's file is whole
    ("table_work.py", "join"),  # until its own thread has left off
    ("run_writer.py", "stop"),  # as the window closes: nothing half written stays
    ("computation.py", "cancel"),
}


def calls(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        name = node.name if isinstance(node, ast.FunctionDef) else inside
        if isinstance(node, ast.Call):
            yield inside, node
        yield from calls(node, name)


def waits(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in ("sleep",)
    if not isinstance(function, ast.Attribute) or function.attr not in WAITS:
        return False
    said_of = ast.unparse(function.value)
    if function.attr in ("join", "get", "result"):  # of texts and mappings they wait for nothing
        return any(word in said_of.lower() for word in ("thread", "inbox", "queue", "writing"))
    return True


def test_nothing_in_the_window_waits_for_the_engine() -> None:
    found = {
        (path.name, inside, ast.unparse(call))
        for path in UI.rglob("*.py")
        for inside, call in calls(ast.parse(path.read_text(encoding="utf-8")))
        if waits(call)
    }
    assert {(file, inside) for file, inside, _ in found} == CLOSING, found


def test_no_loop_goes_round_until_a_time_has_passed() -> None:
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.While):
                said = ast.unparse(node.test)
                assert "monotonic" not in said, path.name
                assert "perf_counter" not in said, path.name
