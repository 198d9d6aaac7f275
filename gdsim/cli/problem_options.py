"""Which loss is descended, from words: the options that every command with a problem shares."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gdsim.cli.table_options import missing_named, says_how, table_options, wishes_from
from gdsim.engine.data import Data
from gdsim.engine.fields import by_name, fields_of, given_twice, settings_values
from gdsim.engine.generators import GENERATOR_FIELDS
from gdsim.engine.problems import (
    FIRST,
    FIRST_FIT,
    PROBLEMS,
    Problem,
    find_problem,
    make_problem,
)
from gdsim.engine.sentences import Fault
from gdsim.experiment.boxed_data import Boxed, find_boxed
from gdsim.experiment.tables import Look, chosen, data_from, look

SHORT = (
    "expression",
    "loss",
    "standardise",
    "intercept",
    "test_share",
    "degree",
    "hidden",
    "activation",
)
"""Settings of problems with an option of their own."""


def problem_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which loss is descended. All are absent unless given."""
    add = parser.add_argument
    add("--problem", metavar="NAME", help="see: gdsim list problems (article)")
    add("--data", metavar="FILE.csv", type=Path, help="a table; --x and --y name its columns")
    add("--dataset", metavar="NAME", help="a table in the box; see: gdsim list data")
    add(
        "--x", metavar="COL[,COL…]",
        help="the columns of x by their names or numbers (the first of numbers)",
    )  # fmt: skip
    add("--y", metavar="COL", help="the column to be predicted (the last of numbers)")
    table_options(parser)
    add("--expression", metavar="TEXT", help="a function of your own, such as 'x² + 3y²'")
    add("--loss", metavar="mse|half_mse|sse|mae|huber", help="how errors are counted (mse)")
    add(
        "--standardise", action=argparse.BooleanOptionalAction, default=None,
        help="descend with each column of x at mean 0 and spread 1",
    )  # fmt: skip
    add(
        "--intercept", action=argparse.BooleanOptionalAction, default=None,
        help="--no-intercept: a line through the origin",
    )  # fmt: skip
    add("--test-share", metavar="SHARE", help="hold this share of the samples back, such as 0.2")
    add("--degree", metavar="N", help="of a polynomial (3)")
    add("--hidden", metavar="N[,N]", help="units of a network's one or two hidden layers (8)")
    add("--activation", metavar="tanh|relu", help="of these units (tanh)")
    add(
        "--problem-set", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="other settings of the problem, such as angle=45 or generator=outliers",
    )  # fmt: skip


def names_a_problem(options: argparse.Namespace) -> bool:
    """Whether one of `problem_options` is there."""
    named = options.problem, options.data, options.dataset, options.x, options.y
    given = any(named) or says_how(options) or bool(options.problem_set)
    return given or any(_short_settings(options))


def problem_from(options: argparse.Namespace) -> Problem:
    """The problem that the options name; `Fault` where they make no sense."""
    short = _short_settings(options)
    boxed = _take_boxed(options)
    spare(options.data, getattr(options, "out", None), getattr(options, "plot", None))
    usual = FIRST if options.data is None else FIRST_FIT
    name = options.problem or _meant(short) or (boxed.problem if boxed is not None else usual)
    given = {**pairs(options.problem_set, "--problem-set"), **short}
    settings = by_name(find_problem(name).Settings, given, name)
    if options.data is None:
        if options.x or options.y or says_how(options):
            raise Fault(
                "--x, --y and what says how a table is written need one: give --data FILE.csv too."
            )
        problem = make_problem(name, None, settings)
    else:
        labelled = find_problem(name).labels
        problem = make_problem(name, _data_from(options, labelled=labelled), settings)
    _check_effect(problem, settings)
    return problem


def spare(source: Path | None, *targets: Path | None) -> None:
    """`Fault` where a file that is read would be written over."""
    if source is None or not source.exists():
        return
    for target in targets:
        if target is not None and target.exists() and target.samefile(source):
            raise Fault(
                "{file} is what is read: choose another name to write to.", file=str(target)
            )


def _take_boxed(options: argparse.Namespace) -> Boxed | None:
    """A table in the box as if its file and columns had been named."""
    if options.dataset is None:
        return None
    if options.data is not None:
        raise Fault("--data and --dataset name a table each: leave one of them out.")
    boxed = find_boxed(options.dataset)
    options.data = boxed.path
    options.x, options.y = options.x or ",".join(boxed.x), options.y or boxed.y
    options.missing = options.missing or "drop"
    return boxed


def pairs(texts: Sequence[str], option: str) -> dict[str, object]:
    """KEY=VALUE, several times; `Fault` names the option."""
    values: dict[str, object] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise Fault("{option} takes KEY=VALUE, not '{text}'.", option=option, text=text)
        if key in values:
            raise given_twice(key, key, key)
        values[key] = value
    return values


def _short_settings(options: argparse.Namespace) -> dict[str, object]:
    given = {name: getattr(options, name) for name in SHORT}
    return {name: value for name, value in given.items() if value is not None}


def _meant(settings: Iterable[str]) -> str:
    """The problem that alone has one of these settings: a degree means a polynomial."""
    for setting in settings:
        having = [cls for cls in PROBLEMS if setting in {f.name for f in fields_of(cls.Settings)}]
        if len(having) == 1:
            return having[0].name
    return ""


def _data_from(options: argparse.Namespace, *, labelled: bool) -> Data:
    missing = missing_named(options.missing or "refuse")
    found = look(options.data, wishes_from(options))
    columns = _columns(found, options.x) if options.x else None
    x, y = chosen(found, columns, options.y or None, labelled=labelled)
    return data_from(found, x, y, missing, labelled=labelled)


def _columns(found: Look, text: str) -> list[str]:
    """The names of the columns in a list; one that holds a comma itself can be given alone."""
    if text in {column.name for column in found.columns}:
        return [text]
    return [part.strip() for part in text.split(",")]


def _check_effect(problem: Problem, given: Mapping[str, object]) -> None:
    """`Fault` where a setting was named that does nothing beside the others."""
    shown = {item.name for item in problem.shown_settings()}
    values = settings_values(problem.settings)
    for item in fields_of(problem.settings):
        if item.name not in given or item.name in shown:
            continue
        if item.name in GENERATOR_FIELDS and problem.own_data is not None:
            raise Fault("{name} has no effect on data of your own.", name=item.name)
        for other, wanted in item.needs:
            if values[other] != wanted:
                raise Fault(
                    "{name} has no effect with {other} = {value}: it needs {other} = {wanted}.",
                    name=item.name, other=other, value=values[other], wanted=wanted,
                )  # fmt: skip
