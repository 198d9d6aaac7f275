"""The rooms of the house: who may import whom, as pyproject.toml says it; who knows what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import cli

from gdsim.engine.conventions import FRAMEWORKS
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS
from gdsim.engine.schedules import SCHEDULES

ROOT = Path(__file__).resolve().parents[1]


def test_each_room_imports_only_what_it_may(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    status = cli.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


OWN_ROOMS = ("engine/optimizers", "engine/schedules", "engine/problems", "codegen")
"""Where a method may know its own name."""
NAMES = {
    *FRAMEWORKS,
    *(optimizer.name for optimizer in OPTIMIZERS),
    *(schedule.name for schedule in SCHEDULES),
    *(problem.name for problem in PROBLEMS),
}
SHARED_WORDS = {"linear", "step"}
"""Names that mean other things too: a linear scale, a step of a run."""


def compared(path: Path) -> Iterator[str]:
    """The texts that a file compares something with, looks up by, or maps from."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        asked: list[ast.AST | None] = []
        if isinstance(node, ast.Compare):
            asked = [node.left, *node.comparators]
        elif isinstance(node, ast.Dict):
            asked = [*node.keys]
        elif isinstance(node, ast.MatchValue):
            asked = [node.value]
        for found in asked:
            for part in ast.walk(found) if found is not None else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_generic_code_tells_no_method_by_its_name() -> None:
    """What is special about a method is a fact of its class, or the next one lacks it."""
    package = ROOT / "gdsim"
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package).as_posix()
        if not place.startswith(OWN_ROOMS) and place != "engine/conventions.py":
            found = NAMES & set(compared(path)) - SHARED_WORDS
            assert not found, f"{place}: {found}"
