"""What README.md promises: its commands work as they stand, its pictures and files are there."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
from pathlib import Path

import pytest

from gdsim.cli.main import main

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    gdsim (.*)$", TEXT.replace("\\\n", " "), re.MULTILINE)


@pytest.mark.parametrize("words", COMMANDS)
def test_each_command_works_as_it_stands(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = Path("resources") / "data"  # all that they name lies in the checkout
    shutil.copytree(ROOT / tables, tmp_path / tables)
    monkeypatch.chdir(tmp_path)
    arguments = shlex.split(words)
    # A picture needs Qt, which has tests of its own; here the words are what counts.
    if "--plot" in arguments:
        at = arguments.index("--plot")
        del arguments[at : at + 2]
    assert main(arguments) == 0
    told = capsys.readouterr()
    assert told.out
    assert not told.err
    for name in re.findall(r"--out (\S+)", words):
        assert (tmp_path / name).stat().st_size


def test_there_are_commands() -> None:
    known = {"run", "sweep", "race", "code", "list", "lesson", "manual"}
    assert {words.split()[0] for words in COMMANDS} == known


def test_the_python_lines_give_what_they_say() -> None:
    parsed = doctest.DocTestParser().get_doctest(TEXT, {}, "README", "README.md", 0)
    assert parsed.examples
    assert doctest.DocTestRunner().run(parsed).failed == 0


def test_linked_files_are_there() -> None:
    linked = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert linked
    for name in linked:
        assert (ROOT / name).exists(), name
