"""What is run, from words: the options that `run` and its neighbours have in common."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from gdsim.engine.fields import make_settings
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.sentences import Fault
from gdsim.experiment.table import inspect, read_columns


def experiment_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is run: problem, data, optimizer, schedule, samples, start."""
    add = parser.add_argument
    add("--problem", metavar="NAME", help="see: gdsim list problems")
    add("--data", metavar="FILE.csv", type=Path, help="a table; --x and --y name its columns")
    add("--x", metavar="COL")
    add("--y", metavar="COL")
    add("--optimizer", default="gd", metavar="NAME", help="see: gdsim list optimizers")
    add("--lr", metavar="FLOAT", help="learning rate")
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting by its name")
    add("--schedule", default="constant", metavar="NAME", help="see: gdsim list schedules")
    add("--schedule-set", action="append", default=[], metavar="KEY=VALUE")
    add("--batch-size", metavar="N|full")
    add("--sampling", metavar="shuffle|cyclic|random", default="shuffle")
    add("--seed", default="0", metavar="N")
    add("--start", metavar="V,V…", help="the first parameters")
    add("--clip-norm", default="0", metavar="F")
    add("--clip-value", default="0", metavar="F")


def experiment_from(options: argparse.Namespace) -> tuple[Problem, Run]:
    """The problem and the checked run that the options name; `Fault` where they make no sense."""
    if options.data is not None:
        layout = inspect(options.data)
        names = [options.x or layout.names[0], options.y or layout.names[1]]
        x, y = read_columns(layout, names)
        problem = make_problem(options.problem or "linear", (x, y))
    else:
        if options.x or options.y:
            raise Fault("--x and --y name columns of a table: give --data FILE.csv too.")
        problem = make_problem(options.problem or "article")
    settings = _pairs(options.set, "--set")
    if options.lr is not None:
        settings["learning_rate"] = options.lr
    batch = options.batch_size
    size = problem.size if batch == "full" else whole_number(batch or "0", "--batch-size", 0, 10**9)
    if batch == "0":
        raise Fault("--batch-size must be at least 1, or 'full'.")
    sampling = make_settings(
        Sampling, {"batch_size": size, "sampling": options.sampling, "seed": options.seed}
    )
    clipping = make_settings(
        Clipping, {"clip_norm": options.clip_norm, "clip_value": options.clip_value}
    )
    start = None if options.start is None else _point(options.start)
    run = make_run(
        problem,
        options.optimizer,
        settings,
        options.schedule,
        _pairs(options.schedule_set, "--schedule-set"),
        sampling,
        clipping,
        start,
    )
    return problem, run


def _pairs(texts: Sequence[str], option: str) -> dict[str, object]:
    values: dict[str, object] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise Fault("{option} takes KEY=VALUE, not '{text}'.", option=option, text=text)
        values[key] = value
    return values


def whole_number(text: str, option: str, low: int, high: int) -> int:
    """Read a whole number from `text`; `Fault` names the option and its range."""
    try:
        value = float(text)
        if value.is_integer() and low <= value <= high:
            return int(value)
    except (ValueError, OverflowError):
        pass
    raise Fault(
        "{option} must be a whole number from {low} to {high}, not '{text}'.",
        option=option, low=low, high=high, text=text,
    )  # fmt: skip


def _point(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise Fault("--start takes numbers separated by commas, not '{text}'.", text=text) from None
