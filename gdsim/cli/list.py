"""`gdsim list`: what there is to choose from, with all its settings."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence

from gdsim.cli.parser import Parser
from gdsim.engine.fields import Field, Settings, fields_of
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import PROBLEMS, Problem, make_problem
from gdsim.engine.schedules import SCHEDULES, Schedule
from gdsim.engine.sentences import Fault
from gdsim.experiment.boxed_data import BOXED, Boxed


def command(words: Sequence[str]) -> int:
    """Do what `words` after `list` say; the exit status."""
    options = _parser().parse_args(words)
    entries = {
        "problems": [_problem(one) for one in PROBLEMS],
        "optimizers": [_method(one) for one in OPTIMIZERS],
        "schedules": [_method(one) for one in SCHEDULES],
        "data": [_table(one) for one in BOXED],
    }[options.what]
    if options.json:
        print(json.dumps(entries, ensure_ascii=False, allow_nan=False, indent=1))
        return 0
    for entry in entries:
        for line in _lines(entry):
            print(line)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="gdsim list", description="What there is.", allow_abbrev=False)
    parser.add_argument("what", choices=("problems", "optimizers", "schedules", "data"))
    parser.add_argument("--json", action="store_true", help="for programs: everything declared")
    return parser


def _table(boxed: Boxed) -> dict[str, object]:
    return {
        "name": boxed.name, "title": boxed.title, "look_for": boxed.look_for,
        "x": list(boxed.x), "y": boxed.y, "problem": boxed.problem, "file": str(boxed.path),
    }  # fmt: skip


def _problem(problem: type[Problem]) -> dict[str, object]:
    """As it is by default; what depends on data is left out where data must be given."""
    entry: dict[str, object] = {
        "name": problem.name,
        "title": problem.title,
        "formula": getattr(problem, "formula", ""),
        "needs_data": False,
    }
    try:
        made = make_problem(problem.name)
        entry |= {
            "formula": made.formula,
            "loss": made.loss_name,
            "parameters": [parameter.name for parameter in made.parameters],
            "start": list(made.start),
            "learning_rate": made.learning_rate,
        }
    except Fault:
        entry["needs_data"] = True
    return {**entry, "settings": settings_declared(problem.Settings)}


def _method(method: type[Optimizer] | type[Schedule]) -> dict[str, object]:
    formula: str | tuple[str, ...] = method.formula
    return {
        "name": method.name,
        "title": method.title,
        "summary": method.summary,
        "formula": formula if isinstance(formula, str) else list(formula),
        "source": method.source,
        "conventions": list(method.conventions),
        "framework_defaults": {name: dict(values) for name, values in method.defaults.items()},
        "settings": settings_declared(method.Settings),
    }


def settings_declared(settings: type[Settings]) -> dict[str, Mapping[str, object]]:
    """Each setting by its name: default, kind, range, help, and the frameworks' names for it."""
    return {item.name: _declared(item) for item in fields_of(settings)}


def _declared(field: Field) -> dict[str, object]:
    bounds = {
        "minimum": field.minimum, "maximum": field.maximum,
        "above": field.above, "below": field.below,
    }  # fmt: skip
    return {
        "default": field.default,
        "kind": field.kind,
        "label": field.label,
        "symbol": field.symbol,
        "help": field.help,
        "range": str(field.allowed()),
        **{name: bound for name, bound in bounds.items() if bound is not None},
        **({"choices": list(field.choices)} if field.choices else {}),
        **({"aliases": list(field.aliases)} if field.aliases else {}),
        **({"needs": dict(field.needs)} if field.needs else {}),
    }


def _lines(entry: Mapping[str, object]) -> list[str]:
    named = f"{entry['name']:<20}{entry['title']}: "
    if isinstance(columns := entry.get("x"), list):
        taken = f"{', '.join(columns)} → {entry['y']} ({entry['problem']})"
        return [named + taken, f"{'':<22}{entry['look_for']}"]
    formula, settings = entry["formula"], entry.get("settings")
    text = "; ".join(formula) if isinstance(formula, list) else str(formula)
    lines = [named + text]
    if isinstance(settings, dict):
        shown = [f"{name}={_plain(one['default'])}" for name, one in settings.items()]
        if shown:
            lines.append(f"{'':<20}  {', '.join(shown)}")
    return lines


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) and " " in value else str(value)
