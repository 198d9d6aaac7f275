"""Every visible string has its Chinese, with the same placeholders; nothing stale is kept."""

from __future__ import annotations

import ast
import json
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdsim.engine.fields import Settings, fields_of
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS
from gdsim.engine.run import Clipping
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.sentences import Fault
from gdsim.system.files import written_aside
from gdsim.ui import language
from gdsim.ui.language import say

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "resources" / "translations" / "zh"
SPEAKERS = {"tr", "Fault", "sentence", "fault"}
WITHOUT_WORDS = re.compile(r"[\W\d_]*")


def literals(node: ast.AST) -> Iterator[str]:
    """The texts that an argument may be: a literal, or either branch of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.Subscript):
        yield from literals(node.value)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from literals(value)


def spoken(path: Path) -> Iterator[str]:
    """Texts in `tr("…")`, `Fault("…")` and the like; and the tables that such calls index."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tables: dict[str, ast.AST] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    tables[target.id] = node.value
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else (
            node.func.id if isinstance(node.func, ast.Name) else ""
        )  # fmt: skip
        if name not in SPEAKERS or not node.args:
            continue
        said = node.args[1] if name == "fault" and len(node.args) > 1 else node.args[0]
        if isinstance(said, ast.Subscript) and isinstance(said.value, ast.Name):
            yield from literals(tables.get(said.value.id, said))
        yield from literals(said)


def declared() -> Iterator[str]:
    """Labels, helps, choices, titles and summaries of what is registered."""
    settings: list[type[Settings]] = [Sampling, Clipping]
    for optimizer in OPTIMIZERS:
        yield from (optimizer.title, optimizer.summary)
        settings.append(optimizer.Settings)
    for schedule in SCHEDULES:
        yield from (schedule.title, schedule.summary)
        settings.append(schedule.Settings)
    for problem in PROBLEMS:
        yield problem.title
        settings.append(problem.Settings)
    for declaration in settings:
        for field in fields_of(declaration):
            yield from (field.label, field.help, field.wanted, *field.choices)


def wanted() -> set[str]:
    """Everything that a user may read."""
    texts = set(declared())
    for path in (ROOT / "gdsim").rglob("*.py"):
        if path.parent.name != "cli" or path.name == "info.py":  # the others speak English
            texts.update(spoken(path))
    return {text for text in texts if not WITHOUT_WORDS.fullmatch(_without_fields(text))}


def _without_fields(text: str) -> str:
    return "".join(part for part, *_ in string.Formatter().parse(text))


def _fields(text: str) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


def catalogues() -> dict[str, dict[str, str]]:
    return {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(CATALOGUE.glob("*.json"))
    }


def test_every_visible_string_has_its_chinese() -> None:
    known = {text for catalogue in catalogues().values() for text in catalogue}
    assert not sorted(wanted() - known)


def test_nothing_stale_is_kept() -> None:
    known = {text for catalogue in catalogues().values() for text in catalogue}
    assert not sorted(known - wanted())


def test_no_string_is_translated_twice() -> None:
    counts = Counter(text for catalogue in catalogues().values() for text in catalogue)
    assert not [text for text, count in counts.items() if count > 1]


def test_placeholders_survive_translation() -> None:
    for catalogue in catalogues().values():
        for english, chinese in catalogue.items():
            assert _fields(english) == _fields(chinese), english
            assert chinese.strip(), english


def test_why_a_file_cannot_be_written_is_said_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    language.use("zh")
    try:
        said = []
        for place in (tmp_path / "none" / "a.txt", tmp_path / "file" / "a.txt"):
            with pytest.raises(Fault) as caught, written_aside(place):
                pass
            said.append(say(caught.value.sentence).removeprefix(str(place)))
    finally:
        language.use("en")
    assert said == [
        " 无法写入：没有这个文件夹。请换一个位置。",
        " 无法写入：路径中有一部分不是文件夹。请换一个位置。",
    ]
