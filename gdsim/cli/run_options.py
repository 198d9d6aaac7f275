"""What is run, from words: the options that `run` and its neighbours have in common."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gdsim.cli.parser import MAX_STEPS
from gdsim.cli.problem_options import (
    names_a_problem,
    pairs,
    problem_from,
    problem_options,
    spare,
)
from gdsim.engine.fields import Settings, by_name, fields_of, given_twice, settings_values
from gdsim.engine.optimizers import find_optimizer
from gdsim.engine.problems import Problem
from gdsim.engine.run import FREE_PARTS, Run, epoch_steps, in_steps, make_run, with_parts
from gdsim.engine.schedules import find_schedule
from gdsim.engine.sentences import Fault
from gdsim.experiment.prepare import make_sampling
from gdsim.experiment.text_to_paste import open_experiment
from gdsim.experiment.trajectories import Tracks

STEPS = 1000


def file_options(parser: argparse.ArgumentParser) -> None:
    """A file, the options that change what it says or stand in its place, and the steps."""
    add = parser.add_argument
    add("file", nargs="?", type=Path, metavar="FILE.gdsim", help="an experiment, or its text")
    experiment_options(parser)
    add("--steps", metavar="N", help=f"updates to be made ({STEPS}, or the file's limit)")
    add("--epochs", metavar="N", help="instead of --steps: how often all samples are seen")


@dataclass(frozen=True)
class Asked:
    """What the words ask for; `selected` is the place of the run that was last looked at."""

    problem: Problem
    tracks: Tracks
    steps: int
    selected: int = 0
    source: str = ""


def asked_for(options: argparse.Namespace) -> Asked:
    """Problem, runs and number of steps: of the file, under what the options change."""
    _take_file_from_settings(options)
    if options.file is None:
        problem = problem_from(options)
        source = options.data.name if options.data is not None else ""
        asked = Asked(problem, [(run_from(options, problem), ())], STEPS, source=source)
    else:
        if names_a_problem(options):
            raise Fault("{file} says what the problem is: leave it out.", file=options.file)
        spare(options.file, getattr(options, "out", None), getattr(options, "plot", None))
        found = open_experiment(options.file)
        setup, problem = found.setup, found.setup.problem
        tracks = [
            (
                run_from(options, problem, track.run),
                tuple((step, run_from(options, problem, later)) for step, later in track.changes),
            )
            for track in setup.tracks
        ]
        asked = Asked(problem, tracks, setup.step_limit, found.view.selected, setup.source)
    if options.steps is not None:
        asked = replace(asked, steps=whole_number(options.steps, "--steps", 1, MAX_STEPS))
    if options.epochs is None:
        return asked
    if options.steps is not None:
        raise Fault("--steps and --epochs say the same: give one of them.")
    each = {epoch_steps(asked.problem, run) for run, _ in asked.tracks}
    if len(each) > 1:
        raise Fault("The runs have epochs of different lengths: give --steps in place of --epochs.")
    epochs = whole_number(options.epochs, "--epochs", 1, MAX_STEPS)
    steps = epochs * each.pop()
    if steps > MAX_STEPS:
        raise Fault("That would be {steps} steps; at most {most} are possible.",
                    steps=f"{steps:,}", most=f"{MAX_STEPS:,}")  # fmt: skip
    return replace(asked, steps=steps)


def _take_file_from_settings(options: argparse.Namespace) -> None:
    """A file that follows the settings is the experiment, as in `run --set momentum=0.5 FILE`."""
    for words in (options.set, options.schedule_set):
        if words and options.file is None and words[-1].lower().endswith(".gdsim"):
            options.file = Path(words.pop())


def experiment_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is run: problem, data, optimizer, schedule, samples, start."""
    problem_options(parser)
    run_options(parser)


