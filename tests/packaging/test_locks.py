"""The locked packages: hashed, without addresses, and within what pyproject.toml promises."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("run", "test", "oldest", "newest", "build")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROMISED = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
TOOLS = [Requirement(text) for text in PROJECT["dependency-groups"]["test"]]
CHECKERS = {"mypy", "ruff"}  # style and types are judged with the locked packages only


def text_of(kind: str) -> str:
    return (ROOT / "packaging" / f"requirements-{kind}.lock").read_text(encoding="utf-8")


def lines_of(kind: str) -> list[str]:
    """The lines that pip reads, continuations joined."""
    lines = text_of(kind).replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def entries(kind: str) -> list[tuple[Requirement, list[str]]]:
    """Each locked requirement with its hashes."""
    split = [re.split(r"\s+--hash=", line) for line in lines_of(kind)]
    return [(Requirement(first), hashes) for first, *hashes in split]


def versions(kind: str, name: str, python: str | None = None) -> set[str]:
    """The versions that a lock holds of a package, for one Python or for all."""
    found = set()
    for requirement, _ in entries(kind):
        here = {"python_full_version": f"{python}.0"}
        fits = python is None or not requirement.marker or requirement.marker.evaluate(here)
        if requirement.name.lower() == name.lower() and fits:
            found |= {specifier.version for specifier in requirement.specifier}
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_requirement_is_pinned_and_has_hashes(kind: str) -> None:
    for requirement, hashes in entries(kind):
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        assert not specifier.version.endswith("*")
        assert hashes, f"{requirement} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", found) for found in hashes)


@pytest.mark.parametrize("kind", KINDS)
def test_no_address_is_in_a_lock(kind: str) -> None:
    assert "//" not in text_of(kind)
    assert not re.search(r"(^|\s)-(?!-hash=)| @ ", "\n".join(lines_of(kind)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("promised", PROMISED, ids=lambda requirement: requirement.name)
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_the_promised_ranges_admit_what_is_locked(
    kind: str, promised: Requirement, python: str
) -> None:
    (locked,) = versions(kind, promised.name, python)
    assert promised.specifier.contains(locked)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda requirement: requirement.name)
def test_the_tools_of_the_tests_are_locked_within_their_ranges(tool: Requirement) -> None:
    for kind in ("test", "oldest", "newest"):
        locked = versions(kind, tool.name)
        assert all(tool.specifier.contains(version) for version in locked)
        assert locked or (kind != "test" and tool.name in CHECKERS)
    assert not versions("run", tool.name)  # who only runs gdsim does not fetch them


def test_the_oldest_set_is_at_the_lower_end_of_each_range() -> None:
    for promised in PROMISED:
        (lower,) = (s.version for s in promised.specifier if s.operator == ">=")
        (locked,) = versions("oldest", promised.name)
        assert Requirement(f"x=={lower}").specifier.contains(locked)


@pytest.mark.parametrize("kind", ["test", "build"])
def test_what_is_tested_and_shipped_are_the_packages_that_are_run(kind: str) -> None:
    locked = {str(requirement) for requirement, _ in entries(kind)}
    assert {str(requirement) for requirement, _ in entries("run")} <= locked


def test_python_itself_is_promised_as_the_script_demands_it() -> None:
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    script = (ROOT / "packaging" / "bootstrap.py").read_text(encoding="utf-8")
    assert "sys.version_info < (3, 11)" in script
