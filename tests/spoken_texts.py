"""The texts that a user may read, as the source says them: for the tests of every language."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from string import Formatter

from gdsim.engine.fields import Settings, fields_of
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS
from gdsim.engine.run import Clipping
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES
from gdsim.experiment.boxed_data import BOXED
from gdsim.experiment.examples import EXAMPLES
from gdsim.experiment.view_state import ViewOptions
from gdsim.ui.actions import MENUS, Action
from gdsim.ui.preferences import Preferences
from gdsim.ui.views import VIEWS

ROOT = Path(__file__).resolve().parent.parent
SPEAKERS = {"tr": 0, "Fault": 0, "sentence": 0, "fault": 1, "unknown": 2}
"""Functions that say something, and which of their arguments is the text."""
WITHOUT_WORDS = re.compile(r"[\W\d_]*")

Said = dict[str, set[str]]
"""{text: the contexts in which it is said}; "" where none is named."""


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


def calls(path: Path) -> Iterator[tuple[ast.Call, ast.expr, str]]:
    """Each call of a file that says something, with its text and its context."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = SPEAKERS.get(name)
            if place is not None and len(node.args) > place:
                context = node.args[1] if name == "tr" and len(node.args) > 1 else None
                yield node, node.args[place], "".join(literals(context)) if context else ""


def spoken(path: Path) -> Iterator[tuple[str, str]]:
    """Texts in `tr("…")`, `Fault("…")` and the like; and the tables that such calls index."""
    tables = {
        target.id: node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for _, text, context in calls(path):
        if isinstance(text, ast.Subscript) and isinstance(text.value, ast.Name):
            yield from ((word, context) for word in literals(tables.get(text.value.id, text)))
        yield from ((word, context) for word in literals(text))


def declared() -> Iterator[tuple[str, str]]:
    """Labels, helps, choices, titles and summaries of what is registered; all of the menus."""
    for menu in MENUS:
        yield (menu.text, "")
        for entry in menu.entries:
            if entry is not None:
                yield (entry.text, "")
            if isinstance(entry, Action):
                yield (entry.help, "")
    for field in fields_of(ViewOptions):
        yield from ((field.label, "setting"), (field.help, ""), (field.symbol, ""))
    for field in fields_of(Preferences):
        yield from ((title, "choice") for title in field.titles)
    for view in VIEWS:
        yield from ((view.title, "view"), (view.short, "view"))
    for example in EXAMPLES:
        yield from ((example.title, "example"), (example.look_for, ""))
    settings: list[type[Settings]] = [Sampling, Clipping]
    for boxed in BOXED:
        yield from ((boxed.title, "data"), (boxed.look_for, ""))
    for optimizer in OPTIMIZERS:
        yield from ((optimizer.title, "optimizer"), (optimizer.summary, ""))
        yield (optimizer.short, "optimizer")
        settings.append(optimizer.Settings)
    for schedule in SCHEDULES:
        yield from ((schedule.title, "schedule"), (schedule.summary, ""))
        settings.append(schedule.Settings)
    for problem in PROBLEMS:
        yield (problem.title, "problem")
        settings.append(problem.Settings)
    for declaration in settings:
        for field in fields_of(declaration):
            yield from ((field.label, "setting"), (field.help, ""), (field.wanted, ""))
            yield from ((title, "choice") for title in field.titles)


def sources() -> list[Path]:
    """The files whose sentences are translated; the command line speaks English."""
    return [
        path
        for path in sorted((ROOT / "gdsim").rglob("*.py"))
        if path.parent.name != "cli" or path.name == "info.py"
    ]


@cache
def said() -> Said:
    """Everything that a user may read."""
    texts: Said = defaultdict(set)
    for text, context in chain(declared(), *map(spoken, sources())):
        texts[text].add(context)
    return texts


def has_words(text: str) -> bool:
    """Whether a text has more than placeholders and signs, which any language may have its way."""
    return not WITHOUT_WORDS.fullmatch("".join(part for part, *_ in Formatter().parse(text)))


def placeholders(text: str) -> set[str]:
    """The names that a text puts values in for."""
    return {name for _, name, *_ in Formatter().parse(text) if name}