def run_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how. All are absent unless given."""
    parser.add_argument("--optimizer", metavar="NAME", help="see: gdsim list optimizers (gd)")
    any_run_options(parser)


def any_run_options(parser: argparse.ArgumentParser) -> None:
    """Those of them that runs of several optimizers can share."""
    add = parser.add_argument
    add(
        "--convention", metavar="pytorch|keras|optax",
        help="the formulas and defaults of that framework, its learning rate too without --lr",
    )  # fmt: skip
    add("--lr", metavar="FLOAT", help="learning rate (the problem's, or the framework's)")
    add(
        "--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="settings of the optimizer by their names, such as beta1=0.8",
    )  # fmt: skip
    add("--schedule", metavar="NAME", help="see: gdsim list schedules (constant)")
    add(
        "--schedule-set", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="settings of the schedule, such as gamma=0.5; steps can be given as 10epochs",
    )  # fmt: skip
    add("--start", metavar="V,V…", help="the first parameters (the problem's)")
    add("--batch-size", metavar="N|full", help="samples a step (full; for sgd 1)")
    for item in (item for part in FREE_PARTS.values() for item in fields_of(part)):
        if item.name != "batch_size":  # the window's 0 is "full" here
            kind = {"int": "N", "float": "F"}.get(item.kind) or "|".join(item.choices)
            text = item.help[0].lower() + item.help[1:].rstrip(".")
            default = item.default if isinstance(item.default, str) else f"{item.default:g}"
            add(f"--{item.name.replace('_', '-')}", metavar=kind, help=f"{text} ({default})")


def experiment_from(options: argparse.Namespace) -> tuple[Problem, Run]:
    """The problem and the checked run that the options name; `Fault` where they make no sense."""
    problem = problem_from(options)
    return problem, run_from(options, problem)


def run_from(options: argparse.Namespace, problem: Problem, base: Run | None = None) -> Run:
    """The checked run that the options name; what they leave open is as in `base`."""
    optimizer = options.optimizer
    if optimizer is None:
        optimizer = base.optimizer if base else "gd"
    schedule = options.schedule
    if schedule is None:
        schedule = base.schedule if base else "constant"
    settings = pairs(options.set, "--set")
    if options.lr is not None and "lr" in settings:
        raise given_twice("learning_rate", "--lr", "lr")
    if options.lr is not None:
        settings["lr"] = options.lr
    settings = by_name(find_optimizer(optimizer).Settings, settings, optimizer)
    parts = _free_parts(options, problem, base)
    planned = pairs(options.schedule_set, "--schedule-set")
    if planned:
        each = epoch_steps(problem, with_parts(problem, make_run(problem, optimizer), parts))
        planned = {name: in_steps(str(value), each) for name, value in planned.items()}
    planned = by_name(find_schedule(schedule).Settings, planned, schedule)
    below, below_planned = _below(options, base)
    start = base.start if base is not None else None
    made = make_run(
        problem,
        optimizer,
        {**below, **settings},
        schedule,
        {**below_planned, **planned},
        start=start if options.start is None else _point(options.start),
        convention=options.convention,
    )
    made = with_parts(problem, made, parts)
    _check_effect(made.settings, settings)
    _check_effect(made.schedule_settings, planned)
    return made


def _below(
    options: argparse.Namespace, base: Run | None
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """What stays of the settings and the schedule's settings of `base` beneath those given.

    Under another optimizer or another framework the rate alone stays.
    """
    if base is None:
        return {}, {}
    settings, planned = settings_values(base.settings), settings_values(base.schedule_settings)
    if options.convention is not None or options.optimizer not in (None, base.optimizer):
        settings = {"learning_rate": settings["learning_rate"]}
    if options.convention is not None or options.schedule not in (None, base.schedule):
        planned = {}
    return settings, planned


def _free_parts(
    options: argparse.Namespace, problem: Problem, base: Run | None
) -> dict[str, Mapping[str, object]]:
    """What the options say of the parts that no method chooses; else as in `base`."""
    found: dict[str, Mapping[str, object]] = {}
    for part, cls in FREE_PARTS.items():
        named = {item.name: getattr(options, item.name) for item in fields_of(cls)}
        named.pop("batch_size", None)  # "full" is no number: `make_sampling` reads it
        given = {name: value for name, value in named.items() if value is not None}
        below = {} if base is None else settings_values(getattr(base, part))
        found[part] = {**below, **given}
    if options.batch_size is not None:
        made = make_sampling(problem, options.batch_size, found["sampling"])
        found["sampling"] = settings_values(made)
    return found


def _check_effect(settings: Settings, given: Mapping[str, object]) -> None:
    """`Fault` where a setting was named that does nothing beside the others."""
    values = settings_values(settings)
    declared = {item.name: item for item in fields_of(settings)}
    for name in given:
        for other, wanted in declared[name].needs:
            if values[other] != wanted:
                raise Fault(
                    "{name} has no effect with {other} = {value}: it needs {other} = {wanted}.",
                    name=name, other=other, value=values[other], wanted=wanted,
                )  # fmt: skip


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


def finite_number(text: str, option: str) -> float:
    """Read a number from `text`; `Fault` names the option."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Fault("{option} must be a finite number, not '{text}'.", option=option, text=text)
    return value


def _point(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise Fault("--start takes numbers separated by commas, not '{text}'.", text=text) from None
